"""The Dirac GAN as a plain loop over two numbers, with gradients by hand of every shipped loss and penalty."""

from __future__ import annotations

import math

import numpy as np


def sigmoid(x: float) -> float:
    return 1 / (1 + math.exp(-x))


# Slopes of the losses by the logit of the fake, ψθ; that of real points is 0 whatever ψ, and so has no slope by ψ.
# The first is what the discriminator's mean over both kinds has, the second the generator's.
LOSSES = {
    "hinge": (lambda d: 0.5 * (1 + d > 0), lambda d: -1.0),
    "wasserstein": (lambda d: 0.5, lambda d: -1.0),
    "non_saturating": (lambda d: 0.5 * sigmoid(d), lambda d: -sigmoid(-d)),
    "minimax": (lambda d: 0.5 * sigmoid(d), lambda d: -sigmoid(d)),
    "least_squares": (lambda d: 0.5 * d, lambda d: d - 1),
    "relativistic": (sigmoid, lambda d: -sigmoid(-d)),
    "relativistic_average": (sigmoid, lambda d: -sigmoid(-d)),
}
# Slopes by ψ, of γ = 1 at each kind of points and λ = 0.1.
PENALTIES = {
    "none": lambda psi: 0.0,
    "r1": lambda psi: psi,
    "r2": lambda psi: psi,
    "r1_r2": lambda psi: 2 * psi,
    "gradient": lambda psi: 2 * 0.1 * (abs(psi) - 1) * np.sign(psi),
    "dragan": lambda psi: 2 * 0.1 * (abs(psi) - 1) * np.sign(psi),
}


def gradients(loss: str, penalty: str, theta: float, psi: float) -> tuple[float, float]:
    """Of the generator's loss by θ, and of the discriminator's by ψ."""
    of_discriminator, of_generator = LOSSES[loss]
    logit = psi * theta
    return of_generator(logit) * psi, of_discriminator(logit) * theta + PENALTIES[penalty](psi)


def path(loss: str, penalty: str, steps: int, *, rate: float, simultaneous: bool = False) -> np.ndarray:
    """(θ, ψ) from (1, 1): [steps + 1, 2]."""
    theta, psi = 1.0, 1.0
    found = [(theta, psi)]
    for _ in range(steps):
        before = psi
        psi = psi - rate * gradients(loss, penalty, theta, psi)[1]
        theta = theta - rate * gradients(loss, penalty, theta, before if simultaneous else psi)[0]
        found.append((theta, psi))
    return np.array(found)
