"""Summaries: what every variant of a study has in numbers, each with its interval; nothing here reads files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gancore.analysis.estimates import Array, iqm_interval, middle_mean, success_interval
from gancore.analysis.outcomes import Outcomes, datasets_of, outcomes_of
from gancore.analysis.rows import Failure
from gancore.config import ConfigError, Dataset, RunConfig, quoted
from gancore.studies.study import Study

if TYPE_CHECKING:
    import pandas as pd


HEADLINE = ("w1_excess", "curve_p95", "coverage", "near")
"""Metrics that tables of variants of curves show."""


def headline(study: Study) -> tuple[str, ...]:
    """Metrics that tables of a study's variants show (see ``headline_of``)."""
    return headline_of([variant.config for variant in study.variants])


def headline_of(configs: Iterable[RunConfig]) -> tuple[str, ...]:
    """HEADLINE and every other headline metric, where they apply to any of these configs' distributions.

    Where all distributions are made of modes ``near`` is left out: ``hq`` is the same number.
    """
    from gancore.metrics import METRICS

    datasets: list[Dataset] = list({c.dataset.model_dump_json(): c.dataset for c in configs}.values())  # type: ignore[attr-defined, misc]
    moded = all(dataset.modes() is not None for dataset in datasets)
    keys = (*HEADLINE, *(key for key, metric in METRICS.items() if metric.headline and key not in HEADLINE))
    return tuple(
        key
        for key in keys
        if not (key == "near" and moded) and any(METRICS[key].applies(dataset) for dataset in datasets)
    )


class Estimate(NamedTuple):
    """A number with its 95% interval; NaN where there is none."""

    value: float
    low: float
    high: float

    @property
    def bounded(self) -> bool:
        """Whether it has an interval."""
        return math.isfinite(self.low) and math.isfinite(self.high)


class Success(NamedTuple):
    """How many runs of a variant learned."""

    learned: int
    runs: int
    """Runs trained, diverged ones among them."""
    rate: Estimate
    """The share, with Wilson's interval."""


def success_table(study: Study, runs: pd.DataFrame) -> pd.DataFrame:
    """A row per variant: seeds asked for, n trained, diverged, missing, learned, success with its interval, seconds.

    ``seconds`` is the median over the runs trained.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    outcomes = outcomes_of(study, runs, "learned")
    for variant in study.variants:
        own = runs.loc[runs["variant"] == variant.name]
        seconds = own["seconds"].dropna()  # pandas 2.2 warns of the median of nothing
        success = success_of(outcome_of(study, outcomes, variant.name)[1])
        rows.append(
            {
                "variant": variant.name,
                "label": variant.label,
                "seeds": len(own),
                "n": success.runs,
                "diverged": int((own["status"] == "diverged").sum()),
                "missing": int((own["status"] == "missing").sum()),
                "learned": success.learned,
                "success": success.rate.value,
                "success_low": success.rate.low,
                "success_high": success.rate.high,
                "seconds": float(seconds.median()) if len(seconds) else math.nan,
            }
        )
    return pd.DataFrame(rows)


def middle_table(study: Study, runs: pd.DataFrame, metric: str) -> pd.DataFrame:
    """A row per variant: the metric's interquartile mean over seeds (iqm) with its bootstrap interval (low, high).

    As in an analysis's cells, a run that failed counts as the worst value of the study. Raises ConfigError.
    """
    import pandas as pd

    rows: list[dict[str, Any]] = []
    outcomes = outcomes_of(study, runs, metric)
    for variant in study.variants:
        middle = middle_of(outcome_of(study, outcomes, variant.name)[0])
        rows.append({"variant": variant.name, "iqm": middle.value, "low": middle.low, "high": middle.high})
    return pd.DataFrame(rows)


def middle_of(values: Array) -> Estimate:
    """The interquartile mean of values [seeds] or [seeds, strata] with its bootstrap interval; NaN is no value."""
    finite = values[np.isfinite(values)]
    return Estimate(float(middle_mean(finite)) if finite.size else math.nan, *iqm_interval(values))


def success_of(learned: Array) -> Success:
    """Success from ``learned`` [seeds]: 1, 0, or NaN for a run that is not trained."""
    runs = int(np.isfinite(learned).sum())
    count = int(np.nansum(learned))
    rate = count / runs if runs else math.nan
    return Success(count, runs, Estimate(rate, *success_interval(count, runs)))


def outcome_of(study: Study, outcomes: Mapping[str, Outcomes], name: str) -> tuple[Array, Array, list[Failure]]:
    """A variant's values [seeds], learned [seeds] and failures."""
    for kind, variants in datasets_of(study).items():
        names = [variant.name for variant in variants]
        if name in names:
            found, place = outcomes[kind], names.index(name)
            failures = [row for row in found.failures if row.variant == name]
            return found.values[place], found.learned[place], failures
    raise ConfigError.of("variant", f"{quoted(name)} is not in {study.name}")
