"""Slow: a run that was still getting better when it ended."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import number


class Slow(Diagnosis):
    """The distance to the data was still falling when the run ended: it needs more steps, or a higher rate."""

    kind: ClassVar[str] = "slow"
    label: ClassVar[str] = "Slow, still falling"
    order: ClassVar[int] = 70
    shown: ClassVar[str] = "distance"
    healthy: ClassVar[str] = "0.05 or less"
    usual: ClassVar[float | None] = 0.05

    fallen: float = 0.9
    """The last quarter of the curve is below this share of the quarter before it: the rule by which the search for a
    fix tells a slow change from a failed one."""
    errors: float = 2.0
    """And lower by so many standard errors of the difference of the two: chance alone does that in 2% of curves."""

    def applies(self, case: Case) -> bool:
        """The curve of the distance still falls."""
        return (
            not case.learned
            and case.diverged_at is None
            and falls(case.quantities["distance"].values, self.fallen, self.errors)
        )

    def sentence(self, case: Case) -> str:
        """From what to what."""
        last, before = quarters(case.quantities["distance"].values)
        return (
            f"The distance to the data was {number(float(last.mean()), 2)} of its spread over the last quarter of "
            f"training, and {number(float(before.mean()), 2)} over the quarter before: the run was still getting "
            "better at its last step."
        )


def quarters(values: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """The last quarter of a curve, and the quarter before it, of two values at least."""
    count = max(2, round(0.25 * len(values)))
    return values[-count:], values[-2 * count : -count]


def falls(values: np.ndarray, fallen: float = 0.9, errors: float = 2.0) -> bool:
    """Whether the last quarter of a curve is lower than the quarter before it, by more than a share of it and by more
    than so many standard errors of their difference."""
    last, before = quarters(values)
    if len(before) < len(last) or not np.isfinite([*last, *before]).all():
        return False
    error = math.sqrt((last.var(ddof=1) + before.var(ddof=1)) / len(last))
    return bool(last.mean() < fallen * before.mean() and before.mean() - last.mean() > errors * error)
