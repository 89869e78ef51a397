"""Jobs: lists of runs to have. What is stored is never trained again, and jobs share what they both want."""

from __future__ import annotations

import contextlib
import shutil
import time
from collections.abc import Callable, Set
from pathlib import Path
from typing import Any

from gancore.config import RunConfig
from gancore.jobs import pool, turns, waiting
from gancore.jobs.estimate import Costs, Pace, expected, steady
from gancore.jobs.folders import JobFolders, write_json
from gancore.jobs.progress import Progress, State, message
from gancore.jobs.request import Request, read_request, wish_of
from gancore.jobs.wanted import wanted_runs
from gancore.jobs.watched import watched
from gancore.store import Store

ENSURE_EVERY = 1.0
"""Seconds between two counts of the workers that a job needs, while those that live stay the same."""


class Job:
    """A job in a store's queue. Everything is read from the store's folder, so any process may ask."""

    def __init__(self, store: Store, job_id: str, request: Request):
        # Every process that asks counts the layers that the submitting one counted.
        self.store, self.job_id, self._request = store.within(request.scope), job_id, request
        self._costed: tuple[Request, Costs] | None = None
        self._folders = JobFolders(store.root)
        self._folder = self._folders.job(job_id)

    @property
    def request(self) -> Request:
        """What it asks for, as it was last read."""
        return self._request

    def refresh(self) -> Request:
        """What it asks for now, as settings may change while it trains; what it asked for where its folder is gone."""
        self._request = read_request(self._folder / "job.json") or self._request
        return self._request

    @property
    def folder(self) -> Path:
        """Where what is asked of it is kept; gone once it was dismissed, or its store deleted."""
        return self._folder

    @property
    def watched(self) -> bool:
        """Whether a page or a command looked at it a moment ago; others are trained behind those."""
        return turns.is_watched(self._folder)

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
        return wish_of(self._folder, self.request)

    @property
    def overdue(self) -> bool:
        """Whether the time that it was given is over."""
        return self.request.overdue

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
        """Go on after a pause or a cancel; what failed is tried again."""
        for run_id in self.failures():
            for path in (self._folders.failure(run_id), self._folders.attempt(run_id)):
                path.unlink(missing_ok=True)
        self._ask("run")
        pool.forgive(self.store.root)
        self.ensure_workers()

    def ensure_workers(self) -> None:
        """Start the workers this job asked for, as far as they do not live already."""
        count = self.request.workers or pool.default_workers(self.request.memory)
        pool.ensure_workers(self.store.root, count, self.request.idle)

    def replace_workers(self) -> None:
        """Start a worker for each that ended while runs of this job wait; cheap where none did."""
        if self.wish == "run" and self.configs:
            self._replace(pool.workers(self.store.root), self.left())

    def _replace(self, workers: list[dict[str, Any]], left: Set[str]) -> None:
        training = {run_id for status in workers for run_id in status["run_ids"]}
        slots = [status["slot"] for status in workers]
        now = time.monotonic()
        due, before = _ensured.get(self._folder, (now, []))
        if not left <= training and (slots != before or now >= due):
            for old in [folder for folder, (due, _) in _ensured.items() if due < now]:
                _ensured.pop(old, None)
            _ensured[self._folder] = (now + ENSURE_EVERY, slots)
            self.ensure_workers()

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

    def wait(
        self, timeout: float | None = None, progress: Callable[[Progress], object] | bool | None = None
    ) -> Progress:
        """Block until the job has ended (finished, failed or cancelled) and give where it stands then.

        ``progress``: True shows a line on standard error; a function is called with where the job stands, several
        times a second. A paused job is waited for. Raises TimeoutError once ``timeout`` seconds are over; the job
        trains on then, as it does after an interrupt: ``cancel`` stops it.
        """
        return waiting.wait(self, timeout, progress)

    def dismiss(self) -> None:
        """Take an ended job off the list; its runs stay in the store."""
        if self.progress(watching=False).active:
            return
        # Out of the queue in one move, so that nobody meets half a job.
        aside = self._folder.with_name(f"{self.job_id}.dismissed")
        with contextlib.suppress(OSError):
            self._folder.rename(aside)
        shutil.rmtree(aside, ignore_errors=True)

    def failures(self) -> dict[str, str]:
        """Run id → why it failed, of those that are not stored."""
        stored = self._statuses()
        reasons = {run_id: reason for run_id, reason in self._reasons().items() if run_id not in stored}
        if pool.given_up(self.store.root) and self.wish == "run":
            reasons = dict.fromkeys(self.left(), pool.trouble(self.store.root)) | reasons
        return reasons

    def _statuses(self) -> dict[str, str]:
        """Status of those wanted runs that are stored."""
        return self.store.statuses(self.request.wanted)

    def _reasons(self) -> dict[str, str]:
        """Why wanted runs failed, stored meanwhile or not."""
        return watched(self.store.root).failures.of(self.request.wanted)

    def left(self) -> frozenset[str]:
        """Ids of the wanted runs that are neither stored nor failed."""
        return self.request.wanted.difference(self._statuses(), self._reasons())

    @property
    def _costs(self) -> Costs:
        request = self.request
        if self._costed is None or self._costed[0] is not request:
            self._costed = (request, Costs.of(request.resolved))
        return self._costed[1]

    def _seconds_left(self, at: dict[str, int], workers: list[dict[str, Any]]) -> float | None:
        """Seconds until the runs that are left, each at its step, are trained by the workers that live."""
        training = [status for status in workers if not at.keys().isdisjoint(status["run_ids"])]
        # What others train is theirs until it ends.
        free = [status for status in workers if not status["run_ids"]]
        if not training and not free:
            return None
        ready = any(status.get("state") != "loading" for status in workers)
        pace = Pace.read(self._folders)
        seconds = expected(self._costs, at, training, len(training) + len(free), pace, ready)
        return steady(self.store.root, self.job_id).look(time.monotonic(), seconds)

    def progress(self, watching: bool = True) -> Progress:
        """Where the job stands now; starts workers if some are needed and do not live.

        A page or command that watches keeps it in front of unwatched jobs; without ``watching`` this only reads.
        """
        if watching:
            turns.note_look(self._folder)
        self.refresh()
        stored = self._statuses()
        failures = {run_id: reason for run_id, reason in self._reasons().items() if run_id not in stored}
        run_ids, steps = self.run_ids, self.request.steps_of
        left = self.request.wanted.difference(stored, failures)
        failed = [run_id for run_id in run_ids if run_id in failures] if failures else []
        workers = pool.workers(self.store.root)
        training = {run_id: status for status in workers for run_id in status["run_ids"] if run_id in left}
        steps_done = sum(steps[run_id] for run_id in stored)
        at = dict.fromkeys(left, 0) | watched(self.store.root).steps.of(left)
        at |= {run_id: int(status.get("step", 0)) for run_id, status in training.items()}
        steps_done += sum(at.values())
        trouble = ""
        wish = self.wish
        if not left or wish == "done":
            state: State = "failed" if failed else "finished"
            if wish == "run" and watching:
                self.settle()
        elif wish == "cancel":
            state = "cancelled"
        elif not self._folder.is_dir():
            state = "failed"
            failures = dict.fromkeys(left, f"the job is gone: its folder {self._folder} was deleted; start it again")
            failed = list(left)
        elif not self.configs:
            state = "failed"
            failures = dict.fromkeys(left, "another version of gancore asked for this; start it again")
            failed = list(left)
        elif wish == "pause":
            state = "paused"
        elif training:
            if watching:
                self._replace(workers, left)
            compiling = all(not status.get("step") for status in training.values())
            state = "starting" if compiling else "running"
        else:
            if watching:
                self._replace(workers, left)
            trouble = "" if any(status.get("ready") for status in workers) else pool.trouble(self.store.root)
            state = "starting" if any(status.get("state") == "loading" for status in workers) else "waiting"
            if trouble and not workers and pool.given_up(self.store.root):
                state, failures, failed = "failed", dict.fromkeys(left, trouble) | failures, list(left)
        pace = sum(float(status.get("pace", 0)) for status in {id(s): s for s in training.values()}.values())
        total = sum(steps.values())
        return Progress(
            state=state,
            total=len(run_ids),
            done=len(stored),
            diverged=sum(status == "diverged" for status in stored.values()),
            failed=len(failed),
            steps_done=min(steps_done, total),
            steps_total=total,
            steps_per_second=pace if state == "running" else 0.0,
            seconds_left=self._seconds_left(at, workers) if state in ("starting", "running") else None,
            message=message(state, failures[failed[0]] if failed else "", trouble, len(stored), len(run_ids)),
        )


_ensured: dict[Path, tuple[float, list[int]]] = {}
"""When the workers of a job are counted again by this process, and the slots whose workers lived before."""
