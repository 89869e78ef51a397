"""The worker processes of this machine: one single-threaded process per core, or one per GPU, outside the server.

They are started with Popen, never forked or spawned: spawn would run the page again and fork deadlocks
TensorFlow.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import psutil

from gancore.config import RunConfig
from gancore.jobs import process
from gancore.jobs.deaths import Deaths
from gancore.jobs.folders import JobFolders, read_object
from gancore.jobs.limits import memory_left
from gancore.parts.backend import environment
from gancore.training import devices

WORKER_MEMORY = 1.2e9
"""Bytes that a worker with TensorFlow loaded may need."""
MAX_WORKERS = 64
IDLE = 600.0
"""Seconds a worker waits for work before it ends, unless it was told otherwise."""


def free_memory() -> float:
    """Bytes this process may still use: the machine's, or its container's where that is less."""
    free = float(psutil.virtual_memory().available)
    left = memory_left()
    if left is not None:
        free = min(free, left)
    for child in list(_children.values()):
        with contextlib.suppress(psutil.Error):  # What our own workers hold is there for training.
            free += psutil.Process(child.pid).memory_info().rss
    return free


def default_workers(memory: float | None = None) -> int:
    """One per core, or one a GPU, as far as memory reaches where each takes so many bytes, at least one."""
    return max(1, min(devices.slots(), int(free_memory() / (memory or WORKER_MEMORY)), MAX_WORKERS))


def unavailable() -> str:
    """Why nothing can be trained here, in a sentence; empty where it can."""
    if importlib.util.find_spec("tensorflow") is None:
        return "Training needs TensorFlow, which is not installed here; stored results can be read."
    if free_memory() < WORKER_MEMORY * 0.75:
        return "Training needs about 1 GB of free memory, which this machine does not have; stored results can be read."
    return ""


def available() -> bool:
    """Whether this machine can train; TensorFlow is looked for, not imported."""
    return not unavailable()


def identity() -> dict[str, Any]:
    """What tells this process from any other, and this version of gancore from one that reads configs differently."""
    return process.mark() | {"version": RunConfig().run_id}


def workers(root: Path) -> list[dict[str, Any]]:
    """What each living worker of a store is doing: slot, pid, state, run_ids, step, pace."""
    found = []
    with contextlib.suppress(OSError):
        folder = JobFolders(root).root / "workers"
        for name in sorted(os.listdir(folder)):
            slot, ending = os.path.splitext(name)
            if ending == ".json" and slot.isdecimal() and process.lives(status := read_object(folder / name)):
                found.append(_plain(status) | {"slot": int(slot)})
    return found


def _plain(status: dict[str, Any]) -> dict[str, Any]:
    """A status as readers may rely on it: what has another type than it must is left out."""
    kinds = {"run_ids": list, "step": int, "steps": int, "pace": (int, float), "version": str, "state": str}
    sound = {key: value for key, value in status.items() if isinstance(value, kinds.get(key, object))}
    return sound | {"run_ids": [run_id for run_id in sound.get("run_ids", ()) if isinstance(run_id, str)]}


def ensure_workers(root: Path, count: int | None = None, idle: float | None = None) -> None:
    """Start workers in the first ``count`` slots that have none; a second one in a slot ends by itself.

    Workers of a version that reads configs differently are ended first; what they train goes on from its checkpoint.
    A slot whose workers end before they are ready is given up after some, until ``forgive``; ``trouble`` says why.
    """
    folders = JobFolders(root)
    (folders.root / "workers").mkdir(parents=True, exist_ok=True)
    with _starting:
        _bury()
        taken = {slot for (other, slot) in _children if other == root}
        for status in workers(root):
            if status.get("version") == RunConfig().run_id:
                taken.add(status["slot"])
            else:
                end_worker(status)
        for slot in range(min(count or default_workers(), MAX_WORKERS)):
            deaths = _deaths.get((root, slot))
            if slot in taken or (deaths and (deaths.hopeless or time.monotonic() < deaths.due)):
                continue
            with folders.slot_log(slot).open("ab") as log:
                if log.tell() > LARGEST_LOG:
                    log.truncate(0)
                _log_begins[(root, slot)] = log.seek(0, os.SEEK_END)
                _children[(root, slot)] = subprocess.Popen(
                    command(root, slot, idle or IDLE),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env=os.environ | environment(),
                )


def command(root: Path, slot: int, idle: float) -> list[str]:
    """The command line of a worker."""
    return [sys.executable, "-m", "gancore.jobs.worker", str(root), str(slot), str(idle)]


def _bury() -> None:
    """Forget the children that ended, and note which did so before they were ready."""
    for key, child in list(_children.items()):
        code = child.poll()
        if code is None:
            continue
        del _children[key]
        root, slot = key
        status = read_object(JobFolders(root).slot_status(slot))
        ready = status.get("pid") == child.pid and status.get("ready") is True
        if ready or code == 0:
            _deaths.pop(key, None)
        else:
            _deaths.setdefault(key, Deaths()).note(code, JobFolders(root).slot_log(slot), _log_begins[key])


def trouble(root: Path) -> str:
    """Why workers of a store ended before they were ready, since the last that was; empty where none did."""
    with _starting:
        found = [deaths for (other, _), deaths in _deaths.items() if other == root]
        return max(found, key=lambda deaths: deaths.count).sentence if found else ""


def given_up(root: Path) -> bool:
    """Whether this process starts no more workers for a store: all that it started ended before they were ready."""
    with _starting:
        found = [deaths for (other, _), deaths in _deaths.items() if other == root]
        return bool(found) and all(d.hopeless for d in found) and not any(other == root for other, _ in _children)


def forgive(root: Path) -> None:
    """Give every slot of a store a new chance."""
    with _starting:
        for key in [key for key in _deaths if key[0] == root]:
            del _deaths[key]


_children: dict[tuple[Path, int], subprocess.Popen[bytes]] = {}
_log_begins: dict[tuple[Path, int], int] = {}
"""Size of a slot's log when its last worker started."""
_deaths: dict[tuple[Path, int], Deaths] = {}
_starting = threading.Lock()
LARGEST_LOG = 2**20
"""Bytes after which a worker's log begins anew."""


def end_worker(status: dict[str, Any]) -> None:
    """End a worker at once; the locks it held are free again."""
    if process.lives(status):
        with contextlib.suppress(psutil.Error):
            worker = psutil.Process(int(status["pid"]))
            worker.kill()
            worker.wait(2)
