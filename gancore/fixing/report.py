"""What a search says in numbers: rates with intervals, what each change did, what was spent and what to try."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from gancore.analysis.estimates import contrasts, success_interval
from gancore.config import RunConfig, with_changes
from gancore.fixing.candidates import lengthened
from gancore.fixing.events import ended_words
from gancore.fixing.search import Search
from gancore.fixing.trials import START, Standing, Trial
from gancore.jobs.estimate import work
from gancore.words import fraction, percent

KINDS = ("setting", "pair", "recipe")
"""Kinds of changes, the smallest first."""


@dataclass(frozen=True)
class Rate:
    """How often runs of one configuration learned."""

    learned: int
    runs: int
    low: float
    """Wilson's 95% interval."""
    high: float

    @classmethod
    def of(cls, outcomes: Iterable[bool]) -> Rate:
        """From outcomes, one a run."""
        values = list(outcomes)
        return cls(sum(values), len(values), *success_interval(sum(values), len(values)))

    @property
    def words(self) -> str:
        """``18 of 20 (95% interval 70–97%)``."""
        if not self.runs:
            return "no runs"
        return f"{fraction(self.learned, self.runs)} (95% interval {percent(self.low)} to {percent(self.high)})"


@dataclass(frozen=True)
class Row:
    """What one change did in the races, with their seeds: never its success rate."""

    key: str
    label: str
    kind: str
    source: str
    rate: Rate
    length: str
    """``whole`` or ``short``: the runs that the numbers are of."""
    change: float
    """Mean paired difference of w1_excess against the start's, NaN where there is none."""
    low: float
    """Its 95% interval; NaN with fewer than three seeds."""
    high: float
    cost: float
    """Arithmetic of a run, relative to the start's."""
    ended: str
    """Where it left the race, in words."""


def rate_of(search: Search, key: str) -> Rate:
    """The success rate on fresh seeds; of no runs where it was not confirmed."""
    trials = [Trial(key, seed) for seed in range(search.rules.fresh)]
    outcomes = [search.outcome(trial) for trial in trials]
    return Rate.of(one.learned for one in outcomes if one is not None) if None not in outcomes else Rate.of([])


def rows(search: Search, stand: Standing) -> list[Row]:
    """A row for each change that raced, those that did best first within each kind."""
    raced = list(dict.fromkeys(event.key for event in stand.events if event.what == "races"))
    found = [_row(search, stand, key) for key in raced]
    return sorted(found, key=lambda row: (KINDS.index(row.kind), *worse(row)))


def worse(row: Row) -> tuple[float, ...]:
    """Lower for what did better."""
    share = row.rate.learned / row.rate.runs if row.rate.runs else -1.0
    return -share, row.length != "whole", row.change if math.isfinite(row.change) else math.inf


class Spent(NamedTuple):
    """Steps of all runs of a search together."""

    race: int
    fresh: int
    """Of the runs that confirm."""


def spent(search: Search, stand: Standing) -> Spent:
    """What a search has taken so far, stored runs that it did not have to train too."""
    fresh = [trial for trial in stand.known if not _raced(search, trial)]
    whole = search.run_steps(stand.known)
    return Spent(whole - search.run_steps(fresh), search.run_steps(fresh))


class Offer(NamedTuple):
    """A faster or smaller configuration, for a start that learns already."""

    words: str
    config: RunConfig
    cost: float
    """Arithmetic of a run, relative to the start's."""


def offers(start: RunConfig) -> list[Offer]:
    """Half the steps, and networks half as wide, as far as the start has something to halve."""
    halves = {f"{name}.hidden": [max(1, n // 2) for n in getattr(start, name).hidden] for name in NETWORKS}
    found = []
    for words, config in (
        ("half the steps", lengthened(start, {}, max(1, start.steps // 2))),
        ("networks half as wide", with_changes(start, halves)),
    ):
        if config != start:
            found.append(Offer(words, config, work(config) / work(start)))
    return found


NETWORKS = ("generator", "discriminator")


def _row(search: Search, stand: Standing, key: str) -> Row:
    one = search.candidate(key)
    assert one is not None
    whole = [trial for trial in stand.known if trial.key == key and trial.length == "whole" and _raced(search, trial)]
    trials = whole or [trial for trial in stand.known if trial.key == key and trial.length == "short"]
    pairs = [
        (stand.known[t].excess, stand.known[s].excess) for t in trials if (s := t._replace(key=START)) in stand.known
    ]
    change = low = high = math.nan
    both = np.array(pairs, np.float64).reshape(-1, 2)
    if len(both) and np.isfinite(both).all():
        found = contrasts((both[:, 0] - both[:, 1])[None])
        change, low, high = (float(values[0]) for values in (found.estimate, found.low, found.high))
    last = next((event for event in reversed(stand.events) if event.key == key and event.what != "confirms"), None)
    ended = "" if last is None or last.what == "races" else ended_words(search, last)
    rate = Rate.of(stand.known[trial].learned for trial in trials)
    length = "whole" if whole or not trials else "short"
    return Row(key, one.label, one.kind, one.source, rate, length, change, low, high, search.cost(key), ended)


def _raced(search: Search, trial: Trial) -> bool:
    return trial.seed in search.rules.seeds
