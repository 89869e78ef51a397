"""Divergence: numbers that grow without end."""

from __future__ import annotations

from typing import ClassVar

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import number


class Divergence(Diagnosis):
    """The losses or the points grow beyond what the data can explain, up to numbers that are not finite.

    A rate too high for the networks, or a critic whose slope nothing limits.
    """

    kind: ClassVar[str] = "divergence"
    label: ClassVar[str] = "Divergence"
    order: ClassVar[int] = 0
    shown: ClassVar[str] = "loss"
    beside: ClassVar[tuple[str, ...]] = ("far",)
    healthy: ClassVar[str] = "below 3 with cross-entropy, and not growing"
    usual: ClassVar[float | None] = 3.0

    most_loss: float = 20.0
    """Losses above this, late in training, count as diverged: a logit of 20 is a probability of 1 to within float32's
    rounding. The largest of the 360 shipped runs is 2.0."""
    most_far: float = 5.0
    """Generated points that are so many times as far out as the data count too: no real point leads there. Of the
    shipped runs none is beyond 1.7."""

    def applies(self, case: Case) -> bool:
        """Not finite, or far beyond."""
        return case.diverged_at is not None or case.value("loss") > self.most_loss or case.value("far") > self.most_far

    def sentence(self, case: Case) -> str:
        """At which step, or how far."""
        if case.diverged_at is not None:
            return f"A loss or weight stopped being finite at step {case.diverged_at:,}, so training ended there."
        if case.value("far") > self.most_far:
            return (
                f"The outermost generated points lie {number(case.value('far'), 2)} times as far out as the data: they "
                "run away."
            )
        return (
            f"The larger loss has grown to {number(case.value('loss'), 2)}: the networks drive each other's numbers up "
            "without end."
        )
