"""Locks on runs: held by the process that trains one; the system releases them when that process ends."""

from __future__ import annotations

import contextlib
from pathlib import Path

from filelock import FileLock, Timeout


class RunLock:
    """One run's lock, whose file is there only while it is held.

    The file is removed under its lock. A process that opened it before and locks it afterwards has locked a file that
    is no longer there; filelock notices (from 3.21) and does not count that as held.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = FileLock(path)

    def take(self) -> bool:
        """Take it now; False where it is held by another."""
        self._path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._lock.acquire(timeout=0)
        except Timeout:
            return False
        return True

    def release(self) -> None:
        """Remove the file and let go."""
        with contextlib.suppress(OSError):  # Windows does not remove an open file.
            self._path.unlink(missing_ok=True)
        self._lock.release()


def sweep(folder: Path) -> None:
    """Remove the files of locks that nobody holds, which stopped processes and earlier versions left."""
    with contextlib.suppress(OSError):
        for path in list(folder.glob("*.lock")):
            lock = RunLock(path)
            with contextlib.suppress(OSError):
                if lock.take():
                    lock.release()
