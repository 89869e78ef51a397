"""What was read of run folders and is asked for again: bounded, and only what is still on disk counts."""

from __future__ import annotations

import contextlib
import os
import threading
from collections import OrderedDict
from collections.abc import Sequence
from pathlib import Path
from typing import Generic, TypeVar

from gancore.config import RunConfig
from gancore.store.record import RunInfo

K = TypeVar("K")
V = TypeVar("V")

MOST_KNOWN = 4_096
"""Runs whose run.json is kept in memory, about 10 KB each: a page of a study asks for each of its runs ten times."""
FileState = tuple[int, int, int]
"""Inode, time of the last change in nanoseconds, and size."""


class Recent(Generic[K, V]):
    """Values by key; the one that nobody has asked for longest makes room. Threads may share one."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._kept: OrderedDict[K, V] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: K) -> V | None:
        """The value, or None where there is none."""
        with self._lock:
            if key not in self._kept:
                return None
            self._kept.move_to_end(key)
            return self._kept[key]

    def keep(self, key: K, value: V) -> None:
        """Remember a value."""
        with self._lock:
            self._kept[key] = value
            self._kept.move_to_end(key)
            while len(self._kept) > self._most:
                self._kept.popitem(last=False)

    def forget(self, key: K) -> None:
        """Forget a value, if there is one."""
        with self._lock:
            self._kept.pop(key, None)


class RecentInfos:
    """What run.json said of the runs that were opened last, as long as their files are those that were looked at."""

    def __init__(self) -> None:
        self._infos: Recent[str, tuple[FileState, Sequence[tuple[str, int]], RunInfo, RunConfig]] = Recent(MOST_KNOWN)

    def get(self, run_id: str, folder: str) -> tuple[RunInfo, RunConfig] | None:
        """Info and config of a run, if run.json is still that file and the others have their sizes."""
        found = self._infos.get(run_id)
        if found is None:
            return None
        state, sizes, info, config = found
        if state_of(f"{folder}/run.json") == state:
            with contextlib.suppress(OSError):
                if all(os.stat(f"{folder}/{name}").st_size == size for name, size in sizes):
                    return info, config
        self._infos.forget(run_id)
        return None

    def keep(self, state: FileState, files: Sequence[str], info: RunInfo, config: RunConfig) -> None:
        """Remember a run; ``state`` is that of run.json before it was read, so that a change shows next time."""
        sizes = [(name, info.files[name].size) for name in files]
        self._infos.keep(info.run_id, (state, sizes, info, config))


def state_of(path: Path | str) -> FileState | None:
    """What tells a file from one that took its place; None where it cannot be asked."""
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_ino, found.st_mtime_ns, found.st_size
