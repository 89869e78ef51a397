"""An overfitted discriminator: it knows its training points by heart."""

from __future__ import annotations

from typing import ClassVar

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import percent


class Overfitted(Diagnosis):
    """The discriminator takes its own training points for real, and fresh points of the same distribution less often.

    Then it leads generated points to single training points rather than to the distribution (Karras et al. 2020,
    Training GANs with Limited Data).
    """

    kind: ClassVar[str] = "overfitted"
    label: ClassVar[str] = "Overfitted discriminator"
    order: ClassVar[int] = 25
    shown: ClassVar[str] = "held_out"
    traced: ClassVar[str] = "accuracy_real"
    beside: ClassVar[tuple[str, ...]] = ("trained_on",)
    healthy: ClassVar[str] = "within 5 percentage points of that on training points"

    least_gap: float = 0.1
    """Accuracy on its training points less that on fresh ones. Sampling 2,000 of each has a standard error of 0.016 at
    most; of the 360 shipped runs, which have 10,000 points, the largest gap is 0.04."""

    def applies(self, case: Case) -> bool:
        """More than chance leaves."""
        return not case.learned and self._gap(case) >= self.least_gap

    @staticmethod
    def _gap(case: Case) -> float:
        return case.value("trained_on") - case.value("held_out")

    def sentence(self, case: Case) -> str:
        """Both accuracies."""
        return (
            f"The discriminator takes {percent(case.value('trained_on'))} of its training points for real, and "
            f"{percent(case.value('held_out'))} of fresh points of the same distribution: it has learned its "
            f"{case.config.dataset.size:,} points by heart."
        )
