"""A search over the runs of a store: which it has, which it wants next, and what it has decided so far."""

from __future__ import annotations

import math
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

import numpy as np

from gancore.config import RunConfig
from gancore.diagnosis.kinds.slow import falls
from gancore.fixing.candidates import Candidate, config_of, pair
from gancore.fixing.question import Question, noted
from gancore.fixing.race import standing
from gancore.fixing.trials import START, Entrant, Outcome, Standing, Trial
from gancore.jobs.estimate import work
from gancore.store import Store, StoredRun

FALLEN = 0.9
"""A curve still falls where its last quarter is lower than this share of the quarter before it."""
ERRORS = 2.0
"""And lower by so many standard errors of the difference of the two."""
CURVE = "swd"
"""The distance that every distribution has, at every snapshot."""


class Search:
    """One question in one store. What it says follows from the stored runs and the question alone."""

    def __init__(self, store: Store, question: Question) -> None:
        self.store, self.question = store, question
        self.start, self.rules = question.config, question.plan
        self._candidates = {one.key: one for one in question.candidates}
        self._configs: dict[tuple[str, str], RunConfig] = {}

    def candidate(self, key: str) -> Candidate | None:
        """The change with this key; None for the start."""
        return None if key == START else self._candidates[key]

    def config(self, key: str, length: str = "whole", seed: int = 0) -> RunConfig:
        """The configuration of a change (START for none), whole or for the short race."""
        if (key, length) not in self._configs:
            share = self.rules.short if length == "short" else 1.0
            made = config_of(self.start, self.candidate(key), self.question.equal, share)
            self._configs[key, length] = made
        return self._configs[key, length].model_copy(update={"seed": seed})

    def cost(self, key: str) -> float:
        """Arithmetic of a whole run, relative to the start's."""
        return work(self.config(key)) / work(self.start)

    @cached_property
    def entrants(self) -> list[Entrant]:
        """The single changes and recipes."""
        return [Entrant(one.key, one.kind, self.cost(one.key)) for one in self.question.candidates]

    def standing(self) -> Standing:
        """Where it stands."""
        return standing(self.entrants, self.pairing, self.rules, self.outcome)

    def pairing(self, one: str, other: str) -> Entrant | None:
        """The entrant of two single changes together; None where they do not go together."""
        both = pair(self.start, self._candidates[one], self._candidates[other])
        if both is None or (both.key in self._candidates and self._candidates[both.key] != both):
            return None
        self._candidates[both.key] = both
        return Entrant(both.key, "pair", self.cost(both.key))

    def outcome(self, trial: Trial) -> Outcome | None:
        """What a trial came to; None where its run is neither stored nor given up."""
        run_id = self.config(trial.key, trial.length, trial.seed).run_id
        place = self.store.root, run_id
        if place not in _outcomes:
            run = self.store.get(run_id)
            if run is None:
                return Outcome(False, math.inf) if run_id in self.question.failures else None
            if len(_outcomes) >= REMEMBERED:
                _outcomes.clear()
            _outcomes[place] = outcome_of(run)
        return _outcomes[place]

    def configs(self, trials: Iterable[Trial]) -> list[RunConfig]:
        """The runs of trials, alike ones beside each other, so that they train together."""
        return [self.config(trial.key, trial.length, trial.seed) for trial in trials]

    def give_up(self, failures: dict[str, str]) -> None:
        """Note that runs could not be trained: they count as not learned from now on."""
        if failures:
            kept = {run_id: reason[:500] for run_id, reason in failures.items()}
            self.question = noted(self.store, self.question, failures=kept)

    def forget_failures(self) -> None:
        """What could not be trained is tried again."""
        if self.question.failures:
            self.question = noted(self.store, self.question, failures={})

    def runs(self, key: str) -> list[StoredRun]:
        """The stored runs of a change on the fresh seeds; those of the races where there is none."""
        for seeds in (range(self.rules.fresh), self.rules.seeds):
            found = [self.store.get(self.config(key, "whole", seed).run_id) for seed in seeds]
            if any(found):
                return [run for run in found if run is not None]
        return []

    def run_steps(self, trials: Iterable[Trial]) -> int:
        """Steps of all these runs together."""
        return sum(config.steps for config in self.configs(trials))

    def full_comparison(self) -> int:
        """Steps of 10 whole runs of the start and of every change that was raced or could be: what is saved from."""
        return sum(10 * self.config(key).steps for key in (START, *self._candidates))


def outcome_of(run: StoredRun) -> Outcome:
    """What a stored run came to."""
    excess = run.metrics.get("w1_excess")
    finished = run.status == "finished"
    distance = excess if finished and excess is not None and math.isfinite(excess) else math.inf
    curve = run.scores[CURVE].to_numpy(np.float64) if CURVE in run.scores else np.empty(0)
    return Outcome(finished and run.metrics.get("learned") == 1, distance, finished and still_falls(curve))


def still_falls(values: np.ndarray) -> bool:
    """Whether the last quarter of a curve [T] is lower than the quarter before it, by more than a tenth and by more
    than twice the standard error of their difference."""
    return falls(values, FALLEN, ERRORS)


_outcomes: dict[tuple[Path, str], Outcome] = {}
"""What this process has read of runs: a stored run does not change."""
REMEMBERED = 20_000
