"""The worker processes of this machine: one single-threaded process a core, or one a GPU, outside the server.

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
from pathlib import Path
from typing import Any

import psutil

from gancore.config import RunConfig
from gancore.jobs.folders import JobFolders, read_json
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
    with contextlib.suppress(OSError, ValueError):
        group = Path("/sys/fs/cgroup")
        limit, used = (float((group / name).read_text()) for name in ("memory.max", "memory.current"))
        # Pages of files that the system would give back.
        cached = next(line for line in (group / "memory.stat").read_text().splitlines() if "inactive_file" in line)
        free = min(free, limit - used + float(cached.split()[1]))
    for child in list(_children.values()):
        with contextlib.suppress(psutil.Error):  # What our own workers hold is there for training.
            free += psutil.Process(child.pid).memory_info().rss
    return free


def default_workers() -> int:
    """One a core, or one a GPU, as far as memory reaches, at least one."""
    return max(1, min(devices.slots(), int(free_memory() / WORKER_MEMORY), MAX_WORKERS))


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
    process = psutil.Process()
    return {"pid": process.pid, "started": process.create_time(), "version": RunConfig().run_id}


def _process(status: dict[str, Any]) -> psutil.Process | None:
    """The living process that wrote a status; a process id that was given away again is not it."""
    with contextlib.suppress(psutil.Error, KeyError, TypeError, ValueError):
        process = psutil.Process(int(status["pid"]))
        if abs(process.create_time() - float(status["started"])) < 1 and process.status() != psutil.STATUS_ZOMBIE:
            return process
    return None


def workers(root: Path) -> list[dict[str, Any]]:
    """What each living worker of a store is doing: slot, pid, state, run_ids, step, pace."""
    found = []
    with contextlib.suppress(OSError):
        for path in sorted((JobFolders(root).root / "workers").glob("*.json")):
            status = read_json(path)
            if path.stem.isdigit() and isinstance(status, dict) and _process(status):
                found.append(status | {"slot": int(path.stem)})
    return found


def ensure_workers(root: Path, count: int | None = None, idle: float | None = None) -> None:
    """Start workers in the first ``count`` slots that have none; a second one in a slot ends by itself.

    Workers of a version that reads configs differently are ended first; what they train goes on from its checkpoint.
    """
    folders = JobFolders(root)
    (folders.root / "workers").mkdir(parents=True, exist_ok=True)
    with _starting:
        for key, child in list(_children.items()):
            if child.poll() is not None:
                del _children[key]
        taken = {slot for (other, slot) in _children if other == root}
        for status in workers(root):
            if status["version"] == RunConfig().run_id:
                taken.add(status["slot"])
            else:
                end_worker(status)
        for slot in range(min(count or default_workers(), MAX_WORKERS)):
            if slot in taken:
                continue
            with folders.slot_log(slot).open("ab") as log:
                if log.tell() > LARGEST_LOG:
                    log.truncate(0)
                _children[(root, slot)] = subprocess.Popen(
                    [sys.executable, "-m", "gancore.jobs.worker", str(root), str(slot), str(idle or IDLE)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env=os.environ | environment(),
                )


_children: dict[tuple[Path, int], subprocess.Popen[bytes]] = {}
_starting = threading.Lock()
LARGEST_LOG = 2**20
"""Bytes after which a worker's log begins anew."""


def end_worker(status: dict[str, Any]) -> None:
    """End a worker at once; the locks it held are free again."""
    process = _process(status)
    if process is not None:
        with contextlib.suppress(psutil.Error):
            process.kill()
            process.wait(2)
