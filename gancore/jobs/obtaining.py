"""Having runs: what is stored is read, what is missing is trained first."""

from __future__ import annotations

import operator
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import SupportsIndex

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.queue import submit
from gancore.jobs.request import MAX_RUNS
from gancore.jobs.waiting import wait_or_cancel
from gancore.store import Store, StoredRun

IDLE = 1.0
"""Seconds that workers started by a script or a command outlive their work."""


class TrainingFailed(RuntimeError):
    """A run that was asked for could not be trained; what finished beside it is stored."""

    def __init__(self, config: RunConfig, reason: str, failures: dict[str, str]) -> None:
        self.run_id, self.seed, self.reason = config.run_id, config.seed, reason
        self.failures = failures
        """Run id → why it is not stored, of all runs that are not."""
        others = len(failures) - 1
        more = f" (and {others} more {'run' if others == 1 else 'runs'})" if others > 0 else ""
        super().__init__(f"run {config.run_id[:12]}, seed {config.seed}: {reason}{more}")


def train(
    config: RunConfig | Iterable[RunConfig],
    seeds: int | Iterable[int] | None = 4,
    store: Store | Path | str | None = None,
    label: str = "",
    progress: bool = True,
    workers: int | None = None,
) -> list[StoredRun]:
    """Have the runs of a configuration, or of several, and wait for them; only what is not stored is trained.

    ``seeds``: N for the seeds 0 to N-1, or the seeds themselves; None takes each configuration with the seed that it
    has. ``store``: one that is open, or its folder (default: the user's). ``progress`` shows a line on standard error
    while something trains. ``workers``: training processes (default: as many as this machine bears).

    Gives the runs in the order of the seeds, configuration by configuration; a run that diverged is a result. Raises
    TrainingFailed, which names the run, its seed and the reason, where one could not be trained; ConfigError and
    StoreError as ``submit``. An interrupt (Ctrl-C) cancels what is left; finished runs stay stored, so the same call
    goes on from there.
    """
    if not isinstance(config, Iterable) or isinstance(config, Mapping | str):
        raise ConfigError.refused("config", config, "it must be a RunConfig or a list of them")
    configs = seeded([config] if isinstance(config, RunConfig) else list(config), seeds)
    opened = store if isinstance(store, Store) else Store.open(store)
    failures = obtain(opened, configs, label or f"{len(configs)} runs", workers, progress)
    runs: list[StoredRun] = []
    for wanted in configs:
        run = opened.get(wanted.run_id)
        if run is None:
            raise TrainingFailed(wanted, failures.get(wanted.run_id, "it was removed meanwhile"), failures)
        runs.append(run)
    return runs


def seeded(configs: Sequence[RunConfig], seeds: int | Iterable[int] | None) -> list[RunConfig]:
    """Each configuration with each seed, configuration by configuration; raises ConfigError.

    ``seeds``: N for 0 to N-1, the seeds themselves, or None for the one that each configuration has.
    """
    if wrong := [config for config in configs if not isinstance(config, RunConfig)]:
        raise ConfigError.refused("config", wrong[0], "it must be a RunConfig or a list of them")
    if seeds is None:
        return list(configs)
    allowed = f"it must be 1 to {MAX_RUNS}, or a list of seeds"
    chosen: Sequence[int]
    if isinstance(seeds, Iterable):
        chosen = [operator.index(seed) if isinstance(seed, SupportsIndex) else seed for seed in seeds]
    elif isinstance(seeds, SupportsIndex) and not isinstance(seeds, bool):  # NumPy's numbers too
        chosen = range(operator.index(seeds))
    else:
        raise ConfigError.refused("seeds", seeds, allowed)
    if not 1 <= len(chosen) <= MAX_RUNS:
        raise ConfigError.refused("seeds", seeds, allowed)
    return [with_changes(config, {"seed": seed}) for config in configs for seed in chosen]


def obtain(
    store: Store, configs: Sequence[RunConfig], label: str, workers: int | None = None, progress: bool = True
) -> dict[str, str]:
    """Train what is missing and wait for it; run id → why it is not stored, empty where all are.

    Whatever interrupts the wait cancels the job. Raises ConfigError and StoreError as ``submit``.
    """
    missing = {config.run_id for config in configs if config.run_id not in store}
    if configs and not missing:
        return {}
    if reason := pool.unavailable():
        return dict.fromkeys(missing, reason)
    job = submit(store, configs, label, workers, idle=IDLE)
    ended = wait_or_cancel(job, progress)
    failures = job.failures()
    missing = {run_id for run_id in missing if run_id not in store}
    otherwise = "it was removed while others trained" if ended.state == "finished" else ended.message
    became = {run_id: new for run_id in missing if (new := job.request.became(run_id))}
    job.dismiss()
    changed = {
        run_id: f"its settings were changed meanwhile; it is run {new[:12]} now" for run_id, new in became.items()
    }
    return {run_id: changed.get(run_id) or failures.get(run_id, otherwise) for run_id in missing}
