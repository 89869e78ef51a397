"""Settings of a job that change while it trains: its unfinished runs become what they are from then on.

A run is its configuration, so a changed rate makes another run of it: one whose configuration says from which step on
it has the rate. All unfinished runs of a job change at the same step, a moment ahead of the foremost, so that its seeds
stay comparable. The job's file is replaced in one move, and that is the change: whatever is killed before or after, a
run goes on from the last state that it shares with the one it was.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from gancore.config import (
    Change,
    ConfigError,
    RunConfig,
    alike_until,
    at_step,
    changeable,
    flatten,
    with_change,
    with_changes,
)
from gancore.jobs import pool
from gancore.jobs.checkpoints import checkpoint_step
from gancore.jobs.folders import JobFolders, write_small
from gancore.jobs.job import Job
from gancore.jobs.locks import RunLock
from gancore.jobs.request import Request, wish_of
from gancore.jobs.wanted import requests, wanted_among
from gancore.parts.errors import one_of
from gancore.store import Store
from gancore.store.files import replace_file
from gancore.studies.labels import change_in_words

AHEAD = 0.35
"""Seconds of training from the step that a run has reached to the one at which a setting of it changes: workers look
about every quarter of a second, and one that was faster trains the steps after the change once more."""
OLDEST = 2.0
"""Seconds that a worker's last word on its step is carried on at its pace."""


def changeable_now(job: Job) -> dict[str, list[float]]:
    """Setting → its last values, for each that all runs of a job have as a number of their own."""
    now = [at_step(config, config.steps - 1) for config in _variants(job.configs)]
    shared = [path for path in (changeable(now[0]) if now else ()) if all(path in changeable(one) for one in now)]
    flats = [flatten(one) for one in now]
    return {path: list(dict.fromkeys(flat[path] for flat in flats)) for path in shared}


def branched(config: RunConfig, step: int, path: str, value: Any) -> RunConfig:
    """The run that is this one up to a step, and from there on has another value of a setting.

    Raises ConfigError, which names the setting, the value and what is allowed.
    """
    if not 0 <= step < config.steps:
        raise ConfigError.refused("step", step, f"use a step before the run's last, 0 to {config.steps - 1}")
    branch = _with(config, _checked([config], path, value, step))
    if branch == config:
        raise ConfigError.refused(path, value, "use another value", f"is what the run has at step {step} already")
    return branch


def change(job: Job, path: str, value: Any) -> Change:
    """Give a setting of a job's unfinished runs another value, from the step on that the foremost is about to reach.

    What nothing was trained of yet has it from the start, and says so by step 0. A run that is stored, or trained to
    its end, stays as it is. Raises ConfigError, which names the setting, the value and what is allowed; then nothing
    has changed.
    """
    with _alone(job):
        request, left = job.refresh(), job.left()
        wanted = dict(zip(request.run_ids, request.resolved, strict=False))
        configs = {run_id: config for run_id, config in wanted.items() if run_id in left}
        reached = _reached(job, configs) if job.wish in ("run", "pause") else {}
        if not reached:
            raise ConfigError.of("job", f"{job.job_id} trains nothing any more; only unfinished runs can change")
        step = max(*reached.values(), request.changed)
        made = _checked([configs[run_id] for run_id in reached], path, value, step)
        new = {run_id: _with(configs[run_id], made) for run_id in reached if step < configs[run_id].steps}
        new = {run_id: config for run_id, config in new.items() if config.run_id != run_id}
        if not new:
            raise ConfigError.refused(path, value, "use another value", "is what all unfinished runs have already")
        folders = JobFolders(job.store.root)
        for run_id, config in new.items():
            take_along(folders, configs[run_id], config)
        _write(job, request, new, made)
        job.refresh()
    return made


@contextlib.contextmanager
def _alone(job: Job) -> Iterator[None]:
    """While no other process changes the job; raises ConfigError."""
    try:
        with FileLock(job.folder / "change.lock", timeout=5):
            yield
    except (Timeout, FileNotFoundError):
        raise ConfigError.of("job", f"{job.job_id} is being changed elsewhere, or is gone; try again") from None


def _checked(configs: Iterable[RunConfig], path: str, value: Any, step: int) -> Change:
    """The change, if every one of these runs may have it; raises ConfigError of the setting."""
    number = 0.0
    for config in _variants(configs):
        now = at_step(config, step)
        changed = with_changes(now, {path: value})
        if path not in changeable(now):
            allowed = one_of(changeable(now), path)
            reason = "it does not change while a run trains, as it is no number that each run has of its own"
            raise ConfigError.of(path, f"{reason}; {allowed}", value, allowed)
        number = float(flatten(changed)[path])
    return Change(step, path, number)


def _variants(configs: Iterable[RunConfig]) -> list[RunConfig]:
    """The runs of one seed, each of which stands for those of all."""
    alike = (config.model_copy(update={"seed": 0}) for config in configs)
    return list({config.run_id: config for config in alike}.values())


def _with(config: RunConfig, made: Change) -> RunConfig:
    try:
        return with_change(config, made)
    except ConfigError as error:  # a sentence about the list of changes, which nobody gave here
        raise ConfigError.of(made.path, error.reason, error.value, error.allowed) from None


def _reached(job: Job, configs: Mapping[str, RunConfig]) -> dict[str, int]:
    """Run id → the step that it is about to reach, of those that are not at their end by then; 0 before the first."""
    folders = JobFolders(job.store.root)
    reached = {run_id: checkpoint_step(folders, run_id) for run_id in configs}
    for status in pool.workers(job.store.root):
        pace = float(status.get("pace", 0.0)) / max(1, len(status["run_ids"]))
        step = int(status.get("step", 0))
        step += int(pace * (min(_since(folders.slot_status(status["slot"])), OLDEST) + AHEAD)) if step else 0
        reached |= {run_id: max(step, reached[run_id]) for run_id in status["run_ids"] if run_id in reached}
    return {run_id: step for run_id, step in reached.items() if step < configs[run_id].steps}


def _since(path: Path) -> float:
    """Seconds since a file was written."""
    with contextlib.suppress(OSError):
        return max(0.0, time.time() - path.stat().st_mtime)
    return 0.0


def take_along(folders: JobFolders, old: RunConfig, new: RunConfig) -> None:
    """Have a run begin where its predecessor was kept last, if both are the same until there and it is not further."""
    step = checkpoint_step(folders, old.run_id)
    if checkpoint_step(folders, new.run_id) < step <= alike_until(old, new):
        with contextlib.suppress(OSError):  # Then it is trained from its start.
            replace_file(folders.checkpoint(new.run_id), folders.checkpoint(old.run_id).read_bytes())


def _write(job: Job, request: Request, new: Mapping[str, RunConfig], made: Change) -> None:
    """Replace what the job asks for, in one move."""
    entries: dict[str, tuple[int, dict[str, Any]]] = {}
    for run_id, steps, plain in zip(request.run_ids, request.steps, request.configs, strict=True):
        config = new.get(run_id)
        entries |= {config.run_id: (steps, config.model_dump(mode="json"))} if config else {run_id: (steps, plain)}
    changed = request.model_copy(
        update={
            "label": f"{request.label}; {change_in_words(made)}"[:200],
            "run_ids": list(entries),
            "steps": [steps for steps, _ in entries.values()],
            "configs": [plain for _, plain in entries.values()],
            "changed": made.step,
            "instead": request.instead | {config.run_id: run_id for run_id, config in new.items()},
        }
    )
    write_small(job.folder / "job.json", changed.model_dump_json().encode())


def may_begin(store: Store, request: Request, run_id: str) -> bool:
    """Whether a run need not wait until a worker that trains the one in whose place it is hands it over."""
    before = request.instead.get(run_id)
    if before is None:
        return True
    path = JobFolders(store.root).run_lock(before)
    if not path.exists():
        return True
    lock = RunLock(path)
    if lock.take():
        lock.release()
        return True
    return bool(wanted_among(store, frozenset({before})))


def successors(store: Store, configs: Iterable[RunConfig], told: set[str]) -> list[tuple[RunConfig, RunConfig]]:
    """Pairs of a run and of what some job has made of it, but for those whose ids are in ``told``, which they join."""
    runs = {config.run_id: config for config in configs}
    found: dict[str, tuple[RunConfig, RunConfig]] = {}
    for request, folder in requests(store):
        if request.instead and wish_of(folder, request) in ("run", "pause"):
            for run_id, config in runs.items():
                last = request.became(run_id)
                if last in request.wanted - told:
                    found[last] = config, dict(zip(request.run_ids, request.resolved, strict=True))[last]
    told.update(found)
    return list(found.values())
