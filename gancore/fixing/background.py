"""A search that goes on by itself: one light process a search, which asks for round after round and ends with it.

It never loads TensorFlow (170 MB, where a worker has 900); what it asks for is trained by the store's workers. Whether
a search is to go on is noted in its question, so that one whose process was killed goes on when a page shows it next,
and one that was stopped stands still until it is asked to go on.
"""

from __future__ import annotations

import contextlib
import logging
import os
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from gancore.config import ConfigError
from gancore.fixing.drive import Budget, check_budget, go, jobs_of
from gancore.fixing.question import Question, folder_of, noted, questions, read_question
from gancore.fixing.search import Search
from gancore.fixing.trials import Standing
from gancore.jobs import Job, process
from gancore.jobs.folders import read_object, write_json
from gancore.parts.backend import environment
from gancore.store import Store

log = logging.getLogger("gancore.fixing")

MOST_STARTS = 3
"""Processes that one page's server starts for a search which ended unasked, before it says so instead."""
MOST_AT_WORK = 8
"""Searches of one store that go on at the same time: each is a process, and any link can ask for one."""
LOOK_EVERY = 1.0
"""Seconds between two looks at a round's job."""
LARGEST_LOG = 2**20
"""Bytes after which a search's log begins anew."""
STOPPED = "it was stopped"
"""Why a search stands still that a user stopped."""


def begin(search: Search, budget: Budget) -> None:
    """Have a search go on in the background until it has its answer, or its budget is used; raises ConfigError where
    that is too small for one race or too many others go on, and StoreError."""
    search.store.writable_or_error()
    others = [one for one in questions(search.store) if one.going and one.question_id != search.question.question_id]
    if len(others) >= MOST_AT_WORK:
        raise ConfigError(
            f"searches: {len(others)} others go on in this store, and {MOST_AT_WORK} at most may do so at once; "
            "wait for one to end, or stop one"
        )
    search.forget_failures()
    check_budget(search, budget)
    until = budget.deadline(time.time())
    search.question = noted(
        search.store, search.question, going=True, until=until, run_steps=budget.run_steps, stopped=""
    )
    with _starting:
        _starts.pop(_key(search), None)
    carry_on(search)


def carry_on(search: Search) -> bool:
    """See to it that a search which is to go on does; whether it does."""
    if not search.question.going:
        return False
    if at_work(search):
        return True
    log_at = _log_of(search.store, search.question.question_id)
    reason = f"its process ended unasked {MOST_STARTS} times (see {log_at})"
    with _starting:
        key = _key(search)
        child, starts = _children.get(key), _starts.get(key, 0)
        if child is not None and child.poll() is None:
            return True
        if starts < MOST_STARTS:
            _starts[key] = starts + 1
            try:
                _children[key] = _started(search)
                return True
            except OSError as error:  # no room for its log, or for a process
                reason = f"its process cannot be started ({error.strerror or error})"
    _stand_still(search, reason)
    return False


def stop(search: Search) -> None:
    """Have a search stand still; what trains for it is cancelled, and finished runs are kept."""
    _stand_still(search, STOPPED)
    for job in jobs_of(search):
        if job.progress(watching=False).active:
            job.cancel()


def at_work(search: Search) -> bool:
    """Whether a process, in the background or of a command, goes through this search now."""
    return process.lives(read_object(_mark_of(search.store, search.question.question_id)))


@contextlib.contextmanager
def working(search: Search) -> Iterator[bool]:
    """Say that this process goes through a search, as far as no other does; whether none did."""
    question_id = search.question.question_id
    mark = _mark_of(search.store, question_id)
    mark.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(mark.with_suffix(".lock"))
    try:
        lock.acquire(timeout=0)
    except Timeout:
        yield False
        return
    try:
        write_json(mark, process.mark())
        yield True
    finally:
        with contextlib.suppress(OSError):
            mark.unlink(missing_ok=True)
        lock.release()


def carry(store: Store, question_id: str) -> None:
    """Go through a search, in this process, for as long as its question says that it is to go on."""
    asked = read_question(store, question_id)
    if asked is None or not asked.going:
        return
    search = Search(store, asked)
    with working(search) as alone:
        if not alone:
            return
        try:
            stopped = _gone(search, asked)
        except (ConfigError, ValueError, OSError) as error:  # a budget, a run too large, a full disk
            log.exception("it cannot go on")
            stopped = str(error)
        _stand_still(search, stopped)


def _gone(search: Search, asked: Question) -> str:
    """Why it stopped, empty with an answer."""
    left = None if asked.until is None else asked.until - time.time()
    if left is not None and left <= 0:
        return "the time is over"
    if asked.run_steps == 0:
        return "all steps are used"
    spent = 0

    def train(job: Job) -> str:
        nonlocal spent
        reason = _trained(search, job)
        spent += sum(config.steps for config in job.configs if config.run_id in search.store)
        if asked.run_steps is not None:
            noted(search.store, search.question, run_steps=max(0, asked.run_steps - spent))
        return reason

    def tell(stand: Standing) -> None:
        log.info("%d decisions, %d runs missing", len(stand.events), len(stand.missing))

    return go(search, Budget(left, asked.run_steps), train, tell, first=False)[1]


def _trained(search: Search, job: Job) -> str:
    """Wait for a round without counting as someone who watches; why it ended early, or nothing."""
    while True:
        asked = read_question(search.store, search.question.question_id)
        if asked is None or not asked.going:
            job.cancel()
            return asked.stopped if asked else "its question is gone"
        progress = job.progress(watching=False)
        if not progress.active:
            break
        job.replace_workers()
        time.sleep(LOOK_EVERY)
    if progress.state == "cancelled":
        return "the time is over" if job.overdue else "its job was cancelled"
    return progress.message if progress.state == "failed" and not progress.failed else ""


def _stand_still(search: Search, reason: str) -> None:
    """Note that it stands still, and why, unless that was noted already.

    Where the disk is full, ``search`` alone says so: what is noted in the store stays, and is tried again.
    """
    latest = read_question(search.store, search.question.question_id)
    if latest is None or not latest.going:
        return
    notes: dict[str, Any] = {"going": False, "stopped": reason[:500]}
    try:
        search.question = noted(search.store, latest, **notes)
    except OSError:
        log.exception("that it stands still cannot be noted")
        search.question = latest.model_copy(update=notes)


def _started(search: Search) -> subprocess.Popen[bytes]:
    question_id = search.question.question_id
    with _log_of(search.store, question_id).open("ab") as file:
        if file.tell() > LARGEST_LOG:
            file.truncate(0)
        return subprocess.Popen(
            [sys.executable, "-m", "gancore.fixing.background", str(search.store.root), question_id],
            stdin=subprocess.DEVNULL,
            stdout=file,
            stderr=file,
            start_new_session=True,
            env=os.environ | environment(),
        )


def _mark_of(store: Store, question_id: str) -> Path:
    return folder_of(store) / f"{question_id}.at-work.json"


def _log_of(store: Store, question_id: str) -> Path:
    return folder_of(store) / f"{question_id}.log"


def _key(search: Search) -> tuple[Path, str]:
    return search.store.root, search.question.question_id


_children: dict[tuple[Path, str], subprocess.Popen[bytes]] = {}
_starts: dict[tuple[Path, str], int] = {}
_starting = threading.Lock()


def main() -> None:
    """``python -m gancore.fixing.background ROOT QUESTION``"""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(message)s")
    carry(Store.open(Path(sys.argv[1])), sys.argv[2])


if __name__ == "__main__":
    main()
