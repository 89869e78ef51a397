"""The search itself, without runs: it is told outcomes, and says which it wants next and what it has decided.

It is replayed from its beginning whenever it is asked, so that outcomes are all that has to be remembered: a search
that was cut off goes on where it was, and one that is simulated takes milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from statistics import median

from gancore.fixing.rules import Rules, surely_worse
from gancore.fixing.tally import Tally
from gancore.fixing.trials import START, Answer, Entrant, Event, Length, Outcome, Stage, Standing, Trial, What

Pairing = Callable[[str, str], Entrant | None]
Round = Generator[list[Trial], Mapping[Trial, Outcome], None]


def standing(
    entrants: Sequence[Entrant], pairing: Pairing, rules: Rules, outcome: Callable[[Trial], Outcome | None]
) -> Standing:
    """Replay a search as far as its outcomes reach.

    ``pairing`` makes the entrant of two single changes, or None where they do not go together; ``outcome`` gives what a
    trial came to, or None where it is not run yet.
    """
    search = _Search(entrants, pairing, rules)
    steps = search.run()
    try:
        wanted = next(steps)
        while True:
            found = {trial: outcome(trial) for trial in wanted}
            there = {trial: value for trial, value in found.items() if value is not None}
            search.tally.take(there)
            missing = tuple(trial for trial in wanted if trial not in there)
            if missing:
                return Standing(search.events, tuple(wanted), missing, None, search.tally.known)
            wanted = steps.send(there)
    except StopIteration as end:
        return Standing(search.events, answer=end.value, known=search.tally.known)


class _Search:
    """One replay."""

    def __init__(self, entrants: Sequence[Entrant], pairing: Pairing, rules: Rules) -> None:
        self.entrants, self.pairing, self.rules = entrants, pairing, rules
        self.tally = Tally(entrants, rules)
        self.confirmations = 0
        self.spared: list[str] = []
        """Set aside in this race, for what they cost alone."""
        self.events: list[Event] = []

    def run(self) -> Generator[list[Trial], Mapping[Trial, Outcome], Answer]:
        """Start, single changes, pairs, recipes; each stage only where none before it has a fix."""
        rules = self.rules
        self._note("began", "start", START)
        yield self._trials([START], rules.looks[min(1, len(rules.looks) - 1)])
        if 2 * self.tally.learned(START) > len(self.tally.runs(START)):
            yield self._fresh([START])
            if rules.learns(sum(self._confirmed(START)), rules.fresh):
                return Answer("learns", START)
        yield self._trials([START], len(rules.seeds)) + self._short([START])
        for stage in ("setting", "pair", "recipe"):
            every = self._pairs() if stage == "pair" else [one.key for one in self.entrants if one.kind == stage]
            costly = [key for key in every if self.tally.cost[key] > rules.costly]
            racing = [key for key in every if key not in costly] or costly
            while racing:  # again with those that another was preferred to, where that is no fix
                finalists: list[str] = []
                self.spared = []
                yield from self._race(stage, racing, finalists)
                answer = yield from self._confirm(stage, finalists)
                if answer is not None:
                    return answer
                racing = self.spared or [key for key in costly if key not in self.tally.tried]
        best = self.tally.best_but([])
        return Answer("nothing", best, self.tally.best_but([best]) if best else "")

    def _confirm(
        self, stage: Stage, finalists: list[str]
    ) -> Generator[list[Trial], Mapping[Trial, Outcome], Answer | None]:
        """Fresh seeds for one finalist after the other, beside the start and a runner-up; the fix, if one is."""
        rules = self.rules
        while finalists and self.confirmations < rules.confirmations:
            winner, *others = finalists
            runner_up = next(iter(others), "") or self.tally.second(winner)
            self._note("confirms", stage, winner)
            yield self._fresh([winner, *([runner_up] if runner_up else []), START])
            for key in filter(None, (winner, runner_up)):
                self.confirmations += 1
                if rules.is_fix(self._confirmed(key), self._confirmed(START)):
                    self._note_fresh("confirmed", stage, key)
                    return Answer("fix", key, runner_up if key == winner else winner)
                if key in finalists:
                    self._note_fresh("refuted", stage, key)
                    finalists.remove(key)
        return None

    def _race(self, stage: Stage, racing: list[str], finalists: list[str]) -> Round:
        """Short runs for all, then look after look for those that are left; the finalists, best first."""
        rules = self.rules
        self.tally.tried += [key for key in racing if key not in self.tally.tried]
        for key in racing:
            self._note("races", stage, key)
        alive = racing
        if rules.short < 1:
            yield self._short(racing)
            alive = [key for key in racing if self._stays_after_short(stage, key)]
        for number, runs in enumerate(rules.looks):
            alive = self._fewer(stage, self._worth_it(stage, alive), rules.most[min(number, len(rules.most) - 1)])
            if not alive:
                return
            yield self._trials(alive, runs)
            leader = self.tally.ranked(alive)[0]
            alive = [key for key in alive if self._stays(stage, key, leader, runs)]
        passed = [key for key in self.tally.ranked(alive) if self.tally.learned(key) >= rules.needed]
        for key in alive:
            if key in passed:
                self._note("passed", stage, key)
            else:
                self._out(stage, key, "too few")
        finalists += passed

    def _stays_after_short(self, stage: Stage, key: str) -> bool:
        runs = self.tally.runs(key, "short")
        if any(run.learned or run.falling for run in runs):
            return True
        self._note("dropped", stage, key, "none learned and none still fell", "short")
        return False

    def _stays(self, stage: Stage, key: str, leader: str, count: int) -> bool:
        """Whether a candidate is in the race after a look; one that only needs more steps is not called a failure."""
        runs, rules = self.tally.runs(key), self.rules
        if rules.ruled_out(self.tally.learned(key), count):
            self._out(stage, key, "target ruled out")
            return False
        ahead = self.tally.learned(leader) > self.tally.learned(key)
        if ahead and surely_worse([r.excess for r in runs], [r.excess for r in self.tally.runs(leader)], rules.share):
            self._out(stage, key, f"worse than {leader}")
            return False
        return True

    def _out(self, stage: Stage, key: str, reason: str) -> None:
        """A candidate leaves the race; what still falls is slower, and not called a failure."""
        self._note("slower" if self.tally.falling(key) else "dropped", stage, key, reason)

    def _worth_it(self, stage: Stage, alive: list[str]) -> list[str]:
        """Those that do not cost much more than one that learned in all its runs, which is as good a fix."""
        least = min((self.tally.cost[key] for key in alive if self.tally.rate(key) == 1), default=math.inf)
        kept = [key for key in alive if self.tally.cost[key] <= self.rules.dear * least]
        for key in alive:
            if key not in kept:
                self._note("aside", stage, key, "one that costs less learned in all its runs", self.tally.length(key))
                self.spared.append(key)
        return kept

    def _fewer(self, stage: Stage, alive: list[str], most: int) -> list[str]:
        ranked = self.tally.ranked(alive)
        for key in ranked[most:]:
            self._note("aside", stage, key, f"{most} others did better", self.tally.length(key))
        return [key for key in alive if key in ranked[:most]]

    def _pairs(self) -> list[str]:
        """Pairs of the single changes that did best, the best pairs first; changes that clash take no pair's place."""
        singles = {one.key for one in self.entrants if one.kind == "setting"}
        good = [key for key in self.tally.ranked(self.tally.tried) if key in singles and self.tally.gain(key) > 0]
        good = good[: self.rules.promising]
        couples = [(i + j, i, one, other) for i, one in enumerate(good) for j, other in enumerate(good) if i < j]
        found = []
        for _, _, one, other in sorted(couples):
            if (both := self.pairing(one, other)) is not None and len(found) < self.rules.pairs:
                self.tally.cost[both.key] = both.cost
                found.append(both.key)
        return list(dict.fromkeys(found))

    def _confirmed(self, key: str) -> list[bool]:
        return [self.tally.known[trial].learned for trial in self._fresh([key])]

    def _trials(self, keys: Iterable[str], count: int) -> list[Trial]:
        return [Trial(key, seed) for key in keys for seed in self.rules.seeds[:count]]

    def _short(self, keys: Iterable[str]) -> list[Trial]:
        if self.rules.short >= 1:
            return []
        return [Trial(key, seed, "short") for key in keys for seed in self.rules.seeds[: self.rules.looks[0]]]

    def _fresh(self, keys: Iterable[str]) -> list[Trial]:
        return [Trial(key, seed) for key in keys for seed in range(self.rules.fresh)]

    def _note(self, what: What, stage: Stage, key: str, reason: str = "", length: Length = "whole") -> None:
        runs = self.tally.runs(key, length)
        middle = median(run.excess for run in runs) if runs else math.nan
        learned = sum(run.learned for run in runs)
        self.events.append(Event(what, stage, key, len(runs), learned, middle, length, reason))

    def _note_fresh(self, what: What, stage: Stage, key: str) -> None:
        runs = [self.tally.known[trial] for trial in self._fresh([key])]
        learned, middle = sum(run.learned for run in runs), median(run.excess for run in runs)
        self.events.append(Event(what, stage, key, len(runs), learned, middle))
