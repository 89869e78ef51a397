"""Equilibrium: nothing is wrong."""

from __future__ import annotations

from typing import ClassVar

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import number, percent


class Equilibrium(Diagnosis):
    """Generated points score as real ones would, and the discriminator cannot tell them apart."""

    kind: ClassVar[str] = "equilibrium"
    label: ClassVar[str] = "Learned"
    order: ClassVar[int] = 100
    failing: ClassVar[bool] = False
    shown: ClassVar[str] = "distance"
    beside: ClassVar[tuple[str, ...]] = ("learned", "accuracy")
    healthy: ClassVar[str] = "0.05 or less"
    usual: ClassVar[float | None] = 0.05

    def applies(self, case: Case) -> bool:
        """By the rule of all studies."""
        return case.learned

    def sentence(self, case: Case) -> str:
        """With the accuracy, which is near 50% for a reason."""
        far = number(case.value("distance"), 2)
        text = f"The generated points are {far} of the data's spread from it, as real ones are"
        if case.quantities["accuracy"].known:
            text += (
                f"; the discriminator's accuracy of {percent(case.value('accuracy'))} is that of a generator it can "
                "hardly tell from the data"
            )
        return f"{text}."
