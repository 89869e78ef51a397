"""Single steps of a run, whole and in slow motion, on numpy: a trial that is never stored."""

from gancore.stepping.machine import MOST_STEPS, MOST_WEIGHTS, SHOWN, Machine, Points, Standing
from gancore.stepping.moves import PRESSES, Position, Positions, moved, pressed, short, steps_of
from gancore.stepping.parts import Part, slow_motion
from gancore.stepping.readings import Reading, pulls, reading
from gancore.stepping.starts import Start, beginning, checkpoint_of, end_of

__all__ = [
    "MOST_STEPS",
    "MOST_WEIGHTS",
    "PRESSES",
    "SHOWN",
    "Machine",
    "Part",
    "Points",
    "Position",
    "Positions",
    "Reading",
    "Standing",
    "Start",
    "beginning",
    "checkpoint_of",
    "end_of",
    "moved",
    "pressed",
    "pulls",
    "reading",
    "short",
    "slow_motion",
    "steps_of",
]
