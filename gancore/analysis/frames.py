"""Frames of a study: what the store has of it, as tables for statistics and charts."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import TYPE_CHECKING

from gancore.analysis.analysis import Analysis, analysis_of
from gancore.analysis.summaries import headline, middle_table, success_table
from gancore.config import ConfigError
from gancore.store import BundleError, RunMissing, Store, StoredRun
from gancore.studies.labels import labels_of
from gancore.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd

PICKS = ("median", "best", "worst")
"""Names that choose the run that stands for a variant; a seed's number does too."""


def runs_of(store: Store, study: Study, seeds: int | None = None) -> dict[str, list[StoredRun | None]]:
    """Variant name → its runs in order of seed; None where one is not trained."""
    return {
        variant.name: [store.get(config.run_id, study.name) for config in study.configs_of(variant, seeds)]
        for variant in study.variants
    }


def run_table(store: Store, study: Study, seeds: int | None = None) -> pd.DataFrame:
    """A row per run: variant, label, changes, seed, run_id, status (or ``missing``), steps, seconds, final metrics.

    ``metrics_version`` says which version of the metrics they are of, and is empty for a missing run.
    """
    import pandas as pd

    changes = dict(zip([v.name for v in study.variants], labels_of([v.config for v in study.variants]), strict=True))
    found = runs_of(store, study, seeds)
    rows: list[dict[str, object]] = []
    for variant in study.variants:
        for config, run in zip(study.configs_of(variant, seeds), found[variant.name], strict=True):
            row: dict[str, object] = {
                "variant": variant.name,
                "label": variant.label,
                "changes": changes[variant.name],
                "seed": config.seed,
                "run_id": config.run_id,
                "status": "missing" if run is None else run.status,
                "steps": math.nan if run is None else run.steps,
                "seconds": math.nan if run is None else run.seconds,
                "metrics_version": "" if run is None else run.metrics_version,
            }
            metrics = {} if run is None else run.metrics
            rows.append(row | {key: math.nan if value is None else value for key, value in metrics.items()})
    frame = pd.DataFrame(rows)
    for key in ("learned", *headline(study)):
        if key not in frame:
            frame[key] = math.nan
    return frame


def study_table(store: Store, study: Study, seeds: int | None = None) -> pd.DataFrame:
    """A row per variant: what ``success_table`` counts, and the headline metrics' interquartile means over seeds.

    Each metric's column has its bootstrap interval beside it (``_low``, ``_high``). As in an analysis, a run that
    failed counts as not learned and as the worst value of the study.
    """
    runs = run_table(store, study, seeds)
    table = success_table(study, runs)
    for key in headline(study):
        middle = middle_table(study, runs, key)
        table[[key, f"{key}_low", f"{key}_high"]] = middle[["iqm", "low", "high"]]
    return table


def analyze(
    store: Store, study: Study, metric: str = "w1_excess", dataset: str | None = None, seeds: int | None = None
) -> Analysis:
    """Cells, effects and claims of what is stored of a study, by one metric (see ``Analysis``).

    ``dataset``: one of the study's kinds, or ``overall``; None for each and, of several, all together.
    ``seeds``: the first so many; None for the study's. Raises ConfigError.
    """
    return analysis_of(study, run_table(store, study, seeds), metric, dataset)


def curves(store: Store, study: Study, seeds: int | None = None, variants: Sequence[str] | None = None) -> pd.DataFrame:
    """A row per variant, seed and step: the history's and the scores' columns, NaN where a step has only one.

    ``variants``: names of those wanted; None for all.
    """
    import pandas as pd

    frames: list[pd.DataFrame] = []
    for variant in study.variants:
        if variants is not None and variant.name not in variants:
            continue
        for config in study.configs_of(variant, seeds):
            run = store.get(config.run_id, study.name)
            if run is None:
                continue
            try:
                frame = run.history.merge(run.scores, on="step", how="outer", sort=True)
            except (RunMissing, BundleError):  # Damaged, which only reading it shows; the store has said so.
                continue
            keys = pd.DataFrame({"variant": variant.name, "label": variant.label, "seed": config.seed}, frame.index)
            frames.append(pd.concat([keys, frame], axis=1))
    if not frames:
        return pd.DataFrame({"variant": [], "label": [], "seed": [], "step": []})
    return pd.concat(frames, ignore_index=True)


def pick_seed(runs: Sequence[StoredRun | None], how: str = "median", key: str = "w1_excess") -> StoredRun | None:
    """The run that stands for a variant: its median, best or worst by a final metric, or the one with that seed.

    Diverged runs and runs without the metric rank last; of two in the middle the better one is the median.
    None where no run is trained (or not that seed). Raises ConfigError.
    """
    trained = [run for run in runs if run is not None]
    if how.isascii() and how.isdigit():
        return next((run for run in trained if run.config.seed == int(how)), None)
    places = {"best": 0, "median": (len(trained) - 1) // 2, "worst": len(trained) - 1}
    if how not in places:
        raise ConfigError.refused("seed", how, f"use {', '.join(PICKS)} or a seed's number")
    from gancore.metrics import METRICS

    if key not in METRICS:
        raise ConfigError.refused("key", key, f"use one of {', '.join(METRICS)}", "is not a metric")
    sign = 1.0 if METRICS[key].better == "lower" else -1.0

    def rank(run: StoredRun) -> tuple[bool, float, int]:
        value = run.metrics.get(key)
        failed = run.status == "diverged" or value is None
        return failed, 0.0 if value is None else sign * value, run.config.seed

    return sorted(trained, key=rank)[places[how]] if trained else None
