"""Outcomes: a frame of runs → arrays of one metric over arms and seeds, with every failure counted and named."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

import numpy as np

from gancore.analysis.estimates import Array
from gancore.analysis.rows import Failure
from gancore.config import ConfigError
from gancore.studies.labels import dataset_words
from gancore.studies.study import Study
from gancore.studies.variants import Variant

if TYPE_CHECKING:
    import pandas as pd

OVERALL = "overall"
"""The analysis of all datasets together."""


@dataclass(frozen=True)
class Outcomes:
    """One metric of every arm on one dataset."""

    dataset: str
    values: Array
    """[arms, seeds]; a failure has the worst finite value seen, a run that is not trained NaN."""
    learned: Array
    """[arms, seeds]: 1 for a success, 0 for none and for failures, NaN where not trained."""
    failures: tuple[Failure, ...]
    """Runs that diverged, have no finite value, or are not trained: variant, seed, status, what they count as."""


def better_of(metric: str) -> Literal["lower", "higher"]:
    """Which way a metric is better; raises ConfigError that names the known ones."""
    from gancore.metrics import METRICS

    if metric not in METRICS:
        raise ConfigError.refused("metric", metric, f"use one of {', '.join(METRICS)}", "is unknown")
    return METRICS[metric].better


def datasets_of(study: Study) -> dict[str, list[Variant]]:
    """Dataset kind → its variants, arm by arm; ``all`` where the study compares datasets with each other."""
    if study.datasets:
        return {kind: [v for v in study.variants if v.dataset == kind] for kind in study.datasets}
    kinds = {variant.dataset for variant in study.variants}
    return {kinds.pop() if len(kinds) == 1 else "all": list(study.variants)}


def groups_of(study: Study, dataset: str | None = None) -> dict[str, list[str]]:
    """What is analysed → the datasets in it: each alone and, of several, all together. Raises ConfigError."""
    kinds = list(datasets_of(study))
    groups = {kind: [kind] for kind in kinds} | ({OVERALL: kinds} if len(kinds) > 1 else {})
    if dataset is None:
        return groups
    if dataset not in groups:
        if kinds == ["all"]:
            reason = f"{study.name} compares datasets with each other, so there is none to choose"
        else:
            reason = f"use one of {', '.join(groups)}"
        raise ConfigError.refused("dataset", dataset, reason)
    return {dataset: groups[dataset]}


def outcomes_of(study: Study, runs: pd.DataFrame, metric: str) -> dict[str, Outcomes]:
    """Dataset → its outcomes, from a frame with a row per run (variant, seed, run_id, status, learned, metric).

    A run that diverged or whose metric is not finite is a failure: it did not learn, and for the metric it takes the
    worst finite value that any finished run of the dataset has in this study (0 for ``learned``), so that no run
    ranks below it. On a distribution where the metric has no value that is no failure, and the value is NaN.
    Raises ConfigError where no stored run knows the metric.
    """
    from gancore.metrics import lacking

    better = better_of(metric)
    if metric not in runs:
        runs = runs.assign(**{metric: math.nan})
        if all(metric in lacking(variant.config.dataset) for variant in study.variants):  # type: ignore[attr-defined]
            raise ConfigError.of("metric", f"{' '.join(without_value(study, [metric]))} Use another, such as w1_excess")
        if set(runs["status"].tolist()) - {"missing"}:
            raise ConfigError.of("metric", f"none of the stored runs of {study.name} has {metric!r}; use another")
    seeds = sorted({int(seed) for seed in runs["seed"]})
    rows = {(row["variant"], int(row["seed"])): row for row in runs.to_dict("records")}
    return {
        kind: _outcomes(kind, variants, [[rows[v.name, seed] for seed in seeds] for v in variants], metric, better)
        for kind, variants in datasets_of(study).items()
    }


def without_value(study: Study, metrics: Iterable[str], variants: Iterable[Variant] | None = None) -> list[str]:
    """A sentence per dataset of these variants (None for all) on which some of the metrics have no value, and why."""
    from gancore.metrics import lacking, lacking_in_words

    wanted = set(metrics)
    shown = study.variants if variants is None else variants
    datasets = {variant.dataset: variant.config.dataset for variant in shown}
    found = {kind: {key: why for key, why in lacking(d).items() if key in wanted} for kind, d in datasets.items()}
    return [lacking_in_words(keys, f"on {dataset_words(kind)}") for kind, keys in found.items() if keys]


def values_explained(study: Study, metrics: Iterable[str], variants: Iterable[Variant] | None = None) -> list[str]:
    """What a table of these metrics has to say: where they have no value, what decides what is learned where no support
    is known, and what unit distances are in."""
    from gancore.metrics import explained

    shown = list(study.variants if variants is None else variants)
    datasets = dict.fromkeys(variant.config.dataset for variant in shown)
    said = dict.fromkeys(sentence for dataset in datasets for sentence in explained(dataset))  # type: ignore[arg-type]
    return [*without_value(study, metrics, shown), *said]


def _outcomes(
    kind: str, variants: list[Variant], table: list[list[dict[Any, Any]]], metric: str, better: str
) -> Outcomes:
    from gancore.metrics import METRICS

    trained = np.array([[row["status"] != "missing" for row in rows] for rows in table])
    finished = np.array([[row["status"] == "finished" for row in rows] for rows in table])
    values = np.array([[float(row[metric]) for row in rows] for rows in table])
    values[~finished | ~np.isfinite(values)] = math.nan
    finite = values[np.isfinite(values)]
    worst = 0.0 if metric == "learned" else math.nan
    if finite.size and metric != "learned":
        worst = float(finite.max() if better == "lower" else finite.min())
    applies = np.array([[METRICS[metric].applies(variant.config.dataset)] for variant in variants])  # type: ignore[attr-defined]
    failed = trained & ~np.isfinite(values) & (applies | ~finished)
    learned = np.where(
        trained, [[row["status"] == "finished" and row["learned"] == 1 for row in rows] for rows in table], np.nan
    )
    failures = [
        Failure(
            dataset=kind,
            variant=variant.name,
            label=variant.label,
            seed=int(row["seed"]),
            run_id=row["run_id"],
            status="missing" if not trained[i, j] else "not finite" if finished[i, j] else "diverged",
            metric=metric,
            counted_as=worst if trained[i, j] and applies[i, 0] else math.nan,
        )
        for i, variant in enumerate(variants)
        for j, row in enumerate(table[i])
        if failed[i, j] or not trained[i, j]
    ]
    return Outcomes(kind, np.where(failed & applies, worst, values), learned.astype(np.float64), tuple(failures))
