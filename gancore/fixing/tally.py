"""What a search has seen so far: outcomes by candidate, and which candidate did better than which."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from statistics import median

from gancore.fixing.rules import Rules
from gancore.fixing.trials import START, Entrant, Length, Outcome, Trial


class Tally:
    """Outcomes of one search, in the order of their seeds."""

    def __init__(self, entrants: Sequence[Entrant], rules: Rules) -> None:
        self.rules = rules
        self.cost = {START: 1.0} | {one.key: one.cost for one in entrants}
        self.known: dict[Trial, Outcome] = {}
        self.raced: dict[tuple[str, Length], list[Outcome]] = {}
        """By the seeds of races, in their order."""
        self.tried: list[str] = []
        """Every candidate that raced."""

    def take(self, outcomes: Mapping[Trial, Outcome]) -> None:
        """Take what a round came to; each has the seeds that come next."""
        for trial, outcome in outcomes.items():
            if trial not in self.known and trial.seed >= self.rules.first_seed:
                self.raced.setdefault((trial.key, trial.length), []).append(outcome)
        self.known |= outcomes

    def ranked(self, keys: Iterable[str]) -> list[str]:
        """The best first: the share that learned, then how much nearer than the start, then what it costs."""
        return sorted(keys, key=lambda key: (-self.rate(key), -self.gain(key), self.cost[key]))

    def rate(self, key: str) -> float:
        """The share that learned of a candidate's longest runs; 0 without runs."""
        runs = self.runs(key, self.length(key))
        return sum(run.learned for run in runs) / len(runs) if runs else 0.0

    def gain(self, key: str) -> float:
        """Median over paired seeds of how much lower w1_excess is than the start's, in runs of the same length."""
        length = self.length(key)
        pairs = list(zip(self.runs(START, length), self.runs(key, length), strict=False))
        # Both infinite is no gain; one alone counts as far.
        gains = [0.0 if a.excess == b.excess else max(-1e3, min(1e3, a.excess - b.excess)) for a, b in pairs]
        return median(gains) if gains else 0.0

    def length(self, key: str) -> Length:
        """Of the longest runs that there are."""
        return "whole" if self.runs(key) else "short"

    def second(self, winner: str) -> str:
        """The cheapest of the others that learned in all their runs, else the best that costs no more than is dear."""
        always = [key for key in self.tried if key != winner and self.rate(key) == 1]
        dear = [key for key in self.tried if self.cost[key] > self.rules.dear * self.cost[winner]]
        return min(always, key=lambda key: self.cost[key], default="") or self.best_but([winner, *dear])

    def best_but(self, others: Sequence[str]) -> str:
        """The best that was tried and is none of these; empty where nothing is nearer than the start."""
        ranked = [key for key in self.ranked(self.tried) if key not in others]
        best = next(iter(ranked), "")
        return best if best and (self.rate(best) > self.rate(START) or self.gain(best) > 0) else ""

    def runs(self, key: str, length: Length = "whole") -> list[Outcome]:
        """A candidate's runs in the races, by their seeds."""
        return self.raced.get((key, length), [])

    def learned(self, key: str) -> int:
        """How many of its whole runs in the races learned."""
        return sum(run.learned for run in self.runs(key))

    def falling(self, key: str) -> bool:
        """Whether all of its whole runs that did not learn still fell at their end: it may only need more steps."""
        failed = [run for run in self.runs(key) if not run.learned]
        return bool(failed) and all(run.falling for run in failed)
