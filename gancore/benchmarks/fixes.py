"""What a search for a fix costs, beside the full comparison: every change on 10 seeds for all steps.

Both are trained for real, in a store that keeps their runs, so that the benchmark goes on where it was. Starts are
short and small, and changes whose cost keeps them out of a race at first (``Rules.costly``) are left out of both, so
that the full comparison can be had at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from scipy.stats import fisher_exact

from gancore import jobs
from gancore.config import RunConfig, parse_config, with_changes
from gancore.fixing import Budget, Question, Search, Standing, go, question
from gancore.fixing.events import label_of
from gancore.fixing.report import spent
from gancore.fixing.rules import Rules
from gancore.fixing.trials import START, Trial
from gancore.jobs import Job
from gancore.jobs.waiting import wait_or_cancel
from gancore.store import Store

SEEDS = 10
"""Seeds of the full comparison: 0 and on, which confirmations have too."""
ALIKE = 0.05
"""Rates count as equal where Fisher's exact test has at least this p."""
SMALL = {
    "steps": 1_000,
    "snapshot_every": 50,
    "log_every": 500,
    "latent": {"kind": "normal", "dim": 2},
    "generator": {"hidden": [16, 32]},
    "discriminator": {"hidden": [16, 32]},
}
STARTS: dict[str, dict[str, object]] = {
    f"{kind}: {words}": {**SMALL, "dataset": {"kind": kind}, **changes}
    for kind in ("parabola", "circle", "moons")
    for words, changes in {
        "as the question": {},
        "batch 128": {"batch_size": 128},
        "slow rates": {"g_optimizer": {"learning_rate": 2e-5}, "d_optimizer": {"learning_rate": 2e-5}},
        "least squares": {"loss": {"kind": "least_squares"}},
    }.items()
}
"""Twelve configurations that fail, on three distributions."""


class FixLine(NamedTuple):
    """One start: what its search spent and said, and what the full comparison says."""

    start: str
    verdict: str
    winner: str
    race: int
    """Steps in all of the search's races."""
    fresh: int
    """Steps in all of its confirmations."""
    full: int
    """Steps in all of the full comparison."""
    best: str
    """The change that learned most often there."""
    rates: tuple[int, int]
    """Runs of the full comparison that learned, of SEEDS, with the winner (the start without one) and with the best."""
    alike: bool
    """Whether the winner is the best, or their rates count as equal."""

    @property
    def share(self) -> float:
        """Of the full comparison's steps that the races took."""
        return self.race / self.full


def cheap(start: RunConfig) -> Question:
    """The question of a start, without changes that are costly."""
    asked = question(start)
    search = Search(Store("nowhere"), asked)
    kept = [one for one in asked.candidates if search.cost(one.key) <= asked.plan.costly]
    return asked.model_copy(update={"candidates": kept})


def measure_fixes(store: Store, quick: bool, say: Callable[[str], object]) -> Iterator[FixLine]:
    """Search, then compare, each start; a quick round has one, of few steps and changes: it says that it works."""
    for name, settings in list(STARTS.items())[: 1 if quick else None]:
        say(f"{name}: the search")
        search = Search(store, quick_one(settings) if quick else cheap(parse_config(settings)))
        stand, stopped = go(search, Budget(), _wait, lambda stand: None)
        if stand.answer is None:
            raise RuntimeError(f"{name}: the search stopped: {stopped}")
        keys = compared(search)
        say(f"{name}: the full comparison, {len(keys)} configurations")
        jobs.obtain(store, search.configs(Trial(key, seed) for key in keys for seed in range(SEEDS)), name)
        yield line(name, search, stand, {key: learned(search, key) for key in keys})


def quick_one(settings: dict[str, object]) -> Question:
    """A question of few steps, changes and seeds."""
    rules = Rules(looks=(2,), needed=2, fresh=8, pairs=1)
    asked = question(with_changes(parse_config(settings), {"steps": 100, "snapshot_every": 10}), rules=rules)
    return asked.model_copy(update={"candidates": [one for one in asked.candidates if one.kind == "setting"][:4]})


def compared(search: Search) -> list[str]:
    """What the full comparison compares: the start, every change that could race, and every pair that did."""
    pairs = {event.key for event in search.standing().events if event.stage == "pair" and event.key}
    return list(dict.fromkeys([START, *(one.key for one in search.entrants), *sorted(pairs)]))


def learned(search: Search, key: str) -> int:
    """Runs of the full comparison that learned with a change."""
    outcomes = [search.outcome(Trial(key, seed)) for seed in range(SEEDS)]
    return sum(one is not None and one.learned for one in outcomes)


def line(name: str, search: Search, stand: Standing, rates: dict[str, int]) -> FixLine:
    """The row of a start, from its search and the counts of the full comparison."""
    assert stand.answer is not None
    took = spent(search, stand)
    full = SEEDS * sum(search.config(key).steps for key in rates)
    key = stand.answer.winner if stand.answer.verdict == "fix" else START
    best = max(rates, key=lambda key: (rates[key], key == START))
    both = (rates[key], rates[best])
    return FixLine(
        name, stand.answer.verdict, label_of(search, key), took.race, took.fresh, full, label_of(search, best), both,
        key == best or equal(*both),
    )  # fmt: skip


def equal(one: int, other: int, runs: int = SEEDS) -> bool:
    """Whether two counts of runs that learned count as equally often."""
    return bool(fisher_exact(np.array([[one, runs - one], [other, runs - other]])).pvalue >= ALIKE)


def _wait(job: Job) -> str:
    wait_or_cancel(job, progress=False)
    return ""
