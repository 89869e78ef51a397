"""Jobs: lists of runs to have. What is stored is never trained again, and jobs share what they both want."""

from __future__ import annotations

import contextlib
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Literal

from gancore.config import ConfigError, RunConfig
from gancore.jobs import pool
from gancore.jobs.checkpoints import checkpoint_step
from gancore.jobs.folders import JOB_ID, JobFolders, read_json, write_json, write_small
from gancore.jobs.request import MAX_RUNS, Request, read_request
from gancore.store import Store

State = Literal["waiting", "starting", "running", "paused", "cancelled", "finished", "failed"]
ACTIVE = ("waiting", "starting", "running", "paused")

KEPT = 50
"""Ended jobs that are kept for listing."""


@dataclass(frozen=True)
class Progress:
    """Where a job stands."""

    state: State
    total: int
    """Runs wanted."""
    done: int
    """Runs stored, diverged ones included."""
    diverged: int
    failed: int
    steps_done: int
    steps_total: int
    steps_per_second: float
    """Run-steps per second over all runs in training."""
    seconds_left: float | None
    """None while it is not known."""
    message: str
    """What is going on, in words."""

    @property
    def active(self) -> bool:
        """Whether something may still happen by itself or by resuming."""
        return self.state in ACTIVE


class Job:
    """A job in a store's queue. Everything is read from the store's folder, so any process may ask."""

    def __init__(self, store: Store, job_id: str, request: Request):
        # Whoever asks counts the layers that the one who submitted it counted.
        self.store, self.job_id, self.request = store.within(request.scope), job_id, request
        self._folders = JobFolders(store.root)
        self._folder = self._folders.job(job_id)
        self._stored: dict[str, str] = {}

    @property
    def label(self) -> str:
        """What the job is for."""
        return self.request.label

    @property
    def created(self) -> str:
        """When it was asked for, ISO UTC."""
        return self.request.created

    @property
    def run_ids(self) -> list[str]:
        """Ids of the wanted runs, in order."""
        return self.request.run_ids

    @property
    def configs(self) -> list[RunConfig]:
        """The wanted runs; empty where another version of gancore asked for them and reads them differently."""
        return self.request.resolved

    @property
    def wish(self) -> str:
        """run, pause, cancel or done: what was last asked of the job, or that its time is over or its work done."""
        control = read_json(self._folder / "control.json")
        wish = str(control["wish"]) if isinstance(control, dict) and "wish" in control else "run"
        return "cancel" if wish in ("run", "pause") and self.overdue else wish

    @property
    def overdue(self) -> bool:
        """Whether the time that it was given is over."""
        return self.request.deadline is not None and time.time() >= self.request.deadline

    def _ask(self, wish: str) -> None:
        if self._folder.is_dir():
            write_json(self._folder / "control.json", {"wish": wish})

    def settle(self) -> None:
        """Note that nothing is left to do, so that nobody needs to look again."""
        self._ask("done")

    def pause(self) -> None:
        """Put training aside within a second; it goes on from where it was, in any process."""
        self._ask("pause")

    def resume(self) -> None:
        """Go on after a pause."""
        self._ask("run")
        self.ensure_workers()

    def ensure_workers(self) -> None:
        """Start the workers this job asked for, as far as they do not live already."""
        pool.ensure_workers(self.store.root, self.request.workers, self.request.idle)

    def cancel(self) -> None:
        """Stop within a second; finished runs stay. A worker too busy to notice (compiling) is ended."""
        self._ask("cancel")
        deadline = time.monotonic() + 0.7
        while time.monotonic() < deadline:
            if not self._busy_in_vain():
                return
            time.sleep(0.05)
        for status in self._busy_in_vain():
            pool.end_worker(status)

    def _busy_in_vain(self) -> list[dict[str, Any]]:
        """Workers that train only runs nobody wants any more."""
        wanted = wanted_runs(self.store)
        statuses = [status for status in pool.workers(self.store.root) if status.get("run_ids")]
        return [status for status in statuses if not wanted.intersection(status["run_ids"])]

    def dismiss(self) -> None:
        """Take an ended job off the list; its runs stay in the store."""
        if self.progress().active:
            return
        # Out of the queue in one move, so that nobody meets half a job.
        aside = self._folder.with_name(f"{self.job_id}.dismissed")
        with contextlib.suppress(OSError):
            self._folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)

    def failures(self) -> dict[str, str]:
        """Run id → why it failed, of those that are not stored."""
        found = {run_id: read_json(self._folders.failure(run_id)) for run_id in self.run_ids}
        reasons = {run_id: str(content.get("message", "")) for run_id, content in found.items() if content}
        return {run_id: reason for run_id, reason in reasons.items() if run_id not in self.store}

    def _statuses(self) -> dict[str, str]:
        """Status of those wanted runs that are stored; asked of the store once a run."""
        for run_id in self.run_ids:
            if run_id not in self._stored and (run := self.store.get(run_id)) is not None:
                self._stored[run_id] = run.status
        return self._stored

    def progress(self) -> Progress:
        """Where the job stands now; starts workers if some are needed and none lives."""
        stored, failures = self._statuses(), self.failures()
        run_ids = self.run_ids
        failed = [run_id for run_id in run_ids if run_id in failures and run_id not in stored]
        workers = pool.workers(self.store.root)
        training = {run_id: status for status in workers for run_id in status.get("run_ids", ()) if run_id in run_ids}
        steps = dict(zip(run_ids, self.request.steps, strict=True))
        steps_done = sum(steps[run_id] for run_id in stored)
        left = [run_id for run_id in run_ids if run_id not in stored and run_id not in failures]
        for run_id in left:
            status = training.get(run_id)
            steps_done += int(status.get("step", 0)) if status else checkpoint_step(self._folders, run_id)
        wish = self.wish
        if not left or wish == "done":
            state: State = "failed" if failed else "finished"
            if wish == "run":
                self.settle()
        elif wish == "cancel":
            state = "cancelled"
        elif not self.configs:
            state = "failed"
            failures = dict.fromkeys(left, "another version of gancore asked for this; start it again")
            failed = left
        elif wish == "pause":
            state = "paused"
        elif training:
            compiling = all(not status.get("step") for status in training.values())
            state = "starting" if compiling else "running"
        else:
            self.ensure_workers()
            state = "starting" if any(status.get("state") == "loading" for status in workers) else "waiting"
        pace = sum(float(status.get("pace", 0)) for status in {id(s): s for s in training.values()}.values())
        total = sum(steps.values())
        remaining = sum(steps[run_id] for run_id in (*stored, *left)) - steps_done
        return Progress(
            state=state,
            total=len(run_ids),
            done=len(stored),
            diverged=sum(status == "diverged" for status in stored.values()),
            failed=len(failed),
            steps_done=min(steps_done, total),
            steps_total=total,
            steps_per_second=pace if state == "running" else 0.0,
            seconds_left=max(0.0, remaining / pace) if pace > 0 and state == "running" else None,
            message=_message(state, failures[failed[0]] if failed else "", len(stored), len(run_ids)),
        )


def _message(state: State, failure: str, done: int, total: int) -> str:
    match state:
        case "waiting":
            return "waiting for a worker"
        case "starting":
            return "loading TensorFlow and compiling"
        case "failed":
            return failure or "a run failed"
        case "cancelled":
            return f"cancelled; {done} of {total} runs are stored"
        case _:
            return state


def submit(
    store: Store,
    configs: Sequence[RunConfig],
    label: str,
    workers: int | None = None,
    idle: float | None = None,
    deadline: float | None = None,
) -> Job:
    """Ask for runs; those already stored cost nothing, those that failed before are tried again.

    What counts as stored is what ``store`` holds: of one with ``scope`` own, also what ships is trained.
    ``workers`` processes train (default: as many as this machine bears) and end after ``idle`` seconds without
    work. At ``deadline`` (seconds since the epoch) the job counts as cancelled; its finished runs stay. Raises
    ConfigError on an empty or too long list, StoreError where nothing can be stored.
    """
    if not 1 <= len(configs) <= MAX_RUNS:
        raise ConfigError(f"runs: a job of {len(configs)} is not allowed; it must be 1 to {MAX_RUNS}")
    store.writable_or_error()
    unique = {config.run_id: config for config in configs}
    folders = JobFolders(store.root)
    for run_id in unique:
        for path in (folders.failure(run_id), folders.attempt(run_id)):
            path.unlink(missing_ok=True)
    _forget_old(store)
    job_id = uuid.uuid4().hex[:12]
    request = Request(
        label=label[:200],
        created=datetime.now(UTC).isoformat(timespec="milliseconds"),
        run_ids=list(unique),
        steps=[config.steps for config in unique.values()],
        configs=[config.model_dump(mode="json") for config in unique.values()],
        workers=workers,
        idle=idle,
        deadline=deadline,
        scope=store.scope,
    )
    write_small(folders.job(job_id) / "job.json", request.model_dump_json().encode())
    job = Job(store, job_id, request)
    if all(run_id in store for run_id in unique):
        job.settle()
    else:
        job.ensure_workers()
    return job


def get_job(store: Store, job_id: str) -> Job | None:
    """The job with this id, or None where there is none that can be read."""
    if not JOB_ID.fullmatch(job_id):
        return None
    request = read_request(JobFolders(store.root).job(job_id) / "job.json")
    return None if request is None else Job(store, job_id, request)


def list_jobs(store: Store) -> list[Job]:
    """All jobs kept, newest first; one that cannot be read is left out."""
    jobs = [job for job_id in JobFolders(store.root).job_ids() if (job := get_job(store, job_id)) is not None]
    return sorted(jobs, key=lambda job: (job.created, job.job_id), reverse=True)


def wanted_runs(store: Store, wishes: Sequence[str] = ("run", "pause")) -> set[str]:
    """Ids of the runs that some job still asks for."""
    return {run_id for job in list_jobs(store) if job.wish in wishes for run_id in job.run_ids}


def _forget_old(store: Store) -> None:
    with contextlib.suppress(ValueError, OSError):
        for job in list_jobs(store)[KEPT:]:
            job.dismiss()
