"""Saturated output: points pressed against the end of what the generator can give."""

from __future__ import annotations

from typing import ClassVar

from gancore.diagnosis.base import Case, Diagnosis
from gancore.words import percent


class Saturation(Diagnosis):
    """Generated points lie at the end of a bounded output where the data do not.

    There the output's slope is nearly zero, so that the gradient hardly moves a point away again; or the data lie
    beyond what the output reaches.
    """

    kind: ClassVar[str] = "saturated"
    label: ClassVar[str] = "Saturated output"
    order: ClassVar[int] = 20
    shown: ClassVar[str] = "saturated"
    beside: ClassVar[tuple[str, ...]] = ("saturated_data",)
    healthy: ClassVar[str] = "as many as of the real points"

    most: float = 0.25
    """Share of generated points at the end, beyond that of real points there. Shipped runs that learned have at most
    0.07 more than their data, also on the circle, whose rim is tanh's end and which has 0.18 there itself."""

    def applies(self, case: Case) -> bool:
        """Far more of them than of the data."""
        return not case.learned and case.value("saturated") - case.value("saturated_data") >= self.most

    def sentence(self, case: Case) -> str:
        """Beside the data's own share."""
        return (
            f"{percent(case.value('saturated'))} of the generated points have a coordinate beyond 0.99 of what the "
            f"generator's output reaches, against {percent(case.value('saturated_data'))} of the real ones that lie "
            "there: the output is saturated, and hardly any gradient passes through it."
        )
