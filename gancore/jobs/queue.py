"""The queue of a store: asking for runs, and finding the jobs that are kept."""

from __future__ import annotations

import contextlib
import re
import uuid
from collections.abc import Sequence
from datetime import UTC, datetime

from gancore.config import ConfigError, RunConfig
from gancore.jobs import pool, turns
from gancore.jobs.continuing import take_up
from gancore.jobs.folders import JOB_ID, JobFolders, write_small
from gancore.jobs.job import Job
from gancore.jobs.memory import needed
from gancore.jobs.refusals import refusal
from gancore.jobs.request import MAX_RUNS, Request, read_request
from gancore.store import Store

KEPT = 50
"""Ended jobs that are kept for listing."""


def submit(
    store: Store,
    configs: Sequence[RunConfig],
    label: str,
    workers: int | None = None,
    idle: float | None = None,
    deadline: float | None = None,
) -> Job:
    """Ask for runs; those already stored cost nothing, those that failed before are tried again.

    A run begins where a stored one of the same settings so far has ended, if its state is kept (``continuing``).
    What counts as stored is what ``store`` holds: of one with ``scope`` own, also what ships is trained.
    ``workers`` processes train (default: as many as this machine bears) and end after ``idle`` seconds without
    work. At ``deadline`` (seconds since the epoch) the job counts as cancelled; its finished runs stay. Raises
    ConfigError on an empty or too long list and with what ``refusal`` says, StoreError where nothing can be stored.
    """
    if not 1 <= len(configs) <= MAX_RUNS:
        raise ConfigError(f"runs: a job of {len(configs)} is not allowed; it must be 1 to {MAX_RUNS}")
    if reason := refusal(store, configs):
        raise ConfigError(reason)
    store.writable_or_error()
    unique = {config.run_id: config for config in configs}
    folders = JobFolders(store.root)
    for run_id in unique:
        for path in (folders.failure(run_id), folders.attempt(run_id)):
            path.unlink(missing_ok=True)
    pool.forgive(store.root)
    take_up(store, [config for run_id, config in unique.items() if run_id not in store])
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
        memory=needed(unique.values()),
        scope=store.scope,
    )
    write_small(folders.job(job_id) / "job.json", request.model_dump_json().encode())
    job = Job(store, job_id, request)
    if all(run_id in store for run_id in unique):
        job.settle()
    else:
        turns.note_look(job.folder)
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


def find_job(store: Store, prefix: str) -> Job:
    """The one job whose id starts with these 4 or more hex digits; raises ConfigError otherwise."""
    if not re.fullmatch(r"[0-9a-f]{4,12}", prefix):
        raise ConfigError(f"job: {prefix[:80]!r} is not a job's id; give 4 to 12 of its digits (0-9, a-f)")
    found = [job for job in list_jobs(store) if job.job_id.startswith(prefix)]
    if not found:
        raise ConfigError(f"job: no job's id starts with {prefix!r}; see: gancore jobs list")
    if len(found) > 1:
        raise ConfigError(f"job: {prefix!r} starts the ids of {len(found)} jobs; give more digits")
    return found[0]


def _forget_old(store: Store) -> None:
    with contextlib.suppress(ValueError, OSError):
        for job in list_jobs(store)[KEPT:]:
            job.dismiss()
