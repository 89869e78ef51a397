"""Store: every finished run, found by its config's id."""

from __future__ import annotations

import contextlib
import math
import os
import re
import tempfile
from collections.abc import Callable, Iterable, Sequence, Set
from pathlib import Path
from typing import Any, Literal

from gancore import metrics
from gancore.config import ConfigError, Dataset, RunConfig
from gancore.datasets.points import look_in
from gancore.recording.result import RunResult
from gancore.store.bundle import Bundle
from gancore.store.bundles import gallery_bundles, imported_bundles
from gancore.store.errors import Damaged, Problem
from gancore.store.files import read_bounded, replace_file
from gancore.store.folders import MAX_INFO, RunFolders
from gancore.store.index import Entry, Index, entry_of, nearest
from gancore.store.known import Known
from gancore.store.parts import encode
from gancore.store.points import PointFiles
from gancore.store.record import RUN_ID, StoredRun, describe
from gancore.store.references import Collapsed, References, read_references, references_key, write_references
from gancore.store.states import States

Scope = Literal["own", "imported", "shipped"]
"""Which runs count as stored: one's own alone, those of imported bundles as well, and what ships with gancore too."""


def default_root() -> Path:
    """The folder named by GANCORE_STORE, or the user's data folder."""
    chosen = os.environ.get("GANCORE_STORE")
    if chosen:
        return Path(chosen).expanduser()
    import platformdirs

    return Path(platformdirs.user_data_dir("gancore", appauthor=False))


class Store:
    """Runs on disk, content-addressed by run_id, over read-only layers of bundles.

    Creating one writes nothing. A run whose bytes are not what was written moves to
    ``quarantine/`` and counts as not trained.
    """

    scope: Scope
    """Which layers count here; a job asks for its runs within the scope of the store that it was submitted to."""

    def __init__(self, root: Path | str | None = None, layers: Sequence[Bundle] = ()) -> None:
        self.root = default_root() if root is None else Path(root).expanduser()
        self.layers = tuple(layers)
        self.scope = "shipped" if any(layer.shipped for layer in layers) else "imported" if layers else "own"
        self._views: dict[Scope, Store] = {}
        self._folders = RunFolders(self.root)
        self.points = PointFiles(self.root, self._folders.writing)
        """Points of one's own."""
        self.states = States(self.root)
        """What own runs were when they ended."""
        look_in(str(self.root.absolute()), self.points.get)
        self._look_in_layers()
        self._known = Known(self._folders)
        self._index = Index(self._folders)
        self._layer_entries: dict[str, list[Entry]] = {}
        self._references: dict[str, References] = {}
        self._collapsed: dict[str, Collapsed] = {}

    @classmethod
    def open(cls, root: Path | str | None = None, scope: Scope = "shipped") -> Store:
        """The store with the bundles of ``scope`` below it: those imported into it, and those shipped with gancore."""
        opened = cls(root)
        imported = imported_bundles(opened.root) if scope != "own" else []
        opened.layers = (*imported, *(gallery_bundles() if scope == "shipped" else []))
        opened._look_in_layers()
        opened.scope = scope
        return opened

    def _look_in_layers(self) -> None:
        """Points of one's own that are part of a bundle are found like those of the store."""
        for layer in self.layers:
            if layer.point_hashes:
                look_in(f"{self.root.absolute()} {layer.name}", layer.points)

    def within(self, scope: Scope) -> Store:
        """The same runs with the layers of another scope below them."""
        if scope == self.scope:
            return self
        if scope not in self._views:
            if scope == "shipped" or self.scope == "own":
                view = Store.open(self.root, scope)
            else:
                view = Store(self.root, () if scope == "own" else [one for one in self.layers if not one.shipped])
                view.scope = scope
            view._folders, view._known, view._index = self._folders, self._known, self._index
            view._references, view._collapsed = self._references, self._collapsed
            self._views[scope] = view
        return self._views[scope]

    def __repr__(self) -> str:
        return f"Store({str(self.root)!r}, layers={[layer.name for layer in self.layers]})"

    def __contains__(self, run_id: str) -> bool:
        return self.get(run_id) is not None

    def get(self, run_id: str, bundle: str | None = None) -> StoredRun | None:
        """The run with this id, or None; own runs come before those of the layers.

        ``bundle`` names the layer that is asked first: a study's own has all its runs, so no other need be read.
        """
        if not RUN_ID.fullmatch(run_id):
            return None
        own = self._folders.get(run_id)
        if own is not None:
            return own
        layers = sorted(self.layers, key=lambda layer: layer.name != bundle) if bundle else self.layers
        return next((run for layer in layers if (run := layer.get(run_id)) is not None), None)

    def statuses(self, run_ids: Set[str]) -> dict[str, str]:
        """Run id → ``finished`` or ``diverged``, of those of ``run_ids`` that are stored.

        For questions that are asked again and again: it costs what changed since the last one, because a run is
        opened once, and folders are listed again where they changed. Raises StoreError.
        """
        found = self._known.statuses(run_ids)
        for layer in self.layers:
            for run_id in layer.run_ids:
                if run_id in run_ids and run_id not in found and (run := layer.get(run_id)) is not None:
                    found[run_id] = run.status
        return found

    def runs(self) -> list[StoredRun]:
        """Own runs, then those of the layers, newest first within each."""
        own = [run for run_id in self._folders.ids() if (run := self._folders.get(run_id)) is not None]
        found: dict[str, StoredRun] = {}
        for group in (own, *(layer.runs() for layer in self.layers)):
            for run in sorted(group, key=lambda run: (run.created, run.run_id), reverse=True):
                found.setdefault(run.run_id, run)
        return list(found.values())

    def nearest(self, config: RunConfig, but: Iterable[str] = ()) -> StoredRun | None:
        """The run whose settings are nearest to these (see ``gancore.store.index.nearest``), leaving out some run ids.

        Where nothing changed since the last search, it opens that one run alone.
        """
        gone = set(but)
        while found := nearest((entry for entry in self._entries() if entry.run_id not in gone), config):
            if run := self.get(found.run_id):
                return run
            gone.add(found.run_id)  # it was damaged or taken away since it was listed
        return None

    def _entries(self) -> list[Entry]:
        """What a search needs of every run, own ones and those of the layers."""
        found = dict(self._index.entries())
        for layer in self.layers:
            if layer.name not in self._layer_entries:
                self._layer_entries[layer.name] = [entry_of(run) for run in layer.runs()]
            for entry in self._layer_entries[layer.name]:
                found.setdefault(entry.run_id, entry)
        return list(found.values())

    def find(self, prefix: str) -> StoredRun:
        """The one run whose id starts with these 4 or more hex digits; raises ConfigError otherwise."""
        if not re.fullmatch(r"[0-9a-f]{4,64}", prefix):
            raise ConfigError.refused("run", prefix, "give 4 to 64 of its digits (0-9, a-f)", "is not a run id")
        ids = self._ids_from(prefix)
        runs = [run for run_id in ids if (run := self.get(run_id)) is not None]
        if not runs:
            kept = next((one for one in self.unreadable() if one.run_id in ids), None) if ids else None
            raise ConfigError.of("run", kept.reason if kept else f"no stored run's id starts with {prefix!r}")
        if len(runs) > 1:
            raise ConfigError.of("run", f"{prefix!r} starts the ids of {len(runs)} stored runs; give more digits")
        return runs[0]

    def unreadable(self) -> list[Problem]:
        """Runs that are stored and sound, and that this version cannot read; they stay where they are."""
        own = {run_id: reason for run_id in self._folders.ids() if (reason := self.why_unreadable(run_id))}
        return [
            *(Problem(run_id, f"run {run_id[:12]}: {reason}") for run_id, reason in own.items()),
            *(
                Problem(run_id, f"run {run_id[:12]} of the bundle {layer.name}: {reason}", layer.name)
                for layer in self.layers
                for run_id, reason in layer.unreadable.items()
            ),
        ]

    def find_unreadable(self, prefix: str) -> str | None:
        """Id of the one own run that starts so, where this version cannot read it and no other stored run's does."""
        ids = self._ids_from(prefix) if len(prefix) >= 4 else []
        return ids[0] if len(ids) == 1 and self.why_unreadable(ids[0]) else None

    def _ids_from(self, prefix: str) -> list[str]:
        """Sorted ids of all runs, readable or not, that start so."""
        ids = {*self._folders.ids(), *(run_id for layer in self.layers for run_id in layer.run_ids)}
        return sorted(run_id for run_id in ids if run_id.startswith(prefix))

    def why_unreadable(self, run_id: str) -> str:
        """Why an own run that is stored and sound cannot be read here; empty where it can, or where there is none."""
        if not RUN_ID.fullmatch(run_id) or not self._folders.folder(run_id).is_dir() or self._folders.get(run_id):
            return ""
        return self._folders.unreadable(run_id)

    def put(self, result: RunResult) -> StoredRun:
        """Keep a result; if its run is already stored and sound, that one stays. Raises StoreError."""
        files = encode(result)
        return self._folders.add(describe(result, files), files, result.config)

    def remove(self, run_id: str) -> bool:
        """Delete an own run; False where there is none (a bundle's runs stay). Raises ConfigError, StoreError."""
        if not RUN_ID.fullmatch(run_id):
            raise ConfigError.refused("run", run_id, "it must be 64 digits (0-9, a-f)", "is not a run id")
        self.states.forget(run_id)
        return self._folders.remove(run_id)

    def verify(self) -> list[Problem]:
        """Check every byte of every own run; broken ones go to quarantine."""
        return self._folders.verify()

    def writable_or_error(self) -> None:
        """Raise StoreError, which names the folder, unless runs can be stored there."""
        with self._folders.writing():
            self.root.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=self.root) as file:
                file.write(b"gancore")

    def references(self, dataset: Dataset, progress: metrics.Progress | None = None) -> References:
        """Metric key → mean, low and high of what fresh real data scores; computed once and kept.

        ``progress`` is called with the share that is done while they are computed; what it raises ends that.
        """
        key = references_key(dataset)
        if key not in self._references:
            found = next((layer.references[key] for layer in self.layers if key in layer.references), None)
            path = self.root / "floors" / f"{key}.json"
            if found is None and not path.is_file() and dataset.lacks():  # and no longer, once the points are here
                unknown: dict[str, float] = {name: math.nan for name in ("mean", "low", "high")}
                return metrics.Measured(dict.fromkeys(metrics.applicable(dataset), unknown), metrics.POINTS)
            told: dict[str, Any] = {"progress": progress} if progress else {}
            found = found or self._kept(path, lambda: metrics.references(dataset, **told))
            self._references[key] = metrics.Measured(found, metrics.POINTS)
        return self._references[key]

    def collapsed(self, dataset: Dataset) -> Collapsed:
        """``one_point``, ``mean`` → metric key → score of a generator collapsed there; computed once and kept."""
        key = references_key(dataset)
        if key not in self._collapsed:
            found = next((layer.collapsed[key] for layer in self.layers if key in layer.collapsed), None)
            if found is None and not (self.root / "ceilings" / f"{key}.json").is_file() and dataset.lacks():
                unknown = dict.fromkeys(metrics.applicable(dataset), math.nan)
                return {"one_point": unknown, "mean": unknown}
            self._collapsed[key] = found or self._kept(
                self.root / "ceilings" / f"{key}.json",
                lambda: metrics.collapsed(dataset, self.references(dataset)),  # type: ignore[arg-type]
            )
        return self._collapsed[key]

    def _kept(self, path: Path, compute: Callable[[], References]) -> References:
        """What a file holds, or else what is computed now and then written there."""
        with contextlib.suppress(OSError, Damaged):
            return read_references(read_bounded(path, MAX_INFO))
        values = compute()
        with contextlib.suppress(OSError):  # A read-only store computes them again next time.
            replace_file(path, write_references(values))
        return values
