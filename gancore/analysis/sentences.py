"""Claims in plain words: what the runs say of each, then the figures behind it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from gancore.analysis.analysis import Analysis
from gancore.analysis.conclusions import conclusions, others
from gancore.analysis.rows import ClaimRow, View
from gancore.studies.study import Study
from gancore.words import fraction, interval, percent, signed


class Judged(NamedTuple):
    """A claim's row with what it says in words."""

    row: ClaimRow
    conclusion: str
    """One sentence (see ``conclusions``)."""
    others: str
    """The changes beside its own: ``the other three``."""


def judged(study: Study, analysis: Analysis) -> list[Judged]:
    """The rows of an analysis's claims, each with its conclusion, in their order."""
    said = conclusions(study, analysis)
    return [Judged(row, one.text, others(study)) for row, one in zip(analysis.claims, said, strict=True)]


def claim_sentences(claim: Judged, safe: Callable[[str], str] = str) -> str:
    """A claim in plain words, without its verdict: the conclusion, then the figures behind it.

    ``safe`` escapes the study's own words, where they stand in a text with a markup.
    """
    row = claim.row
    key = f"`{row.metric}`"
    said: list[str] = [safe(claim.conclusion)]
    if row.view == "average":
        said.append(
            f"{safe(row.label)}, averaged over the other factors: {key} {_change(row.average, False)}, {row.n} seeds."
        )
        for view, words in ((row.alone, "Added alone to the baseline"), (row.last, f"Added to {claim.others}")):
            if view is not None:
                said.append(f"{words}, it {_change(view, True)}.")
    else:
        said.append(f"{safe(row.label)}: {key} {_change(row.difference, False)}, {row.n} seeds.")
    if row.runs_before and row.runs_after:
        said.append(
            f"{fraction(row.learned_after, row.runs_after)} runs learned with it and {row.learned_before} of "
            f"{row.runs_before} without."
        )
    if not math.isnan(row.improvement):
        said.append(f"A run with it has the better {key} in {percent(row.improvement)} of pairs.")
    if row.confounds:
        said.append(f"What else differs: {'; '.join(map(safe, row.confounds))}.")
    if row.needs:
        said.append(row.needs)
    return " ".join(said)


def _change(view: View | None, with_verdict: bool) -> str:
    """``changes by −0.1 (corrected 95% interval −0.2 to −0.05)``."""
    if view is None:
        return "is not known yet"
    ends = interval(view.low, view.high, signed, "")
    spread = f"corrected 95% interval {ends}" if ends else "no interval"
    verdict = f": {view.verdict}" if with_verdict else ""
    return f"changes by {signed(view.estimate)} ({spread}{verdict})"
