"""Comparison: two variants of a study seed by seed; a frame of runs in, nothing here reads files."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

import numpy as np

from gancore.analysis.confounds import confounds
from gancore.analysis.estimates import (
    MIN_BOOTSTRAP,
    MIN_SEEDS,
    Array,
    contrasts,
    improvement_chance,
    iqm_interval,
    middle_mean,
)
from gancore.analysis.outcomes import better_of, outcomes_of, without_value
from gancore.analysis.rows import Failure
from gancore.analysis.scored import notes_on_scores
from gancore.analysis.summaries import Estimate, Success, outcome_of, success_of
from gancore.config import ConfigError, differing, flatten, quoted
from gancore.studies.study import Study
from gancore.words import fraction, interval, number, percent, points, signed

if TYPE_CHECKING:
    import pandas as pd


class Pair(NamedTuple):
    """A seed that both variants have."""

    seed: int
    first: float
    second: float

    @property
    def difference(self) -> float:
        """The second minus the first."""
        return self.second - self.first


class Setting(NamedTuple):
    """A setting that two configs do not share; None where a config has no such setting."""

    path: str
    first: Any
    second: Any


@dataclass(frozen=True)
class Comparison:
    """Two variants by one metric. Every interval is a 95% one for this comparison alone, corrected for no other."""

    metric: str
    better: Literal["lower", "higher"]
    names: tuple[str, str]
    labels: tuple[str, str]
    pairs: tuple[Pair, ...]
    """Seeds with a value of both; a run that failed has the worst value that a finished run of the study has there."""
    difference: Estimate
    """Mean of the second minus the first over the pairs, with Student's t interval."""
    p: float
    """Of the mean difference, two-sided; NaN for too few seeds."""
    middle: Estimate
    """Interquartile mean of the differences, with a bootstrap interval."""
    improvement: float
    """Chance that a run of the second beats a run of the first, each drawn at random, ties half."""
    success: tuple[Success, Success]
    success_change: Estimate
    """Success rate of the second minus that of the first, as if their runs were independent."""
    learned_alone: tuple[tuple[int, ...], tuple[int, ...]]
    """Seeds with which the first alone learned, and the second alone."""
    settings: tuple[Setting, ...]
    confounds: tuple[str, ...]
    failures: tuple[str, ...]
    """A sentence per run that failed, and one for the seeds a variant lacks."""
    notes: tuple[str, ...]
    """What is left out, and why, in sentences."""

    @property
    def wins(self) -> tuple[int, int, int]:
        """Pairs in which the second is better, the same, and worse."""
        sign = -1.0 if self.better == "lower" else 1.0
        gains = [sign * pair.difference for pair in self.pairs]
        return sum(g > 0 for g in gains), sum(g == 0 for g in gains), sum(g < 0 for g in gains)

    @property
    def verdict(self) -> Literal["better", "worse", "open"]:
        """What the mean difference's interval says of the second."""
        low, high = self.difference.low, self.difference.high
        if not self.difference.bounded or low <= 0 <= high:
            return "open"
        return "better" if (high < 0) == (self.better == "lower") else "worse"


def compare(study: Study, runs: pd.DataFrame, first: str, second: str, metric: str = "w1_excess") -> Comparison:
    """Compare two variants from a frame with a row per run (see ``run_table``). Raises ConfigError."""
    better = better_of(metric)
    one, other = study.variant(first), study.variant(second)
    if first == second:
        raise ConfigError.of("second", f"{quoted(second)} is the first variant too; choose another of {study.name}")
    outcomes = outcomes_of(study, runs, metric)
    seeds = sorted({int(seed) for seed in runs["seed"]})
    (values, learned, failures), (others, also, more) = (outcome_of(study, outcomes, name) for name in (first, second))
    both = np.isfinite(values) & np.isfinite(others)
    differences = (others - values)[both]
    tested = contrasts(differences[None, :])
    middle = float(middle_mean(differences)) if differences.size else math.nan
    success = success_of(learned), success_of(also)
    alone = (learned == 1) & (also == 0), (learned == 0) & (also == 1)
    apart = "dataset.kind" in differing([one.config, other.config])
    return Comparison(
        metric=metric,
        better=better,
        names=(first, second),
        labels=(one.label, other.label),
        pairs=tuple(Pair(seeds[i], float(values[i]), float(others[i])) for i in np.flatnonzero(both)),
        difference=Estimate(float(tested.estimate[0]), float(tested.low[0]), float(tested.high[0])),
        p=float(tested.p[0]),
        middle=Estimate(middle, *iqm_interval(differences)),
        improvement=improvement_chance(values, others, better),
        success=success,
        success_change=success_change(*success),
        learned_alone=(_chosen(seeds, alone[0]), _chosen(seeds, alone[1])),
        settings=settings_between(study, first, second),
        confounds=tuple(confounds(study, first, second)),
        failures=tuple(sentence for rows in (failures, more) for sentence in _failed(rows, metric)),
        notes=(
            *notes_on_scores(runs[runs["variant"].isin([first, second])]),
            *(without_value(study, [metric], (one, other)) or _notes(differences, float(tested.low[0]), apart)),
        ),
    )


def success_change(first: Success, second: Success) -> Estimate:
    """Difference of two success rates with Newcombe's interval from Wilson's two (Newcombe 1998, method 10)."""
    a, b = first.rate, second.rate
    change = b.value - a.value
    below = math.hypot(b.value - b.low, a.high - a.value)
    above = math.hypot(b.high - b.value, a.value - a.low)
    return Estimate(change, change - below, change + above)


def settings_between(study: Study, first: str, second: str) -> tuple[Setting, ...]:
    """The settings that two variants do not share, in the order of the config. Raises ConfigError."""
    configs = [study.variant(name).config for name in (first, second)]
    one, other = (flatten(config) for config in configs)
    return tuple(Setting(path, one.get(path), other.get(path)) for path in differing(configs))


def in_sentences(comparison: Comparison) -> list[str]:
    """What a comparison found, in plain text; labels are as typed, so escape them where that matters."""
    first, second = (f"“{label}”" for label in comparison.labels)
    said = [_difference(comparison)] if comparison.pairs else []
    if comparison.pairs:
        better, same, worse = comparison.wins
        said.append(
            f"Seed by seed, {second} is better in {better} of {len(comparison.pairs)}, worse in {worse}"
            + (f" and the same in {same}." if same else ".")
        )
    if comparison.middle.bounded:
        value, low, high = map(signed, comparison.middle)
        said.append(f"The interquartile mean of the differences, without the extremes, is {value} ({low} to {high}).")
    if math.isfinite(comparison.improvement):
        said.append(
            f"Probability of improvement {percent(comparison.improvement)}: that is how often a run of {second} picked "
            f"at random is better than one of {first} (a tie counts half); 50% would mean no difference."
        )
    one, other = comparison.success
    if one.runs and other.runs:
        change = comparison.success_change
        change_in = [points(value) for value in change]
        said.append(
            f"Learned: {first} {_share(one)}, {second} {_share(other)}; that is {change_in[0]} percentage points "
            f"({change_in[1]} to {change_in[2]})."
        )
        for label, seeds in zip(comparison.labels, comparison.learned_alone, strict=True):
            if seeds:
                said.append(f"Only “{label}” learned with {_numbered(seeds)}.")
    return said


def _difference(comparison: Comparison) -> str:
    from gancore.metrics import METRICS

    first, second = (f"“{label}”" for label in comparison.labels)
    change, count = comparison.difference, len(comparison.pairs)
    text = (
        f"{second} minus {first}: {METRICS[comparison.metric].label} {signed(change.value)} on average over "
        f"{count} {'seed' if count == 1 else 'seeds'} that both have"
    )
    if not change.bounded:
        return f"{text}; {comparison.better} is better."
    text += f" (95% interval {signed(change.low)} to {signed(change.high)})"
    if comparison.verdict == "open":
        return f"{text}. The interval includes zero, so it is undecided which of them is better."
    return f"{text}. {comparison.better.capitalize()} is better, so {second} is {comparison.verdict}."


def _share(success: Success) -> str:
    """``7 of 10 (40% to 89%)``."""
    return f"{fraction(success.learned, success.runs)} ({interval(success.rate.low, success.rate.high, percent)})"


def _failed(failures: Sequence[Failure], metric: str) -> list[str]:
    words = {"diverged": "diverged", "not finite": f"has no finite {metric}"}
    said: list[str] = []
    for row in failures:
        if row.status == "missing":
            continue
        worst = row.counted_as
        counts = "no finished run has a value that it could take instead, so it is left out"
        if math.isfinite(worst):
            counts = f"it counts as {number(worst)}, the worst value that a finished run of this study has there"
        said.append(f"“{row.label}”, seed {row.seed}, {words[row.status]}; {counts}.")
    missing = [row for row in failures if row.status == "missing"]
    if missing:
        seeds = _numbered([row.seed for row in missing])
        said.append(f"“{missing[0].label}” is not trained with {seeds}, so there is no such pair.")
    return said


def _notes(differences: Array, low: float, datasets: bool) -> list[str]:
    count = differences.size
    if not count:
        return ["No seed has a value of both, so there is nothing to compare yet."]
    notes: list[str] = []
    if datasets:
        notes.append("They learn different datasets, and part of the difference may be that one is harder.")
    has = f"{count} {'seed' if count == 1 else 'seeds'} of both"
    if count < MIN_SEEDS:
        notes.append(f"{has} {'is' if count == 1 else 'are'} too few for an interval; it takes {MIN_SEEDS}.")
    elif not math.isfinite(low):
        notes.append("Every seed has the same difference, so there is no spread to make an interval of.")
    if MIN_SEEDS <= count < MIN_BOOTSTRAP:
        notes.append(f"{has} are too few for an interval of the interquartile mean; it takes {MIN_BOOTSTRAP}.")
    return notes


def _chosen(seeds: Sequence[int], there: Any) -> tuple[int, ...]:
    return tuple(seed for seed, chosen in zip(seeds, there, strict=True) if chosen)


def _numbered(seeds: Sequence[int]) -> str:
    """``seed 3``, ``seeds 0, 1, 4``."""
    return f"{'seed' if len(seeds) == 1 else 'seeds'} {', '.join(map(str, seeds))}"
