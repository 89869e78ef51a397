"""Twelve failing starts as tables of curves: when a run with each change first learns, and how far it is until then.

The changes, their kinds and what they cost are those that the registries declare; how much each helps is made up, start
by start, from a fixed seed. A run's curve falls towards its floor at a rate that follows from when it learns, so that
half a run, a whole one and "still falls" hang together as they do in training.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from functools import cache

import numpy as np

from gancore.config import RunConfig
from gancore.fixing.candidates import candidates, config_of
from gancore.fixing.race import standing
from gancore.fixing.rules import Rules
from gancore.fixing.search import still_falls
from gancore.fixing.trials import START, Entrant, Outcome, Standing, Trial
from gancore.jobs.estimate import work

FLOOR, FAR = 0.02, 0.3
"""w1_excess of a run that learned, and of one at its first step."""
HALVINGS = 5
"""How often the distance to the floor halves until a run learns."""
SNAPSHOTS = 50
NEVER = 100.0
"""When a run learns, in lengths of a run, that does not."""
SPREAD = 0.35
"""Of the logarithm of that, over seeds."""


@dataclass(frozen=True)
class Table:
    """One start: how many runs' lengths it takes to learn with each change, at the median."""

    name: str
    takes: dict[str, float]
    fails: dict[str, float]
    """Share of runs with a change that never learn."""
    lengths: dict[str, float]
    """Steps of a run, relative to the start's."""

    def outcome(self, trial: Trial) -> Outcome:
        """What a run came to; alike ones on one seed share a part of their luck."""
        parts = trial.key.split(" + ")
        takes = min(self.takes[part] for part in parts) * (0.6 if len(parts) > 1 else 1.0)
        own = random.Random(f"{self.name} {trial.key} {trial.seed}")
        shared = random.Random(f"{self.name} {trial.seed}").gauss(0, SPREAD / 2)
        first = takes * math.exp(shared + own.gauss(0, SPREAD))
        if own.random() < min(self.fails[part] for part in parts):
            first = NEVER
        whole = max(self.lengths[part] for part in parts)
        length = whole * (0.5 if trial.length == "short" else 1.0)
        steps = np.linspace(0, length, SNAPSHOTS)
        noise = np.exp(np.random.default_rng(abs(hash_of(trial))).normal(0, 0.08, SNAPSHOTS))
        curve = (FLOOR + (FAR - FLOOR) * 0.5 ** (HALVINGS * steps / first)) * noise
        return Outcome(first <= length, float(curve[-1]), still_falls(curve))

    def search(self, rules: Rules | None = None) -> Standing:
        """A search over this table."""
        return standing(entrants(), lambda a, b: Entrant(f"{a} + {b}", "pair"), rules or Rules(), self.outcome)

    def learned(self, key: str, seeds: range) -> int:
        """How many of these whole runs learned."""
        return sum(self.outcome(Trial(key, seed)).learned for seed in seeds)

    def steps(self, trial: Trial) -> float:
        """Of a run, relative to the start's."""
        return max(self.lengths[part] for part in trial.key.split(" + ")) * (0.5 if trial.length == "short" else 1.0)


def hash_of(trial: Trial) -> int:
    """A number for a trial, the same in every process."""
    return random.Random(repr(tuple(trial))).getrandbits(32)


@cache
def entrants() -> tuple[Entrant, ...]:
    """The changes of the question's start."""
    start = RunConfig()
    return tuple(
        Entrant(one.key, "recipe" if one.kind == "recipe" else "setting", work(config_of(start, one)) / work(start))
        for one in candidates(start)
    )


def table(name: str, singles: int, partial: int, recipes: int) -> Table:
    """A start that so many single changes fix, so many more bring nearer, and that so many recipes fix."""
    rng = random.Random(name)
    keys = {kind: [one.key for one in entrants() if one.kind == kind] for kind in ("setting", "recipe")}
    takes = {START: 6.0} | {one.key: rng.uniform(4, 12) for one in entrants()}
    fails = {START: 0.5} | {one.key: rng.choice((0.3, 0.6, 1.0)) for one in entrants()}
    chosen = rng.sample(keys["setting"], singles + partial)
    for key in chosen[:singles] + rng.sample(keys["recipe"], recipes):
        takes[key], fails[key] = rng.uniform(0.2, 0.4), rng.choice((0.0, 0.0, 0.05))
    for key in chosen[singles:]:
        takes[key], fails[key] = rng.uniform(0.8, 1.4), rng.uniform(0.1, 0.3)
    longer = {
        one.key: 2.0 if one.key.endswith("steps") and "discriminator" not in one.key else 1.0 for one in entrants()
    }
    return Table(name, takes, fails, {START: 1.0} | longer)


STARTS = [
    table(f"{distribution}: {words}", *counts)
    for distribution in ("circle", "moons", "grid")
    for words, counts in {
        "one setting": (1, 2, 2),
        "several settings": (3, 3, 4),
        "recipes alone": (0, 2, 3),
        "nothing": (0, 0, 0),
    }.items()
]
"""Twelve starts on three distributions."""
