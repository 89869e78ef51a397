"""Going through a search: round after round of runs, until it has its answer or its budget is used."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from gancore import jobs
from gancore.config import ConfigError
from gancore.fixing.search import Search
from gancore.fixing.trials import Standing, Trial
from gancore.jobs import Job, pool
from gancore.words import about, count, duration, typed

MOST_MINUTES = 10_000
"""A week."""
MOST_RUN_STEPS = 10**12


@dataclass(frozen=True)
class Budget:
    """How far one call goes; the search itself does not depend on it, so that a larger one goes on from there."""

    seconds: float | None = None
    run_steps: int | None = None

    def __post_init__(self) -> None:
        if self.seconds is not None and not 0 < self.seconds <= 60 * MOST_MINUTES:
            value = typed(self.seconds / 60)
            raise ConfigError.refused("budget", value, f"use more than 0 and at most {MOST_MINUTES:,} minutes")
        if self.run_steps is not None and not 0 < self.run_steps <= MOST_RUN_STEPS:
            raise ConfigError.refused("run_steps", self.run_steps, f"use 1 to {MOST_RUN_STEPS:,}")

    def deadline(self, began: float) -> float | None:
        """When the time is over, as ``began`` is given."""
        return None if self.seconds is None else began + self.seconds


def why_not(search: Search, stand: Standing, budget: Budget, began: float, spent: int) -> str:
    """Why the next round must not start within a budget, in a sentence; empty where it may.

    ``began``: seconds since the epoch; ``spent``: steps in all that this call has asked for.
    """
    steps = search.run_steps(stand.missing)
    runs = count(len(stand.missing), "run")
    if budget.run_steps is not None and spent + steps > budget.run_steps:
        left = budget.run_steps - spent
        return f"the next round takes {runs} of {steps:,} steps in all, and {left:,} are left"
    if budget.seconds is not None:
        seconds = jobs.estimate(search.store, search.configs(stand.missing)) or 0.0
        left = began + budget.seconds - time.time()
        if seconds > left:
            rest = duration(left) if left >= 1 else "0 s"
            return f"the next round takes {runs}, {about(seconds)}, and {rest} are left"
    return ""


def least(search: Search) -> list[Trial]:
    """What one race takes at least: the start's runs, and the short runs of every single change."""
    rules = search.rules
    singles = [one.key for one in search.question.candidates if one.kind == "setting"]
    racing = singles or [one.key for one in search.question.candidates]
    start = [Trial("", seed) for seed in rules.seeds]
    length = "short" if rules.short < 1 else "whole"
    return [*start, *(Trial(key, seed, length) for key in racing for seed in rules.seeds[: rules.looks[0]])]


def check_budget(search: Search, budget: Budget, workers: int | None = None) -> None:
    """Raise ConfigError, which says what it takes, where a budget is too small for one race."""
    wanted = [trial for trial in least(search) if search.outcome(trial) is None]
    steps = search.run_steps(wanted)
    if budget.run_steps is not None and steps > budget.run_steps:
        raise ConfigError.refused("run_steps", budget.run_steps, f"one race takes {steps:,}", "is too few")
    if budget.seconds is not None:
        seconds = jobs.estimate(search.store, search.configs(wanted), workers) or 0.0
        if seconds > budget.seconds:
            minutes = typed(budget.seconds / 60)
            raise ConfigError.refused("budget", minutes, f"one race takes {about(seconds)} here", "is too short")


def submit(
    search: Search,
    stand: Standing,
    workers: int | None = None,
    idle: float | None = None,
    deadline: float | None = None,
) -> Job:
    """The job that trains what a search waits for, one that is at it already where there is; raises ConfigError,
    StoreError."""
    configs = search.configs(stand.missing)
    ids = {config.run_id for config in configs}
    for job in jobs_of(search):
        if ids.issubset(job.run_ids) and job.progress(watching=False).active:
            return job
    return jobs.submit(search.store, configs, f"{title_of(search)}: {stage_words(stand)}", workers, idle, deadline)


def title_of(search: Search) -> str:
    """What the labels of a search's jobs begin with."""
    return f"What fixes it ({search.question.question_id})"


def jobs_of(search: Search) -> list[Job]:
    """The jobs of a search that are kept, the newest first."""
    return [job for job in jobs.list_jobs(search.store) if job.label.startswith(f"{title_of(search)}: ")]


def stage_words(stand: Standing) -> str:
    """What a search is doing, in words."""
    if not stand.events:
        return "the start"
    last = stand.events[-1]
    if last.what == "confirms":
        return "fresh seeds"
    stages = {"start": "the start", "setting": "single changes", "pair": "pairs", "recipe": "recipes"}
    return stages[last.stage]


def go(
    search: Search,
    budget: Budget,
    train: Callable[[Job], str],
    tell: Callable[[Standing], None],
    workers: int | None = None,
    idle: float | None = None,
    first: bool = True,
) -> tuple[Standing, str]:
    """Round after round until there is an answer; where it stands then, and why it stopped without one.

    ``train`` waits for a job and says why it ended early, or nothing; ``tell`` is called after each round. ``first``:
    that this is asked for now, so that what could not be trained is tried again, and a budget that is too small for one
    race is refused with ConfigError; so is a start that cannot be trained here.
    """
    if first:
        search.forget_failures()
        check_budget(search, budget, workers)
    began, spent = time.time(), 0
    asked: frozenset[str] = frozenset()
    while True:
        stand = search.standing()
        tell(stand)
        if stand.answer is not None:
            return stand, ""
        if reason := why_not(search, stand, budget, began, spent):
            return stand, reason
        configs = search.configs(stand.missing)
        ids = frozenset(config.run_id for config in configs)
        if ids == asked:
            return stand, "runs that were trained are not in the store"
        asked = ids
        if jobs.refusal(search.store, configs):
            _give_up_refused(search, stand)
            continue
        spent += sum(config.steps for config in configs)
        job = submit(search, stand, workers, idle, budget.deadline(began))
        reason = train(job)
        failures = job.failures()
        job.dismiss()
        lost = {search.config(trial.key, trial.length, trial.seed).run_id for trial in stand.missing if not trial.key}
        # That no worker starts, or that the start itself cannot be trained, says nothing about a change.
        if failures and (pool.given_up(search.store.root) or lost.intersection(failures)):
            return (
                search.standing(),
                reason or f"runs could not be trained ({'; '.join(dict.fromkeys(failures.values()))})",
            )
        search.give_up(failures)
        if reason:
            return search.standing(), reason


def _give_up_refused(search: Search, stand: Standing) -> None:
    """Count changes that this machine cannot train as not learned; raises ConfigError where it is the start."""
    refused: dict[str, str] = {}
    for key in dict.fromkeys(trial.key for trial in stand.missing):
        configs = search.configs(trial for trial in stand.missing if trial.key == key)
        if reason := jobs.refusal(search.store, configs):
            if not key:
                raise ConfigError(reason)
            refused |= dict.fromkeys((config.run_id for config in configs), reason)
    if not refused:
        raise ConfigError(jobs.refusal(search.store, search.configs(stand.missing)))
    search.give_up(refused)
