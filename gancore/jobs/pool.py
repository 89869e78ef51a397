"""The worker processes of this machine: one single-threaded process a core, outside the server.

They are started with Popen, never forked or spawned: spawn would run the page again and fork deadlocks
TensorFlow. One single-threaded worker a core was measured twice as fast as one process with two threads.
"""

from __future__ import annotations

import contextlib
import importlib.util
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from gancore.jobs.folders import JobFolders, read_json

WORKER_MEMORY = 1.2e9
"""Bytes that a worker with TensorFlow loaded may need."""
MAX_WORKERS = 64
IDLE = 600.0
"""Seconds a worker waits for work before it ends, unless it was told otherwise."""


def free_memory() -> float:
    """Bytes this process may still use: the machine's, or its container's where that is less."""
    import psutil

    free = float(psutil.virtual_memory().available)
    with contextlib.suppress(OSError, ValueError):
        limit = Path("/sys/fs/cgroup/memory.max").read_text()
        used = Path("/sys/fs/cgroup/memory.current").read_text()
        free = min(free, float(limit) - float(used))
    return free


def default_workers() -> int:
    """One a core that this process may use, as far as memory reaches, at least one."""
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(cores, int(free_memory() / WORKER_MEMORY), MAX_WORKERS))


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


def _held(path: Path) -> bool:
    """Whether some process holds a lock file."""
    if not path.exists():
        return False
    lock = FileLock(path)
    try:
        with lock.acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


def workers(root: Path) -> list[dict[str, Any]]:
    """What each living worker of a store is doing: slot, pid, state, run_ids, step, pace."""
    folders = JobFolders(root)
    found = []
    with contextlib.suppress(OSError):
        for path in sorted((folders.root / "workers").glob("*.json")):
            slot = int(path.stem) if path.stem.isdigit() else -1
            status = read_json(path)
            if slot >= 0 and isinstance(status, dict) and _held(folders.slot_lock(slot)):
                found.append(status | {"slot": slot})
    return found


def ensure_workers(root: Path, count: int | None = None, idle: float | None = None) -> None:
    """Start workers in the first ``count`` slots that have none; a second one in a slot ends by itself."""
    reaped()
    folders = JobFolders(root)
    (folders.root / "workers").mkdir(parents=True, exist_ok=True)
    for slot in range(min(count or default_workers(), MAX_WORKERS)):
        if not _held(folders.slot_lock(slot)) and not _starting(root, slot):
            with folders.slot_log(slot).open("wb") as log:
                process = subprocess.Popen(
                    [sys.executable, "-m", "gancore.jobs.worker", str(root), str(slot), str(idle or IDLE)],
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=log,
                    start_new_session=True,
                    env=os.environ | {"TF_CPP_MIN_LOG_LEVEL": "2", "TF_ENABLE_ONEDNN_OPTS": "0"},
                )
            _children[(root, slot)] = process


_children: dict[tuple[Path, int], subprocess.Popen[bytes]] = {}


def _starting(root: Path, slot: int) -> bool:
    """Whether a child started from here lives, though it may not hold its slot yet."""
    child = _children.get((root, slot))
    return child is not None and child.poll() is None


def reaped() -> None:
    """Collect ended children, so that none stays a zombie."""
    for key, child in list(_children.items()):
        if child.poll() is not None:
            del _children[key]


def end_worker(status: dict[str, Any]) -> None:
    """End a worker at once; the locks it held are free again."""
    with contextlib.suppress(OSError, KeyError, ValueError):
        os.killpg(int(status["pid"]), signal.SIGKILL)
    reaped()
