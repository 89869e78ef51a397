"""The settings of every own run, read once each: what a page searches at every rerun."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from gancore.config import RunConfig, flatten
from gancore.store.folders import RunFolders
from gancore.store.listing import Listing
from gancore.store.record import RUN_ID, StoredRun

SHELF = re.compile(r"[0-9a-f]{2}")


@dataclass(frozen=True)
class Entry:
    """What a search needs of a run; a run's id is the hash of its settings, so they never change."""

    run_id: str
    finished: bool
    seed: int
    settings: frozenset[tuple[str, str]]
    """(dotted path, value as JSON) of every setting but the seed."""


def nearest(entries: Iterable[Entry], config: RunConfig) -> Entry | None:
    """The run whose config differs from this one in the fewest settings (another kind of dataset counts as three).

    Finished runs come before diverged ones, and lower seeds first. None where there is no run.
    """
    wanted = _settings(config)

    def distance(entry: Entry) -> tuple[bool, int, int, str]:
        apart = {path for path, _ in wanted ^ entry.settings}
        return not entry.finished, len(apart) + 2 * ("dataset.kind" in apart), entry.seed, entry.run_id

    return min(entries, key=distance, default=None)


def _settings(config: RunConfig) -> frozenset[tuple[str, str]]:
    return frozenset((path, json.dumps(value)) for path, value in flatten(config).items() if path != "seed")


def entry_of(run: StoredRun) -> Entry:
    """The entry of a run."""
    return Entry(run.run_id, run.status == "finished", run.config.seed, _settings(run.config))


class Index:
    """Entries of one store's run folders. Where nothing changed, a look costs a ``stat`` a shelf and reads nothing.

    It may name a run that was damaged since: ask the store for the run before it is shown. Threads may share one.
    """

    def __init__(self, folders: RunFolders) -> None:
        self._folders = folders
        self._root = Listing(folders.root / "runs")
        self._shelves: dict[str, Listing] = {}
        self._entries: dict[str, dict[str, Entry]] = {}
        self._lock = threading.Lock()

    def entries(self) -> Mapping[str, Entry]:
        """Run id → entry, of all runs that can be read. Raises StoreError."""
        with self._lock, self._folders.reading():
            if self._root.refresh():
                names = {name for name in self._root.names if SHELF.fullmatch(name)}
                self._shelves = {n: self._shelves.get(n) or Listing(self._folders.root / "runs" / n) for n in names}
                self._entries = {name: known for name, known in self._entries.items() if name in names}
            for name, shelf in self._shelves.items():
                if shelf.refresh():
                    self._entries[name] = self._read(name, shelf.names, self._entries.get(name, {}))
            return {run_id: entry for shelf in self._entries.values() for run_id, entry in shelf.items()}

    def _read(self, shelf: str, names: frozenset[str], known: dict[str, Entry]) -> dict[str, Entry]:
        found: dict[str, Entry] = {}
        for run_id in sorted(names):
            if run_id in known:
                found[run_id] = known[run_id]
            elif RUN_ID.fullmatch(run_id) and run_id.startswith(shelf):
                run = self._folders.get(run_id)
                if run is not None:
                    found[run_id] = entry_of(run)
        return found
