"""A study as a page tells it: facts, claims, tables and commands, as plain values for a template."""

from __future__ import annotations

import base64
import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from gancore.analysis import PICKS, Analysis, Cell, ClaimRow, EffectRow, Judged, View, analysis_of, judged
from gancore.analysis.conclusions import view_words
from gancore.analysis.outcomes import OVERALL, values_explained
from gancore.analysis.summaries import headline
from gancore.config import ConfigError, Dataset, RunConfig, differing, flatten
from gancore.datasets.named import words_of
from gancore.diagnosis import diagnose
from gancore.export.script import script_text
from gancore.metrics import METRICS
from gancore.report.base import Report
from gancore.store import BundleError, RunMissing, StoredRun, references_key
from gancore.studies import Study
from gancore.studies.commands import is_known, study_command, train_command, value_text
from gancore.studies.labels import dataset_words
from gancore.words import count, fraction, percent, whole

LISTED = 12
"""Failures that are listed openly; more are folded away."""


def facts(report: Report) -> list[tuple[str, str]]:
    """What ran, as pairs of a name and a value."""
    study, runs = report.study, [run for runs in report.runs.values() for run in runs]
    trained = [run for run in runs if run is not None]
    steps = sorted({variant.config.steps for variant in study.variants})
    factors = [factor for factor in study.factors if len(factor.levels) > 1]
    datasets = dict.fromkeys(words_of(variant.config.dataset) for variant in study.variants)
    diverged = sum(run.status == "diverged" for run in trained)
    days = sorted({run.created[:10] for run in trained})
    found = [
        (
            "Variants",
            f"{len(study.variants)}" + (f", {count(len(factors), 'factor')}" if factors else ""),
        ),
        ("Seeds", f"{report.seeds} each"),
        ("Runs", fraction(len(trained), len(runs)) + (f", {diverged} diverged" if diverged else "")),
        ("On", ", ".join(datasets)),
        ("Steps", " to ".join(map(whole, sorted({steps[0], steps[-1]})))),
        ("Trained", " to ".join(days if len(days) == 1 else [days[0], days[-1]])),
    ]
    return found


@dataclass(frozen=True)
class ClaimLine:
    """One view of a claim on one dataset."""

    where: str
    """The dataset in words; empty where there is one alone."""
    words: str
    """The view's name."""
    view: View
    decides: bool
    """Whether the claim's verdict is that of this view."""


@dataclass(frozen=True)
class ClaimSection:
    """A claim with all that is said of it."""

    head: ClaimRow
    """Its row; of several datasets the one over all."""
    conclusion: str
    lines: tuple[ClaimLine, ...]
    """A line per dataset and view."""
    said: str
    """What a reader has to know beside the numbers, in sentences."""


def claims(study: Study, analysis: Analysis) -> list[ClaimSection]:
    """A section per claim, in the study's order."""
    several = len(analysis.datasets) > 1
    known: dict[str, list[Judged]] = {}
    for claim in judged(study, analysis):
        known.setdefault(claim.row.text, []).append(claim)
    found = []
    for rows in known.values():
        head = next((claim for claim in rows if claim.row.dataset == OVERALL), rows[0])
        lines = [
            ClaimLine(
                where=dataset_words(claim.row.dataset) if several else "",
                words=words,
                view=view,
                decides=claim is head and name == claim.row.view,
            )
            for claim in rows
            for name, words in view_words(study).items()
            if (view := claim.row.views.get(name)) is not None
        ]
        found.append(ClaimSection(head.row, head.conclusion, tuple(lines), _said(head.row)))
    return found


def reach(listed: Sequence[ClaimSection]) -> float:
    """How far from zero the claims' intervals reach, for one scale for all of them."""
    return _reach([line.view for section in listed for line in section.lines])


def results(report: Report) -> dict[str, Any]:
    """The headline metrics of every variant with intervals, and under them their references and collapsed values."""
    keys = list(dict.fromkeys([report.metric, *headline(report.study)]))
    cells: dict[str, dict[tuple[str, str], Cell]] = {}
    for key in keys:
        given = report.analysis if key == report.metric else analysis_of(report.study, report.table, key)
        cells[key] = {(cell.dataset, cell.variant): cell for cell in given.cells}
    groups = []
    for dataset in report.analysis.datasets:
        rows = [
            {"cell": cell, "values": [cells[key][dataset, name] for key in keys]}
            for (kind, name), cell in cells[report.metric].items()
            if kind == dataset
        ]
        groups.append({"name": dataset_words(dataset), "rows": rows, "ends": _ends(report, dataset, keys)})
    return {
        "metrics": [METRICS[key] for key in keys],
        "groups": groups,
        "without": values_explained(report.study, keys),
    }


def effects(analysis: Analysis) -> list[dict[str, Any]]:
    """A group a dataset: its effects in the order of the analysis, with what each does, and how far they reach."""
    groups = []
    for dataset in analysis.datasets:
        rows = [row for row in analysis.effects if row.dataset == dataset]
        does = [row.does(analysis.better) for row in rows]
        if rows:
            groups.append(
                {
                    "name": dataset_words(dataset),
                    "dataset": dataset,
                    "rows": rows,
                    "lines": list(zip(rows, does, strict=True)),
                    "reach": _reach(rows),
                }
            )
    return groups


def configurations(report: Report) -> dict[str, Any]:
    """What differs between the variants, a column per setting, and the first variant's config in full."""
    study = report.study
    flats = [flatten(variant.config) for variant in study.variants]
    paths = differing([variant.config for variant in study.variants])
    rows = [
        {
            "label": variant.label,
            "values": [(value_text(flat[p]) if p in flat else "–", flat.get(p) != flats[0].get(p)) for p in paths],
        }
        for variant, flat in zip(study.variants, flats, strict=True)
    ]
    base = [(path, value_text(value)) for path, value in flats[0].items() if path != "seed"]
    return {"paths": paths, "rows": rows, "base": base}


def runs(report: Report) -> list[dict[str, Any]]:
    """A variant each: its runs by seed with their ids, how they ended and what diagnoses say of them, the command that
    trains each, and a script."""
    found = []
    for variant in report.study.variants:
        configs = report.study.configs_of(variant, report.seeds)
        lines = [
            {
                "seed": config.seed,
                "run_id": config.run_id,
                "status": _status(run),
                "diagnosis": _diagnosis(run),
                "command": train_command(config),
            }
            for config, run in zip(configs, report.runs[variant.name], strict=True)
        ]
        found.append({"label": variant.label, "lines": lines, "script": _script(configs[0])})
    return found


def _script(config: RunConfig) -> dict[str, str] | None:
    """The script that trains a config without gancore, as the name and address of a link; None where there is none."""
    try:
        content = base64.b64encode(script_text(config).encode()).decode()
    except ConfigError:
        return None
    return {"name": f"{config.run_id[:12]}.py", "address": f"data:text/x-python;base64,{content}"}


def commands(report: Report) -> dict[str, Any]:
    """The commands that make the study and this report again, and the study's file."""
    study = report.study
    named = study.name if is_known(study, report.store) else f"{study.name}.toml"
    chosen = f" --metric {report.metric} --seeds {report.seeds}"
    pick = "" if report.pick == PICKS[0] else f" --pick {report.pick}"
    return {
        "known": named == study.name,
        "file": f"{study.name}.toml",
        "text": study.to_toml(),
        "study": study_command(study, report.seeds, report.store),
        "analysis": f"gancore study analyze {named}{chosen}",
        "report": f"gancore report {named} --out {study.name}.html{chosen}{pick}",
    }


def versions(report: Report) -> list[tuple[str, str]]:
    """What trained the runs: a library (or the device) and its versions, with the number of runs where they differ."""
    counted: dict[str, Counter[str]] = {}
    for run in (run for runs in report.runs.values() for run in runs if run is not None):
        for name, version in {**run.versions, "device": run.device}.items():
            counted.setdefault(name, Counter())[version] += 1
    return [
        (name, next(iter(c)) if len(c) == 1 else ", ".join(f"{v} ({n} runs)" for v, n in c.most_common()))
        for name, c in counted.items()
    ]


def learned() -> str:
    """What it takes for a run to have learned, within a sentence."""
    return METRICS["learned"].definition.removeprefix("1 if ").removesuffix(", else 0.")


def _reach(lines: Sequence[View | EffectRow]) -> float:
    ends = [end for line in lines for end in (line.estimate, line.low, line.high)]
    return max((abs(end) for end in ends if math.isfinite(end)), default=1.0) or 1.0


def _said(claim: ClaimRow) -> str:
    """What a reader has to know beside a claim's numbers, in sentences."""
    said = []
    if claim.runs_before and claim.runs_after:
        said.append(
            f"{fraction(claim.learned_after, claim.runs_after)} runs learned with it, "
            f"{fraction(claim.learned_before, claim.runs_before)} without."
        )
    if math.isfinite(claim.improvement):
        said.append(f"A run with it has the better {claim.metric} in {percent(claim.improvement)} of pairs.")
    if claim.confounds:
        said.append(f"What else differs: {'; '.join(claim.confounds)}.")
    return " ".join([*said, claim.needs]).strip()


def _ends(report: Report, dataset: str, keys: Sequence[str]) -> list[dict[str, Any]]:
    """Reference and collapsed value of each metric on a dataset; a group may have several, and then they are named."""
    if dataset == OVERALL:
        return []
    trained = [v for v in report.study.variants if any(report.runs[v.name])]
    variants = [v for v in trained if dataset in ("all", v.dataset)]
    users: dict[str, list[tuple[str, Dataset]]] = {}
    for variant in variants:
        users.setdefault(references_key(variant.config.dataset), []).append((variant.label, variant.config.dataset))
    found = []
    usual = max(users.values(), key=len, default=[])
    for labelled in users.values():
        label, kind = labelled[0]
        named = f", {words_of(kind) if dataset == 'all' else label}"
        which = "" if len(users) == 1 or (labelled is usual and dataset != "all") else named
        reference = report.store.references(kind)
        point = report.store.collapsed(kind)["one_point"]
        found.append(
            {
                "name": which,
                "reference": [reference.get(key, {}).get("mean") for key in keys],
                "collapsed": [point.get(key) for key in keys],
            }
        )
    return found


def _diagnosis(run: StoredRun | None) -> str:
    """What is wrong with a run, in a few words; nothing where it is not stored, or cannot be measured."""
    if run is None:
        return ""
    try:
        return "; ".join(one.label for one in diagnose(run.apart()).found) or "none fits"
    except (ConfigError, BundleError, RunMissing):
        return ""


def _status(run: StoredRun | None) -> str:
    if run is None:
        return "not trained"
    return run.status if run.diverged_at is None else f"diverged at step {whole(run.diverged_at)}"
