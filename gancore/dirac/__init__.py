"""The Dirac GAN: two numbers on which a loss and a penalty show whether training converges, circles or diverges.

Real data are a point mass at 0, the generator is a point mass at θ, the discriminator is D(x) = ψ·x (Mescheder, Geiger
and Nowozin 2018, section 2). Every step is the engine's own, computed without TensorFlow. As in the engine, what the
discriminator minimises in one update of both kinds of points is the *mean* over both, half of the paper's sum, and R1
is γ/2·E‖∇D‖², here γ/2·ψ².
"""

from gancore.dirac.question import FURTHEST, MOST_STEPS, PARTS, RATE, START, STEPS, Dirac, dirac, pairs
from gancore.dirac.steps import field, jacobian, step_jacobian, trajectory
from gancore.dirac.verdict import VERDICTS, Seen, at_equilibrium, seen
from gancore.dirac.words import GAME, SOURCE, eigenvalues_words, explained, measured, pair_words, title

__all__ = [
    "FURTHEST",
    "GAME",
    "MOST_STEPS",
    "PARTS",
    "RATE",
    "SOURCE",
    "START",
    "STEPS",
    "VERDICTS",
    "Dirac",
    "Seen",
    "at_equilibrium",
    "dirac",
    "eigenvalues_words",
    "explained",
    "field",
    "jacobian",
    "measured",
    "pair_words",
    "pairs",
    "seen",
    "step_jacobian",
    "title",
    "trajectory",
]
