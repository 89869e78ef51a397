"""Slow: a run that was still getting better when it ended."""

from __future__ import annotations

import math
from typing import ClassVar

import numpy as np

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import number


class Slow(Diagnosis):
    """The points were still on their way to the data when the run ended: it needs more steps, or a higher rate."""

    kind: ClassVar[str] = "slow"
    label: ClassVar[str] = "Slow, still falling"
    order: ClassVar[int] = 70
    shown: ClassVar[str] = "distance"
    beside: ClassVar[tuple[str, ...]] = ("moved", "returned")
    healthy: ClassVar[str] = "0.05 or less"
    usual: ClassVar[float | None] = 0.05

    fallen: float = 0.97
    """The last quarter of the curve is below this share of the quarter before it. What is slow falls by little; the
    standard errors below keep chance out."""
    errors: float = 2.0
    """And lower by so many standard errors of the difference of the two: chance alone does that in 2% of curves."""
    most_returned: float = 1.15
    """Or each point goes straight on: its way in the second half is at most so many times as long as how far it got.
    Shipped runs have 1.4 or more."""
    least_moved: float = 0.005
    """And does not stand still: with about 20 snapshots, so much of the data's spread between them is a tenth of it in
    all."""

    def applies(self, case: Case) -> bool:
        """The distance still falls, or the points are still on their way."""
        return not case.learned and case.diverged_at is None and (self._falls(case) or self._straight(case))

    def _falls(self, case: Case) -> bool:
        return falls(case.quantities["distance"].values, self.fallen, self.errors)

    def _straight(self, case: Case) -> bool:
        return case.value("returned") <= self.most_returned and case.value("moved") >= self.least_moved

    def sentence(self, case: Case) -> str:
        """From what to what, or how straight."""
        if not self._falls(case):
            return (
                "Each point still goes straight on where the run ended, by "
                f"{number(case.value('moved'), 2)} of the data's spread between snapshots; the distance to the data is "
                f"{number(case.value('distance'), 2)} of it."
            )
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


def falls(values: np.ndarray, fallen: float, errors: float) -> bool:
    """Whether the last quarter of a curve is lower than the quarter before it, by more than a share of it and by more
    than so many standard errors of their difference."""
    last, before = quarters(values)
    if len(before) < max(2, len(last)) or not np.isfinite([*last, *before]).all():
        return False
    error = math.sqrt((last.var(ddof=1) + before.var(ddof=1)) / len(last))
    return bool(last.mean() < fallen * before.mean() and before.mean() - last.mean() > errors * error)
