"""The verdicts as one printed picture: the same claims and intervals as in the web page, on white."""

from __future__ import annotations

from typing import Any

from gancore.config import ConfigError
from gancore.figures.placing import one_line, printed
from gancore.figures.verdicts import Interval, Judged, beside_of, verdicts
from gancore.metrics import METRICS
from gancore.report import sections
from gancore.report.base import Report
from gancore.words import interval, signed

WORDS = (
    "Supported: the thick interval, which decides, lies wholly on the claimed side of zero; refuted: on the other; "
    "undecided: it includes zero. Means over seeds, with 95% intervals corrected for all comparisons made together "
    "(Holm)."
)


def verdict_spec(report: Report) -> dict[str, Any]:
    """The Vega-Lite specification; claims with another metric, or the other direction, have an axis of their own.

    Raises ConfigError where the study states no claim.
    """
    import altair as alt

    study = report.study
    groups: dict[tuple[str, str], list[Judged]] = {}
    for number, claim in enumerate(sections.claims(study, report.analysis), start=1):
        head = claim.head
        groups.setdefault((head.metric, head.direction), []).append(_judged(number, claim))
    if not groups:
        raise ConfigError(
            f"--part: 'verdicts' cannot be drawn; {study.name} states no claim to judge, so add a [[claim]] to its "
            "file, or use grid, curves or effects"
        )
    beside = beside_of([claim for claims in groups.values() for claim in claims])
    charts = []
    for (metric, direction), claims in groups.items():
        axis = f"change of {metric} ({METRICS[metric].better} is better)"
        sides = ("← as claimed", "against it →") if direction == "lower" else ("← against it", "as claimed →")
        charts.append(verdicts(claims, axis, beside, sides))
    said = " ".join(
        f"{claim.text} {claim.verdict.capitalize()}: {'; '.join(claim.notes)}. {_in_words(claim)}"
        for claims in groups.values()
        for claim in claims
    )
    whole = alt.vconcat(*charts, spacing=22).properties(description=f"{study.title}: verdicts. {said}".strip())
    return printed(whole, f"{study.title}: verdicts", f"{WORDS}{report.gaps}").to_dict()


def _judged(number: int, claim: sections.ClaimSection) -> Judged:
    head = claim.head
    learned = (
        f", learned {head.learned_before} of {head.runs_before} → {head.learned_after} of {head.runs_after}"
        if head.runs_before and head.runs_after
        else ""
    )
    seeds = f"{head.n} seed{'' if head.n == 1 else 's'}"
    return Judged(
        f"{number}. {one_line(head.text)}",
        head.verdict,
        (one_line(claim.conclusion), one_line(head.label), f"{seeds}{learned}"),
        tuple(_interval(line) for line in claim.lines),
    )


def _interval(line: sections.ClaimLine) -> Interval:
    view = line.view
    low, high = (view.low, view.high) if view.bounded else (None, None)
    return Interval(_named(line), view.estimate, low, high, view.verdict, signed(view.estimate), line.decides)


def _named(line: sections.ClaimLine) -> str:
    """As the web page names it: the dataset where there are several, and the view where it is not the only one."""
    if line.where and line.words == "difference":
        return line.where
    return f"{line.where}, {line.words}" if line.where else line.words


def _in_words(claim: Judged) -> str:
    return "; ".join(
        f"{one.words} {one.change}" + ("" if one.low is None else f" ({interval(one.low, one.high, signed)})")
        for one in claim.intervals
    )
