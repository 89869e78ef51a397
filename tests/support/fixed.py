"""Searches for a fix whose runs nobody trained: simulated ones, and ones over a store with made-up results."""

from __future__ import annotations

import random
from collections.abc import Mapping

import numpy as np
from support.results import make_result

from gancore.config import RunConfig
from gancore.fixing.race import standing
from gancore.fixing.rules import Rules
from gancore.fixing.trials import START, Answer, Entrant, Outcome, Standing, Trial
from gancore.recording.result import RunResult

LEARNED, FAILED = 0.02, 0.2
"""Typical w1_excess of runs that learned, and of others."""


def simulated(
    seed: int,
    singles: Mapping[str, float],
    recipes: Mapping[str, float],
    start: float = 0.0,
    rules: Rules | None = None,
) -> Standing:
    """A search whose changes learn at these rates, each run by itself; a pair as its better half does."""
    rng, rates = random.Random(seed), {START: start, **singles, **recipes}
    known: dict[Trial, Outcome] = {}

    def outcome(trial: Trial) -> Outcome:
        if trial not in known:
            learned = rng.random() < max(rates[part] for part in trial.key.split(" + "))
            known[trial] = Outcome(learned, abs(rng.gauss(LEARNED if learned else FAILED, 0.02)))
        return known[trial]

    entrants = [Entrant(key, "setting") for key in singles] + [Entrant(key, "recipe") for key in recipes]
    return standing(entrants, lambda a, b: Entrant(f"{a} + {b}", "pair", 2.0), rules or Rules(), outcome)


def answered(stand: Standing) -> Answer:
    """The answer of a search that has one."""
    assert stand.answer is not None
    return stand.answer


def named(prefix: str, count: int, rate: float) -> dict[str, float]:
    """So many changes of one rate."""
    return {f"{prefix}{number}": rate for number in range(count)}


def came_to(config: RunConfig, learned: bool, falling: bool = False) -> RunResult:
    """A finished run that learned or did not, with a curve that is flat or still falls."""
    count = len(config.snapshot_steps)
    ends = {"learned": float(learned), "w1_excess": LEARNED if learned else FAILED + 0.001 * (config.seed % 7)}
    curve = np.linspace(1.0, 0.1, count) if falling else np.full(count, 0.3)
    scores = {key: np.r_[np.full(count - 1, np.nan), value] for key, value in ends.items()}
    scores |= {"swd": curve, "near": np.full(count, 0.9 if learned else 0.3), "coverage": np.full(count, 1.0)}
    return make_result(config, metrics=scores)


LOCKED = [
    "generator",
    "discriminator",
    "g_optimizer",
    "d_optimizer",
    "latent",
    "loss",
    "penalty",
    "instance_noise",
    "ema",
]
"""All but what a search of two or three changes needs."""


def few(pairs: int) -> Rules:
    """Rules of a search with looks at 2 and 3 seeds and 8 fresh ones."""
    return Rules(looks=(2, 3), needed=3, fresh=8, pairs=pairs)
