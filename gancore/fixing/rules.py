"""The rules of a search, fixed before it begins: how many seeds, what counts as learning, and when a change is out."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from gancore.analysis.estimates import MIN_SEEDS, contrasts, success_interval
from gancore.config import ConfigError
from gancore.studies.design import MAX_SEEDS


@dataclass(frozen=True)
class Rules:
    """How a search decides. All seeds are paired: every configuration that races has the same ones."""

    target: float = 0.9
    """Share of runs that learn with a change that is meant by a fix."""
    error: float = 0.05
    """Chance that a change which is as good as the target is dropped at one of the looks, all together."""
    looks: tuple[int, ...] = (2, 4, 8)
    """Seeds of each race's looks."""
    needed: int = 6
    """Runs of the last look that have to learn before a change is confirmed."""
    most: tuple[int, ...] = (6, 3, 2)
    """Changes that race to each look at most; those that did best so far."""
    dear: float = 1.5
    """A change that costs more than so many times what another costs that learned in all its runs is set aside."""
    costly: float = 16.0
    """A change of whose cost, relative to the start, only races where no cheaper one of its kind is a fix."""
    short: float = 0.5
    """Share of the steps that the short race before the looks has; 1 for none."""
    fresh: int = 20
    """Seeds that confirm: 0 to so many less one, which no race has."""
    first_seed: int = 1000
    """Races have the seeds from this one on."""
    promising: int = 8
    """Single changes that pairs are made of, the best ones that are no fix by themselves."""
    pairs: int = 6
    """Pairs at most."""
    confirmations: int = 4
    """Looks at fresh seeds at most, a change each; they share the error that being better than the start may have."""

    def __post_init__(self) -> None:
        """Raise ConfigError for what no search could go by."""
        counts = (*self.looks, *self.most, self.needed, self.fresh, self.promising, self.pairs, self.confirmations)
        shares = (self.target, self.error, self.short)
        if not self.looks or not self.most or not all(1 <= n <= MAX_SEEDS for n in counts):
            raise ConfigError.of("rules", f"every number of seeds or changes must be 1 to {MAX_SEEDS}")
        if not all(0 < share <= 1 for share in shares) or sorted(set(self.looks)) != list(self.looks):
            raise ConfigError.of("rules", "shares must be more than 0 and at most 1, and looks must grow")
        if not all(1 <= cost < math.inf for cost in (self.dear, self.costly)):
            raise ConfigError.of("rules", "dear and costly must be at least 1")
        if self.first_seed < self.fresh:
            raise ConfigError.of("rules", "a race's seeds must lie above the fresh ones")

    @cached_property
    def seeds(self) -> tuple[int, ...]:
        """Seeds of the last look of a race."""
        return tuple(self.first_seed + place for place in range(self.looks[-1]))

    @property
    def share(self) -> float:
        """The error that each look may have."""
        return self.error / len(self.looks)

    def ruled_out(self, learned: int, runs: int) -> bool:
        """Whether a rate as high as the target is out of the question after so many of so many runs learned.

        Exact: so few would learn with a chance of at most the look's share of the error.
        """
        return _at_most(learned, runs, self.target) <= self.share

    def is_fix(self, learned: Sequence[bool], start: Sequence[bool]) -> bool:
        """Whether fresh runs say that a change makes the GAN learn: their rate's 95% interval reaches the target, and
        of the seeds in which it and the start differ so many are its own that it is no chance (exact sign test)."""
        if not self.learns(sum(learned), len(learned)):
            return False
        gained = sum(a and not b for a, b in zip(learned, start, strict=True))
        lost = sum(b and not a for a, b in zip(learned, start, strict=True))
        return _at_most(lost, gained + lost, 0.5) <= self.error / self.confirmations

    def learns(self, learned: int, runs: int) -> bool:
        """Whether a success rate's interval reaches the target."""
        return success_interval(learned, runs)[1] >= self.target

    def power(self, rate: float, start: float = 0.0) -> float:
        """The least chance that one change which learns with this rate at any length is found and confirmed.

        Each look's stops are counted as if they were apart, so the true chance is no lower; a short race that drops
        where nothing learned counts as well. ``start``: the rate of the start, with seeds independent of the change's.
        """
        kept = 1.0 if self.short >= 1 else 1 - (1 - rate) ** self.looks[0]
        for runs in self.looks:
            dropped = sum(
                _exactly(k, runs, rate)
                for k in range(runs + 1)
                if self.ruled_out(k, runs) or (runs == self.looks[-1] and k < self.needed)
            )
            kept -= dropped
        n, confirmed = self.fresh, 0.0
        for k in range(n + 1):
            for s in range(n + 1):
                # Overlaps as few as can be: then the start gains most.
                gained, lost = k - max(0, k + s - n), s - max(0, k + s - n)
                if self.learns(k, n) and _at_most(lost, gained + lost, 0.5) <= self.error / self.confirmations:
                    confirmed += _exactly(k, n, rate) * _exactly(s, n, start)
        return max(0.0, kept) * confirmed


def surely_worse(values: Sequence[float], leader: Sequence[float], error: float) -> bool:
    """Whether w1_excess is higher than the leader's in the same seeds, with so much error at most (paired t interval).

    Values that are not finite count as the worst finite one; with fewer than three seeds nothing is sure.
    """
    both = np.array([values, leader], np.float64)
    finite = both[np.isfinite(both)]
    if both.shape[1] < MIN_SEEDS or not finite.size:
        return False
    both = np.where(np.isfinite(both), both, finite.max())
    return bool(contrasts((both[0] - both[1])[None], 1 - error).low[0] > 0)


def _exactly(successes: int, runs: int, rate: float) -> float:
    return math.comb(runs, successes) * rate**successes * (1 - rate) ** (runs - successes)


def _at_most(successes: int, runs: int, rate: float) -> float:
    return sum(_exactly(k, runs, rate) for k in range(successes + 1))
