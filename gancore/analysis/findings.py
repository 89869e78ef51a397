"""Findings: an analysis as Markdown, all of it made from the figures."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from typing import NamedTuple

from gancore.analysis.analysis import Analysis
from gancore.analysis.conclusions import conclusions, others
from gancore.analysis.rows import ClaimRow, View
from gancore.studies.labels import dataset_label
from gancore.studies.study import Study
from gancore.words import chance, count, fraction, interval, number, percent, signed, whole


def findings(study: Study, analysis: Analysis) -> str:
    """A study's report: what ran, a verdict a claim, then the variants and effects as tables."""
    from gancore.metrics import METRICS

    metric = METRICS[analysis.metric]
    lines = [f"## {study.title}", "", study.question, "", *_what_ran(study, analysis), ""]
    lines += [
        f"Metric: `{metric.key}`. {metric.definition} {metric.better.capitalize()} is better. Learned: "
        f"{METRICS['learned'].definition.removeprefix('1 if ').removesuffix(', else 0.')}.",
        "",
    ]
    lines += [f"- {note}" for note in analysis.notes]
    lines += [""] if analysis.notes else []
    claims = judged(study, analysis)
    if claims:
        lines += ["### Claims", ""]
        lines += [line for rule in dict.fromkeys(claim.row.rule for claim in claims) for line in (rule, "")]
        for number, text in enumerate(dict.fromkeys(claim.row.text for claim in claims), start=1):
            lines += [f"**{number}. {text}**", ""]
            for claim in claims:
                if claim.row.text == text:
                    where = f"{_dataset(claim.row.dataset)}: " if len(analysis.datasets) > 1 else ""
                    lines += [f"{where}**{claim.row.verdict}.** {claim_sentences(claim)}", ""]
    lines += ["### Variants", "", *_cells(analysis), ""]
    if len(analysis.effects):
        lines += ["### Effects", "", *_effects(analysis), ""]
    return "\n".join(lines).rstrip() + "\n"


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


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table's lines; the first column is text, the others are numbers."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    head = [f"| {' | '.join(columns)} |", f"|---|{'---:|' * (len(columns) - 1)}"]
    return head + [f"| {' | '.join(row)} |" for row in cells]


def _change(view: View | None, with_verdict: bool) -> str:
    """``changes by −0.1 (corrected 95% interval −0.2 to −0.05)``."""
    if view is None:
        return "is not known yet"
    ends = interval(view.low, view.high, signed, "")
    spread = f"corrected 95% interval {ends}" if ends else "no interval"
    verdict = f": {view.verdict}" if with_verdict else ""
    return f"changes by {signed(view.estimate)} ({spread}{verdict})"


def _what_ran(study: Study, analysis: Analysis) -> Iterator[str]:
    kinds = [kind for kind in analysis.datasets if kind != "overall"]
    arms = study.arms
    cells = sum(arm.levels is not None for arm in arms)
    controls = sum(arm.control for arm in arms)
    varied = [factor for factor in study.factors if len(factor.levels) > 1]
    parts = [f"{cells} cells of {count(len(varied), 'factor')}" if cells else count(len(arms), "variant")]
    parts += [count(controls, "control")] if controls else []
    where = ", ".join(_dataset(kind) for kind in kinds)
    runs = len(arms) * len(kinds) * analysis.seeds
    steps = sorted({variant.config.steps for variant in study.variants})
    length = " to ".join(map(whole, sorted({steps[0], steps[-1]})))
    missing = sum(failure.status == "missing" for failure in analysis.failures)
    failed = len(analysis.failures) - missing
    yield (
        f"What ran: {' and '.join(parts)}, {analysis.seeds} seeds each, on {where}; {length} steps per run; "
        f"{runs - missing} of {runs} runs, {failed} of which failed."
    )


def _dataset(kind: str) -> str:
    return {"overall": "Overall", "all": "several datasets"}.get(kind, dataset_label(kind))


def _cells(analysis: Analysis) -> list[str]:
    rows = [
        [
            f"{_dataset(row.dataset)}: {row.label}" if len(analysis.datasets) > 1 else row.label,
            str(row.n),
            fraction(row.learned, row.n),
            interval(row.success_low, row.success_high, percent),
            number(row.iqm),
            interval(row.low, row.high),
            interval(row.min, row.max),
        ]
        for row in analysis.cells
    ]
    columns = ["variant", "runs", "learned", "95% (Wilson)", f"{analysis.metric} (IQM)", "95% (bootstrap)", "range"]
    return table(columns, rows)


def _effects(analysis: Analysis) -> list[str]:
    rows = []
    for row in analysis.effects:
        same = f" (= {', '.join(row.aliases)})" if row.aliases else ""
        notes = f" — {'; '.join(row.confounds)}" if row.confounds else ""
        where = f"{_dataset(row.dataset)}: " if len(analysis.datasets) > 1 else ""
        if row.kind == "difference":
            words = f"{row.label} against the baseline"
        else:  # the label names the levels already
            words = f"{row.effect.split(':')[0] if row.kind == 'main' else row.effect}{same}: {row.label}"
        rows.append(
            [
                f"{where}{words}{notes}",
                signed(row.estimate),
                interval(row.low, row.high, signed),
                chance(row.p_holm),
                percent(row.improvement),
                str(row.n),
            ]
        )
    return table(["effect", f"change in {analysis.metric}", "corrected 95%", "p (Holm)", "improves", "seeds"], rows)
