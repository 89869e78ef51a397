"""Verdicts: a claim is supported, refuted or undecided, from a corrected interval against zero."""

from __future__ import annotations

import math
from typing import Literal

from gancore.analysis.estimates import MIN_SEEDS
from gancore.studies.design import Claim
from gancore.words import whole

Verdict = Literal["supported", "refuted", "undecided"]

RULE = (
    "A claim is supported where the corrected 95% interval of its effect lies wholly on the claimed side of zero, "
    "refuted where it lies wholly on the other side, and undecided where it includes zero."
)
AVERAGE_RULE = (
    f"{RULE} The effect is the mean over seeds of the difference between the claim's level and the baseline's, "
    "averaged over the cells of the other factors; its t interval over seeds is Holm-corrected over all main effects "
    "and two-way interactions together."
)
DIFFERENCE_RULE = (
    f"{RULE} The effect is the mean over seeds of the difference between the two variants, seed by seed; its t "
    "interval over seeds is Holm-corrected over all such claims of the study."
)


def verdict(low: float, high: float, direction: Literal["lower", "higher"]) -> Verdict:
    """What an interval says of a claim that the metric goes ``lower`` or ``higher``; NaN is undecided."""
    if direction == "lower":
        low, high = -high, -low
    if low > 0:
        return "supported"
    return "refuted" if high < 0 else "undecided"


def claimed(claim: Claim, better: Literal["lower", "higher"]) -> Literal["lower", "higher"]:
    """Where a claim says that the metric goes."""
    return better if claim.direction == "better" else claim.direction


def too_few(seeds: int) -> str:
    """``1 seed is too few``, ``2 seeds are too few``."""
    return f"{seeds} seed is too few" if seeds == 1 else f"{seeds} seeds are too few"


def seeds_sentence(more: float, seeds: int) -> str:
    """What an undecided claim needs, in words."""
    if seeds < MIN_SEEDS:
        return f"{too_few(seeds)} for an interval; it takes {MIN_SEEDS}."
    if math.isnan(more):
        return "The seeds do not differ, so nothing says how many more would decide it."
    if math.isinf(more):
        return "If the effect is what it seems, not even 1,000 more seeds would be likely to decide it."
    return (
        f"About {whole(more)} more seeds per variant would decide it, with a chance of four in five if the effect is "
        "what it seems."
    )
