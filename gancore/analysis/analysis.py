"""Analysis of a study: a frame of runs in, rows of cells, effects and claims out; nothing here reads files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from gancore.analysis.claims import claim_rows
from gancore.analysis.confounds import cell_confounds, confounds
from gancore.analysis.effects import Effect, effects_of, paired_cells
from gancore.analysis.estimates import (
    MIN_BOOTSTRAP,
    MIN_SEEDS,
    Estimates,
    contrasts,
    success_interval,
)
from gancore.analysis.groups import Group
from gancore.analysis.outcomes import Outcomes, better_of, groups_of, outcomes_of, values_explained
from gancore.analysis.rows import Cell, ClaimRow, EffectRow, Failure
from gancore.analysis.scored import notes_on_scores
from gancore.analysis.summaries import middle_of
from gancore.analysis.verdicts import too_few
from gancore.studies.study import Study
from gancore.words import count, number

if TYPE_CHECKING:
    import pandas as pd

NAMED = 8
"""Variants whose missing seeds a sentence names one by one."""


@dataclass(frozen=True)
class Analysis:
    """What a study's runs say of one metric."""

    study: str
    metric: str
    better: Literal["lower", "higher"]
    datasets: tuple[str, ...]
    """Datasets analysed, and ``overall`` where there are several."""
    seeds: int
    """Seeds asked for."""
    cells: tuple[Cell, ...]
    """A row per dataset and variant."""
    effects: tuple[EffectRow, ...]
    """A row per dataset and effect: the factorial's, and named variants or controls against the baseline."""
    claims: tuple[ClaimRow, ...]
    """A row per dataset and claim, dataset by dataset."""
    failures: tuple[Failure, ...]
    """A row per run that diverged, has no finite value, or is not trained, and what it counts as."""
    notes: tuple[str, ...]
    """What a reader has to know of the figures, in sentences."""


def analysis_of(study: Study, runs: pd.DataFrame, metric: str = "w1_excess", dataset: str | None = None) -> Analysis:
    """Analyse a frame with a row per run (see ``run_table``) by one metric, on one dataset or all. Raises ConfigError.

    Claims that name a metric of their own are judged by that one.
    """
    better = better_of(metric)
    groups = groups_of(study, dataset)
    known = {
        key: outcomes_of(study, runs, key)
        for key in dict.fromkeys([metric, *(c.metric or metric for c in study.claims)])
    }
    effects = effects_of(study.design)
    cells: list[Cell] = []
    found: list[EffectRow] = []
    claims: list[ClaimRow] = []
    for name, kinds in groups.items():
        by_metric = {
            key: Group(study, name, key, [outcomes[kind] for kind in kinds]) for key, outcomes in known.items()
        }
        cells += _cells(by_metric[metric])
        found += _effects(by_metric[metric], effects)
        claims += claim_rows(by_metric, effects, metric)
    used = dict.fromkeys(kind for kinds in groups.values() for kind in kinds)
    failures = [row for kind in used for row in known[metric][kind].failures]
    seeds = len(set(runs["seed"].tolist()))
    return Analysis(
        study.name,
        metric,
        better,
        tuple(groups),
        seeds,
        tuple(cells),
        tuple(found),
        tuple(claims),
        tuple(failures),
        (
            *notes_on_scores(runs),
            *_notes(study, metric, seeds, failures, [known[metric][kind] for kind in used]),
        ),
    )


def _cells(group: Group) -> list[Cell]:
    rows: list[Cell] = []
    for i, arm in enumerate(group.arms):
        values = group.values(i)
        finite = values[np.isfinite(values)]
        learned, runs = group.learned([i])
        states = [f.status for o in group.outcomes for f in o.failures if f.variant == _variant(group, o, i)]
        middle = middle_of(values)
        success_low, success_high = success_interval(learned, runs)
        factors = zip(group.study.factors, arm.levels or (), strict=False)
        rows.append(
            Cell(
                dataset=group.name,
                kind="control" if arm.control else "variant" if arm.levels is None else "cell",
                variant=str(arm.name),
                label=str(arm.label),
                factors={factor.name: factor.levels[level].words for factor, level in factors},
                n=runs,
                diverged=len(states) - states.count("missing"),
                missing=states.count("missing"),
                learned=learned,
                success=learned / runs if runs else math.nan,
                success_low=success_low,
                success_high=success_high,
                iqm=middle.value,
                low=middle.low,
                high=middle.high,
                min=float(finite.min()) if finite.size else math.nan,
                max=float(finite.max()) if finite.size else math.nan,
            )
        )
    return rows


def _variant(group: Group, outcome: Outcomes, arm: int) -> str:
    """The name of an arm's variant on an outcome's dataset."""
    kinds = group.study.datasets
    return group.study.variants[arm + (kinds.index(outcome.dataset) if kinds else 0) * len(group.arms)].name


def _effects(group: Group, effects: Sequence[Effect]) -> list[EffectRow]:
    """The factorial's effects, then every named variant or control against the baseline, each family by itself."""
    rows: list[EffectRow] = []
    if effects:
        estimates = group.main_effects(effects)
        for i, effect in enumerate(effects):
            pairs = paired_cells(group.study.design, *effect.factors[0]) if effect.kind == "main" else []
            beside = cell_confounds(group.study, pairs)
            names = (effect.name, effect.label, effect.aliases)
            rows.append(_effect(group, effect.kind, names, estimates, i, pairs, beside))
    others = [(0, i) for i, arm in enumerate(group.arms) if i and arm.levels is None]
    if others:
        estimates = contrasts(group.differences(others))
        for i, (_, after) in enumerate(others):
            arm = group.arms[after]
            beside = tuple(confounds(group.study, str(group.arms[0].name), str(arm.name)))
            names = (str(arm.name), str(arm.label), ())
            rows.append(_effect(group, "difference", names, estimates, i, [(0, after)], beside))
    return rows


def _effect(
    group: Group,
    kind: Literal["main", "interaction", "difference"],
    names: tuple[str, str, tuple[str, ...]],
    estimates: Estimates,
    i: int,
    pairs: Sequence[tuple[int, int]],
    beside: tuple[str, ...],
) -> EffectRow:
    """The i-th of the estimates as a row; ``names``: its name, label and aliases; ``pairs``: arms without and with."""
    name, label, aliases = names
    return EffectRow(
        dataset=group.name,
        kind=kind,
        effect=name,
        label=label,
        aliases=aliases,
        n=int(estimates.seeds[i]),
        estimate=float(estimates.estimate[i]),
        low=float(estimates.low[i]),
        high=float(estimates.high[i]),
        p=float(estimates.p[i]),
        p_holm=float(estimates.p_holm[i]),
        improvement=group.improvement(pairs)[0] if estimates.seeds[i] else math.nan,
        confounds=beside,
    )


def _notes(
    study: Study, metric: str, seeds: int, failures: Sequence[Failure], outcomes: Sequence[Outcomes]
) -> list[str]:
    notes = values_explained(study, dict.fromkeys([metric, *(c.metric for c in study.claims if c.metric)]))
    failed = [row for row in failures if row.status != "missing"]
    missing = [row for row in failures if row.status == "missing"]
    for kind in dict.fromkeys(row.dataset for row in failed):
        rows = [row for row in failed if row.dataset == kind]
        named = "; ".join(f"{row.label} seed {row.seed} ({row.status})" for row in rows)
        worst = next((row.counted_as for row in rows if math.isfinite(row.counted_as)), math.nan)
        counts = f", and as {metric} {number(worst)}, the worst value that a run of this study has there"
        notes.append(
            f"On {kind} {len(rows)} of the trained runs failed: {named}. Each counts as not learned"
            + (f"{counts}." if math.isfinite(worst) else ".")
        )
    if missing:
        total = sum(outcome.values.size for outcome in outcomes)
        lacking = [*dict.fromkeys(row.label for row in missing)]
        named = "; ".join(
            f"{label} (seeds {_numbered([row.seed for row in missing if row.label == label])})"
            for label in lacking[:NAMED]
        ) + (f"; and of {count(len(lacking) - NAMED, 'more variant')}" if len(lacking) > NAMED else "")
        notes.append(
            f"{len(missing)} of {total} runs are not trained: {named}. A seed without a run that a contrast needs is "
            "left out of it."
        )
    if seeds < MIN_SEEDS:
        notes.append(f"{too_few(seeds)} for intervals of effects; it takes {MIN_SEEDS}.")
    if seeds < MIN_BOOTSTRAP:
        notes.append(f"{too_few(seeds)} for intervals of interquartile means; it takes {MIN_BOOTSTRAP}.")
    if study.design.generators:
        notes.append("The design is a fraction: effects named together cannot be told from each other.")
    return notes


def _numbered(numbers: Sequence[int]) -> str:
    """Ascending numbers, runs of them shortened: ``0, 4–9``."""
    pieces: list[list[int]] = []
    for one in numbers:
        if pieces and pieces[-1][-1] == one - 1:
            pieces[-1] = [pieces[-1][0], one]
        else:
            pieces.append([one])
    return ", ".join("–".join(map(str, piece)) for piece in pieces)
