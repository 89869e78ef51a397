"""Which of many runs are stored, at the cost of what changed since the last question."""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Set

from gancore.store.folders import RunFolders
from gancore.store.listing import Gate, Listing
from gancore.store.record import RUN_ID

SWEEP = 5.0
"""Seconds after which every shelf is looked at though gancore added and removed nothing: runs may have been copied into
a store, or moved out of it, by hand."""
SHELF = re.compile(r"[0-9a-f]{2}")


class Known:
    """The run folders of one store: each is opened once, and shelves are listed again where they changed.

    The folders stay the truth: one that is taken away is no longer known, and one that turned out damaged has been
    taken away. Threads may share one.
    """

    def __init__(self, folders: RunFolders) -> None:
        self._folders = folders
        self._root = Listing(folders.root / "runs")
        # Through these goes whatever gancore adds, removes or puts in quarantine, so they change with every shelf.
        self._gates = [Gate(folders.root / name) for name in ("runs", "incoming", "trash", "quarantine")]
        self._due = 0.0
        self._shelves: dict[str, Listing] = {}
        self._present: set[str] = set()
        self._statuses: dict[str, str] = {}
        self._unreadable: set[str] = set()
        self._lock = threading.Lock()

    def statuses(self, run_ids: Set[str]) -> dict[str, str]:
        """Run id → status, of those of ``run_ids`` that are stored and sound. Raises StoreError."""
        with self._lock:
            with self._folders.reading():
                self._refresh()
            here = self._present & run_ids
            for run_id in here.difference(self._statuses, self._unreadable):
                run = self._folders.get(run_id)
                if run is None:
                    self._unreadable.add(run_id)
                else:
                    self._statuses[run_id] = run.status
            return {run_id: self._statuses[run_id] for run_id in here if run_id in self._statuses}

    def _refresh(self) -> None:
        """Bring the names of all run folders up to date."""
        now = time.monotonic()
        # Each is asked, so that each knows its state.
        if not any([gate.changed(now) for gate in self._gates]) and now < self._due:
            return
        self._due = now + SWEEP
        if self._root.refresh():
            shelves = {name for name in self._root.names if SHELF.fullmatch(name)}
            for name in shelves.difference(self._shelves):
                self._shelves[name] = Listing(self._folders.root / "runs" / name)
            for name in set(self._shelves) - shelves:
                self._forget(set(self._shelves.pop(name).names))
        for shelf in self._shelves.values():
            before = shelf.names
            if shelf.refresh():
                self._forget(set(before - shelf.names))
                self._unreadable.difference_update(shelf.names)  # One that was replaced may be readable now.
                name = os.path.basename(shelf.folder)
                self._present |= {
                    run_id for run_id in shelf.names - before if run_id.startswith(name) and RUN_ID.fullmatch(run_id)
                }

    def _forget(self, run_ids: set[str]) -> None:
        self._present -= run_ids
        self._unreadable -= run_ids
        for run_id in run_ids:
            self._statuses.pop(run_id, None)
