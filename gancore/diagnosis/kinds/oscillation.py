"""Oscillation: points that keep moving and get nowhere."""

from __future__ import annotations

from typing import ClassVar

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import number

AROUND = 45
"""The place of a cloud that runs around as a whole."""


class Oscillation(Diagnosis):
    """Generated points go round or to and fro late in training instead of settling.

    The two networks chase each other: their gradients turn around the equilibrium rather than lead to it (Mescheder et
    al. 2018).
    """

    kind: ClassVar[str] = "oscillation"
    label: ClassVar[str] = "Oscillation"
    order: ClassVar[int] = 60
    shown: ClassVar[str] = "wander"
    beside: ClassVar[tuple[str, ...]] = ("returned", "turned", "moved", "centre_path")
    healthy: ClassVar[str] = "0.1 or less, and falling"
    usual: ClassVar[float | None] = 0.1

    least_wander: float = 0.1
    """How far a point strays from a straight, even way over the last quarter, in the data's spread. The median of the
    shipped runs that learned is 0.04 and their 95th percentile 0.1; of the others the median is 0.09."""
    least_returned: float = 2.5
    """Way gone over how far a point has got, in the second half: 1 is straight ahead, and of a point that goes round
    once it is more than π. The noise of small batches alone gives shipped runs that learned 1.7 to 5.8."""

    least_around: float = 0.3
    """Way of the cloud's centre between snapshots, in the data's spread, from which on it runs around as a whole: then
    what it reaches at one moment is a matter of where it just is. Of shipped runs whose points surround the unit circle
    95% have less than 0.26; a small cloud beside the circle of radius 0.5 has 1.7 in the median."""

    def applies(self, case: Case) -> bool:
        """It moves, and comes back."""
        return (
            not case.learned
            and case.value("wander") >= self.least_wander
            and case.value("returned") >= self.least_returned
        )

    def place(self, case: Case) -> float:
        """Before mode collapse where the cloud runs around as a whole."""
        return AROUND if case.value("centre_path") >= self.least_around else self.order

    def sentence(self, case: Case) -> str:
        """How far, how much of it to and fro, and by which angle."""
        steps = case.quantities["moved"].steps
        every = f"{int(steps[-1] - steps[-2]):,} steps" if len(steps) > 1 else "snapshot"
        wander, returned = number(case.value("wander")), number(case.value("returned"), 2)
        return (
            f"Over the last quarter of training the point made from the same noise strays by {wander} of the data's "
            f"spread from a straight, even way. Its way in the second half is {returned} times as long as how far it "
            f"got, and the points turn by {number(case.value('turned'), 2)}° around the data's centre every {every}."
        )
