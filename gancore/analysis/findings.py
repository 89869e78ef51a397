"""Findings: an analysis as Markdown, all of it made from the figures."""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from typing import Any

from gancore.analysis.analysis import Analysis
from gancore.analysis.conclusions import conclusions, others
from gancore.analysis.plain import plain_analysis
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
    claims = claim_records(study, analysis)
    if claims:
        lines += ["### Claims", ""]
        lines += [line for rule in dict.fromkeys(row["rule"] for row in claims) for line in (rule, "")]
        for number, text in enumerate(dict.fromkeys(row["text"] for row in claims), start=1):
            lines += [f"**{number}. {text}**", ""]
            for row in claims:
                if row["text"] == text:
                    where = f"{_dataset(row['dataset'])}: " if len(analysis.datasets) > 1 else ""
                    lines += [f"{where}**{row['verdict']}.** {claim_sentences(row)}", ""]
    lines += ["### Variants", "", *_cells(analysis), ""]
    if len(analysis.effects):
        lines += ["### Effects", "", *_effects(analysis), ""]
    return "\n".join(lines).rstrip() + "\n"


def claim_records(study: Study, analysis: Analysis) -> list[dict[Any, Any]]:
    """The rows of an analysis's claims, each with its ``conclusion`` and the ``others`` beside its change in words."""
    rows = analysis.claims.to_dict("records")
    if not rows:
        return []
    said = conclusions(study, plain_analysis(analysis))
    return [row | {"conclusion": one.text, "others": others(study)} for row, one in zip(rows, said, strict=True)]


def claim_sentences(row: dict[Any, Any]) -> str:
    """A row of ``claim_records`` in plain words, without its verdict: the conclusion, then the figures behind it."""
    key = f"`{row['metric']}`"
    said: list[str] = [row["conclusion"]]
    if row["view"] == "average":
        said.append(
            f"{row['label']}, averaged over the other factors: "
            f"{key} {_change(row, 'average', False)}, {row['n']} seeds."
        )
        for name, words in (("alone", "Added alone to the baseline"), ("last", f"Added to {row['others']}")):
            if not math.isnan(row[name]):
                said.append(f"{words}, it {_change(row, name, True)}.")
    else:
        said.append(f"{row['label']}: {key} {_change(row, 'difference', False)}, {row['n']} seeds.")
    if row["runs_before"] and row["runs_after"]:
        said.append(
            f"{fraction(row['learned_after'], row['runs_after'])} runs learned with it and {row['learned_before']} of "
            f"{row['runs_before']} without."
        )
    if not math.isnan(row["improvement"]):
        said.append(f"A run with it has the better {key} in {percent(row['improvement'])} of pairs.")
    if row["confounds"]:
        said.append(f"What else differs: {'; '.join(row['confounds'])}.")
    if row["needs"]:
        said.append(row["needs"])
    return " ".join(said)


def table(columns: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    """A Markdown table's lines; the first column is text, the others are numbers."""
    cells = [[cell.replace("|", "\\|") for cell in row] for row in rows]
    head = [f"| {' | '.join(columns)} |", f"|---|{'---:|' * (len(columns) - 1)}"]
    return head + [f"| {' | '.join(row)} |" for row in cells]


def _change(row: dict[Any, Any], view: str, with_verdict: bool) -> str:
    """``changes by −0.1 (corrected 95% interval −0.2 to −0.05)``."""
    if math.isnan(row[view]):
        return "is not known yet"
    ends = interval(row[f"{view}_low"], row[f"{view}_high"], signed, "")
    spread = f"corrected 95% interval {ends}" if ends else "no interval"
    verdict = f": {row[f'{view}_verdict']}" if with_verdict else ""
    return f"changes by {signed(row[view])} ({spread}{verdict})"


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
    missing = analysis.failures["status"].tolist().count("missing")
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
            f"{_dataset(row['dataset'])}: {row['label']}" if len(analysis.datasets) > 1 else row["label"],
            str(row["n"]),
            fraction(row["learned"], row["n"]),
            interval(row["success_low"], row["success_high"], percent),
            number(row["iqm"]),
            interval(row["low"], row["high"]),
            interval(row["min"], row["max"]),
        ]
        for row in analysis.cells.to_dict("records")
    ]
    columns = ["variant", "runs", "learned", "95% (Wilson)", f"{analysis.metric} (IQM)", "95% (bootstrap)", "range"]
    return table(columns, rows)


def _effects(analysis: Analysis) -> list[str]:
    rows = []
    for row in analysis.effects.to_dict("records"):
        same = f" (= {', '.join(row['aliases'])})" if row["aliases"] else ""
        notes = f" — {'; '.join(row['confounds'])}" if row["confounds"] else ""
        where = f"{_dataset(row['dataset'])}: " if len(analysis.datasets) > 1 else ""
        if row["kind"] == "difference":
            words = f"{row['label']} against the baseline"
        else:  # the label names the levels already
            words = f"{row['effect'].split(':')[0] if row['kind'] == 'main' else row['effect']}{same}: {row['label']}"
        rows.append(
            [
                f"{where}{words}{notes}",
                signed(row["estimate"]),
                interval(row["low"], row["high"], signed),
                chance(row["p_holm"]),
                percent(row["improvement"]),
                str(row["n"]),
            ]
        )
    return table(["effect", f"change in {analysis.metric}", "corrected 95%", "p (Holm)", "improves", "seeds"], rows)
