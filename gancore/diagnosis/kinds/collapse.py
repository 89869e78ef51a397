"""Mode collapse: generated points on a part of the data alone."""

from __future__ import annotations

from typing import ClassVar

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import percent

ONE_PLACE = 28
"""The place of a collapse into one place."""


class Collapse(Diagnosis):
    """Generated points reach a part of the data alone, or lie together in one place (Goodfellow et al. 2014)."""

    kind: ClassVar[str] = "collapse"
    label: ClassVar[str] = "Mode collapse"
    order: ClassVar[int] = 50
    shown: ClassVar[str] = "coverage"
    beside: ClassVar[tuple[str, ...]] = ("modes", "near", "spread")
    healthy: ClassVar[str] = "95% or more"
    usual: ClassVar[float | None] = 0.95

    most_spread: float = 0.6
    """Spread of the generated points, against that of real ones, below which they lie together. Of the shipped runs
    that learned the lowest is 0.94."""
    most_coverage: float = 0.75
    """Coverage below which a part of the data is missing. Runs that learned have 0.95 by definition."""
    least_near: float = 0.5
    """Share of the points that lie near the data, from which on missing coverage is no matter of aim: they are on the
    data, and only on a part of it."""

    one_place: float = 0.25
    """Spread below which all points are in one place. Then this stands before a discriminator that is too strong: it
    tells one place from a distribution whatever it is."""

    def place(self, case: Case) -> float:
        """Before a strong discriminator where the points are in one place."""
        return ONE_PLACE if case.value("spread") <= self.one_place else self.order

    def applies(self, case: Case) -> bool:
        """Together, or on a part."""
        if case.learned:
            return False
        on_a_part = case.value("coverage") <= self.most_coverage and case.value("near") >= self.least_near
        return on_a_part or case.value("spread") <= self.most_spread

    def sentence(self, case: Case) -> str:
        """What is reached, and how wide."""
        if not case.quantities["coverage"].known:
            return (
                f"The generated points lie {percent(case.value('spread'))} as far apart as real ones: they have come "
                "together."
            )
        reached = f"The generated points reach {percent(case.value('coverage'))} of the data"
        if case.quantities["modes"].known:
            total = len(case.config.dataset.modes() or ())
            reached += f" and {round(case.value('modes'))} of its {total} modes"
        return (
            f"{reached}, and lie {percent(case.value('spread'))} as far apart as real ones: the generator makes a part "
            "of the distribution alone."
        )
