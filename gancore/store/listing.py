"""Folders that are looked at again and again: listed, and their files read, only where something changed."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Set
from pathlib import Path
from typing import Generic, TypeVar

T = TypeVar("T")

SETTLE = 2.5
"""Seconds for which a folder that changed is listed at every look: what changes again within one tick of the file
system's clock (2 s on FAT) does not show in its time."""
AFRESH = 60.0
"""Seconds after which a folder is listed though its time stands still, for file systems that do not keep it well."""


class Gate:
    """Whether a folder may have got or lost a name, at the cost of one ``stat``."""

    def __init__(self, folder: Path) -> None:
        self._folder = os.fspath(folder)
        self._state: tuple[int, int] | None = None
        self._settled = 0.0

    def changed(self, now: float) -> bool:
        """Whether it changed since the last look, or so shortly before that more may have changed unseen.

        ``now`` is the monotonic clock's. A missing folder has not changed unless it was there. Raises OSError.
        """
        try:
            found = os.stat(self._folder)
            state = (found.st_mtime_ns, found.st_ino)
        except (FileNotFoundError, NotADirectoryError):
            state = None
        if state != self._state:
            self._state, self._settled = state, now + SETTLE
            return True
        return now < self._settled


class Listing:
    """The names in a folder; a look costs one ``stat`` unless the folder changed."""

    def __init__(self, folder: Path) -> None:
        self.folder = os.fspath(folder)
        self.names: frozenset[str] = frozenset()
        """Names as of the last ``refresh``; none where the folder is missing."""
        self._gate = Gate(folder)
        self._due = 0.0

    def refresh(self) -> bool:
        """Look again; whether the folder was listed, so that names or files may be others. Raises OSError."""
        now = time.monotonic()
        if not self._gate.changed(now) and now < self._due:
            return False
        self._due = now + AFRESH
        try:
            self.names = frozenset(os.listdir(self.folder))
        except (FileNotFoundError, NotADirectoryError):
            self.names = frozenset()
        return True


class Contents(Generic[T]):
    """What the files of one kind in a folder say; a file is read again only where it was replaced.

    ``read`` gets the file's path and must not raise. Threads may share one.
    """

    def __init__(self, folder: Path, ending: str, read: Callable[[Path], T]) -> None:
        self._folder, self._ending, self._read = folder, ending, read
        self._listing = Listing(folder)
        self._stems: frozenset[str] = frozenset()
        self._known: dict[str, tuple[tuple[int, int, int], T]] = {}
        self._checked: set[str] = set()
        self._lock = threading.Lock()

    def of(self, stems: Set[str]) -> dict[str, T]:
        """Name without its ending → what that file says, of those of ``stems`` that have one."""
        with self._lock:
            try:
                listed = self._listing.refresh()
            except OSError:  # A folder that may not be read tells nothing.
                return {}
            if listed:
                ending = self._ending
                names = self._listing.names
                self._stems = frozenset(name.removesuffix(ending) for name in names if name.endswith(ending))
                self._known = {stem: known for stem, known in self._known.items() if stem in self._stems}
                self._checked.clear()
            found: dict[str, T] = {}
            for stem in self._stems & stems:
                if stem not in self._checked and not self._check(stem):
                    continue
                found[stem] = self._known[stem][1]
            return found

    def _check(self, stem: str) -> bool:
        """Have the file's content as it is now; False where it is gone."""
        path = self._folder / f"{stem}{self._ending}"
        try:
            now = os.stat(path)
        except OSError:
            return False
        state = (now.st_ino, now.st_mtime_ns, now.st_size)
        if stem not in self._known or self._known[stem][0] != state:
            self._known[stem] = (state, self._read(path))
        self._checked.add(stem)
        return True
