"""A discriminator too strong: it is right of nearly every point, and the generator gets no gradient from it."""

from __future__ import annotations

from typing import ClassVar

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import number, percent


class TooStrong(Diagnosis):
    """The discriminator tells nearly every point, and what it says no longer moves the generator.

    Arjovsky and Bottou 2017 (Towards Principled Methods): of a discriminator close to the best the generator's
    gradient vanishes.
    """

    kind: ClassVar[str] = "strong"
    label: ClassVar[str] = "Discriminator too strong"
    order: ClassVar[int] = 30
    shown: ClassVar[str] = "accuracy"
    beside: ClassVar[tuple[str, ...]] = ("pull", "moved")
    healthy: ClassVar[str] = "50 to 75%"
    usual: ClassVar[float | None] = 0.75

    least_accuracy: float = 0.8
    """Accuracy over the last quarter from which on it tells most points. No shipped run that learned has more than 76%,
    and 37 of the 285 others have as much as this."""
    most_pull: float = 1.0
    """And the generator's loss changes by less than this over the data's whole spread: twice as much as it does at an
    undecided discriminator of slope 1. Those 37 shipped runs have 2.7 or more: none of theirs vanishes."""
    sure_accuracy: float = 0.97
    """Accuracy that is enough where the gradient is not known."""

    def applies(self, case: Case) -> bool:
        """It is nearly always right, and leads nowhere."""
        if case.learned:
            return False
        if not case.quantities["pull"].known:
            return case.value("accuracy") >= self.sure_accuracy
        return case.value("accuracy") >= self.least_accuracy and case.value("pull") <= self.most_pull

    def sentence(self, case: Case) -> str:
        """With the gradient that is left, where it is known."""
        right = percent(case.value("accuracy"))
        text = (
            f"Over the last quarter of training the discriminator is right about {right} of all points: it is far "
            "ahead of the generator"
        )
        if case.quantities["pull"].known:
            pull = number(case.value("pull"), 2)
            text += f", whose loss changes by only {pull} over the data's spread, so hardly any gradient is left"
        return f"{text}."
