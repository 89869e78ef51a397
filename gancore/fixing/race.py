"""The search itself, without runs: it is told outcomes, and says which it wants next and what it has decided.

It is replayed from its beginning whenever it is asked, so that outcomes are all that has to be remembered: a search
that was cut off goes on where it was, and one that is simulated takes milliseconds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from statistics import median
from typing import Literal, NamedTuple

from gancore.fixing.rules import Rules, surely_worse

START = ""
"""The key of the configuration that fails."""

Length = Literal["short", "whole"]
Stage = Literal["start", "setting", "pair", "recipe"]
What = Literal["began", "races", "dropped", "slower", "aside", "passed", "confirms", "confirmed", "refuted"]
Verdict = Literal["fix", "nothing", "learns"]


class Trial(NamedTuple):
    """One run that a search wants."""

    key: str
    """The candidate's; START for the start."""
    seed: int
    length: Length = "whole"


class Outcome(NamedTuple):
    """What one run came to."""

    learned: bool
    excess: float
    """w1_excess at its end; infinite where it diverged, failed or has none."""
    falling: bool = False
    """Whether its distance still fell when it ended."""


class Entrant(NamedTuple):
    """What a search knows of a candidate."""

    key: str
    kind: Literal["setting", "pair", "recipe"]
    cost: float = 1.0
    """Arithmetic of a run, relative to the start's."""


class Event(NamedTuple):
    """One thing that happened, in order."""

    what: What
    stage: Stage
    key: str
    runs: int = 0
    """Runs that it is decided from."""
    learned: int = 0
    excess: float = math.nan
    """Median w1_excess of those runs."""
    length: Length = "whole"
    reason: str = ""


class Answer(NamedTuple):
    """How a search ended."""

    verdict: Verdict
    winner: str = ""
    """The fix; where nothing helps the best that there is; START where that is the start."""
    runner_up: str = ""


@dataclass
class Standing:
    """Where a search stands."""

    events: list[Event]
    wanted: tuple[Trial, ...] = ()
    """Runs of the round that it waits for, those that are there too."""
    missing: tuple[Trial, ...] = ()
    answer: Answer | None = None
    known: dict[Trial, Outcome] = field(default_factory=dict)
    """Every outcome that it asked for."""


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
            search.take(there)
            missing = tuple(trial for trial in wanted if trial not in there)
            if missing:
                return Standing(search.events, tuple(wanted), missing, None, search.known)
            wanted = steps.send(there)
    except StopIteration as end:
        return Standing(search.events, answer=end.value, known=search.known)


class _Search:
    """One replay."""

    def __init__(self, entrants: Sequence[Entrant], pairing: Pairing, rules: Rules) -> None:
        self.entrants, self.pairing, self.rules = entrants, pairing, rules
        self.cost = {START: 1.0} | {one.key: one.cost for one in entrants}
        self.known: dict[Trial, Outcome] = {}
        self.raced: dict[tuple[str, Length], list[Outcome]] = {}
        """By the seeds of races, in their order."""
        self.confirmations = 0
        self.spared: list[str] = []
        """Set aside in this race, for what they cost alone."""
        self.events: list[Event] = []
        self.tried: list[str] = []

    def take(self, outcomes: Mapping[Trial, Outcome]) -> None:
        """Take what a round came to; each has the seeds that come next."""
        for trial, outcome in outcomes.items():
            if trial not in self.known and trial.seed >= self.rules.first_seed:
                self.raced.setdefault((trial.key, trial.length), []).append(outcome)
        self.known |= outcomes

    def run(self) -> Generator[list[Trial], Mapping[Trial, Outcome], Answer]:
        """Start, single changes, pairs, recipes; each stage only where none before it has a fix."""
        rules = self.rules
        self._note("began", "start", START)
        yield self._trials([START], rules.looks[min(1, len(rules.looks) - 1)])
        if 2 * self._learned(START) > len(self._runs(START)):
            yield self._fresh([START])
            if rules.learns(sum(self._confirmed(START)), rules.fresh):
                return Answer("learns", START)
        yield self._trials([START], len(rules.seeds)) + self._short([START])
        for stage in ("setting", "pair", "recipe"):
            every = self._pairs() if stage == "pair" else [one.key for one in self.entrants if one.kind == stage]
            costly = [key for key in every if self.cost[key] > rules.costly]
            racing = [key for key in every if key not in costly] or costly
            while racing:  # again with those that another was preferred to, where that is no fix
                finalists: list[str] = []
                self.spared = []
                yield from self._race(stage, racing, finalists)
                answer = yield from self._confirm(stage, finalists)
                if answer is not None:
                    return answer
                racing = self.spared or [key for key in costly if key not in self.tried]
        best = self._best_but([])
        return Answer("nothing", best, self._best_but([best]) if best else "")

    def _confirm(
        self, stage: Stage, finalists: list[str]
    ) -> Generator[list[Trial], Mapping[Trial, Outcome], Answer | None]:
        """Fresh seeds for one finalist after the other, beside the start and a runner-up; the fix, if one is."""
        rules = self.rules
        while finalists and self.confirmations < rules.confirmations:
            winner, *others = finalists
            runner_up = next(iter(others), "") or self._second(winner)
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
        self.tried += [key for key in racing if key not in self.tried]
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
            leader = self._ranked(alive)[0]
            alive = [key for key in alive if self._stays(stage, key, leader, runs)]
        passed = [key for key in self._ranked(alive) if self._learned(key) >= rules.needed]
        for key in alive:
            self._note("passed" if key in passed else "dropped", stage, key, "" if key in passed else "too few")
        finalists += passed

    def _stays_after_short(self, stage: Stage, key: str) -> bool:
        runs = self._runs(key, "short")
        if any(run.learned or run.falling for run in runs):
            return True
        self._note("dropped", stage, key, "none learned and none still fell", "short")
        return False

    def _stays(self, stage: Stage, key: str, leader: str, count: int) -> bool:
        """Whether a candidate is in the race after a look; one that only needs more steps is not called a failure."""
        runs, rules = self._runs(key), self.rules
        if rules.ruled_out(self._learned(key), count):
            falling = all(run.falling for run in runs if not run.learned)
            reason = "still falls" if falling else "target ruled out"
            self._note("slower" if falling else "dropped", stage, key, reason)
            return False
        ahead = self._learned(leader) > self._learned(key)
        if ahead and surely_worse([r.excess for r in runs], [r.excess for r in self._runs(leader)], rules.share):
            self._note("dropped", stage, key, f"worse than {leader}")
            return False
        return True

    def _worth_it(self, stage: Stage, alive: list[str]) -> list[str]:
        """Those that do not cost much more than one that learned in all its runs, which is as good a fix."""
        least = min((self.cost[key] for key in alive if self._rate(key) == 1), default=math.inf)
        kept = [key for key in alive if self.cost[key] <= self.rules.dear * least]
        for key in alive:
            if key not in kept:
                self._note("aside", stage, key, "one that costs less learned in all its runs", self._length(key))
                self.spared.append(key)
        return kept

    def _fewer(self, stage: Stage, alive: list[str], most: int) -> list[str]:
        ranked = self._ranked(alive)
        for key in ranked[most:]:
            self._note("aside", stage, key, f"{most} others did better", self._length(key))
        return [key for key in alive if key in ranked[:most]]

    def _pairs(self) -> list[str]:
        """Pairs of the single changes that did best, the best pairs first."""
        singles = {one.key for one in self.entrants if one.kind == "setting"}
        good = [key for key in self._ranked(self.tried) if key in singles and self._gain(key) > 0]
        good = good[: self.rules.promising]
        couples = [(i + j, i, one, other) for i, one in enumerate(good) for j, other in enumerate(good) if i < j]
        found = []
        for _, _, one, other in sorted(couples):
            if (both := self.pairing(one, other)) is not None and len(found) < self.rules.pairs:
                self.cost[both.key] = both.cost
                found.append(both.key)
        return list(dict.fromkeys(found))

    def _ranked(self, keys: Iterable[str]) -> list[str]:
        """The best first: the share that learned, then how much nearer than the start, then what it costs."""
        return sorted(keys, key=lambda key: (-self._rate(key), -self._gain(key), self.cost[key]))

    def _rate(self, key: str) -> float:
        runs = self._runs(key, self._length(key))
        return sum(run.learned for run in runs) / len(runs) if runs else 0.0

    def _gain(self, key: str) -> float:
        """Median over paired seeds of how much lower w1_excess is than the start's, in runs of the same length."""
        length = self._length(key)
        pairs = list(zip(self._runs(START, length), self._runs(key, length), strict=False))
        # Both infinite is no gain; one alone counts as far.
        gains = [0.0 if a.excess == b.excess else max(-1e3, min(1e3, a.excess - b.excess)) for a, b in pairs]
        return median(gains) if gains else 0.0

    def _length(self, key: str) -> Length:
        """Of the longest runs that there are."""
        return "whole" if self._runs(key) else "short"

    def _second(self, winner: str) -> str:
        """The cheapest of the others that learned in all their runs, else the best that costs no more than is dear."""
        always = [key for key in self.tried if key != winner and self._rate(key) == 1]
        dear = [key for key in self.tried if self.cost[key] > self.rules.dear * self.cost[winner]]
        return min(always, key=lambda key: self.cost[key], default="") or self._best_but([winner, *dear])

    def _best_but(self, others: Sequence[str]) -> str:
        """The best that was tried and is none of these; empty where nothing is nearer than the start."""
        ranked = [key for key in self._ranked(self.tried) if key not in others]
        best = next(iter(ranked), "")
        return best if best and (self._rate(best) > self._rate(START) or self._gain(best) > 0) else ""

    def _runs(self, key: str, length: Length = "whole") -> list[Outcome]:
        return self.raced.get((key, length), [])

    def _learned(self, key: str) -> int:
        return sum(run.learned for run in self._runs(key))

    def _confirmed(self, key: str) -> list[bool]:
        return [self.known[trial].learned for trial in self._fresh([key])]

    def _trials(self, keys: Iterable[str], count: int) -> list[Trial]:
        return [Trial(key, seed) for key in keys for seed in self.rules.seeds[:count]]

    def _short(self, keys: Iterable[str]) -> list[Trial]:
        if self.rules.short >= 1:
            return []
        return [Trial(key, seed, "short") for key in keys for seed in self.rules.seeds[: self.rules.looks[0]]]

    def _fresh(self, keys: Iterable[str]) -> list[Trial]:
        return [Trial(key, seed) for key in keys for seed in range(self.rules.fresh)]

    def _note(self, what: What, stage: Stage, key: str, reason: str = "", length: Length = "whole") -> None:
        runs = self._runs(key, length)
        middle = median(run.excess for run in runs) if runs else math.nan
        learned = sum(run.learned for run in runs)
        self.events.append(Event(what, stage, key, len(runs), learned, middle, length, reason))

    def _note_fresh(self, what: What, stage: Stage, key: str) -> None:
        runs = [self.known[trial] for trial in self._fresh([key])]
        learned, middle = sum(run.learned for run in runs), median(run.excess for run in runs)
        self.events.append(Event(what, stage, key, len(runs), learned, middle))
