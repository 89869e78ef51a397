"""Bundle: a study and its runs in one file, read in place and never unpacked to disk."""

from __future__ import annotations

import logging
import threading
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from gancore.config import shortened
from gancore.config.plain import is_list, is_table
from gancore.store.archives import open_archive, read_member
from gancore.store.codec import Snapshots, checksum, decode_landscape, decode_snapshots
from gancore.store.errors import BundleError, Damaged, Unreadable
from gancore.store.files import mapped, read_bounded
from gancore.store.members import (
    COUNTS,
    MAX_FILE,
    MAX_RUNS,
    MOST_MEMBERS,
    PER_RUN,
    allowed_members,
    checked_manifest,
)
from gancore.store.parquet import decode_frame
from gancore.store.parts import FILES, MAX_LOG_ROWS, MAX_SCORES, rows_of
from gancore.store.plain import PARTS, VALUES, parse_json
from gancore.store.point_codec import decode_points
from gancore.store.record import PartName, RunInfo, StoredRun, config_of, validate_info
from gancore.store.references import Collapsed, References, parse_references

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from gancore.recording.landscape import Landscape

log = logging.getLogger("gancore.store")

MAX_REASON = 300
"""Characters of what is wrong with a bundle."""
SPOTS = {"one_point", "mean"}
"""Where the collapsed generators sit that values are of."""


class Bundle:
    """A finished study: its text, runs (without weights), references and collapsed values. Raises BundleError.

    Opening one reads the study and what describes the runs; frames and points are read when first asked for.
    ``shipped`` says that it came with gancore: then what describes a run is read with it too, since thousands ship and
    a page shows few. ``whole`` reads all of a file now, for one that may change.
    """

    def __init__(self, source: Path | str | bytes, shipped: bool = False, whole: bool = False) -> None:
        self.shipped = shipped
        self._label = "the bundle" if isinstance(source, bytes) else Path(source).name
        try:
            # Mapped, because all that ships is 60 MB at most and a page reads a small part.
            read = read_bounded if whole else mapped
            data = source if isinstance(source, bytes) else read(Path(source), MAX_FILE)
        except OSError as error:
            raise self._error(f"cannot be read ({error.strerror or error})") from None
        except Damaged as error:
            raise self._error(str(error)) from None
        if len(data) > MAX_FILE:
            raise self._error(f"it is larger than {MAX_FILE:,} bytes")
        self._data = data
        self._lock = threading.RLock()
        self._checksums: Mapping[str, str] = {}
        try:
            # Kept open: reading the list of members anew for every one of them took as long as the members.
            self._archive = open_archive(data, MOST_MEMBERS)
        except Damaged as error:
            raise self._error(f"is not a gancore bundle ({error})") from None
        try:
            self._members, others = allowed_members(self._archive.infolist())
            manifest = checked_manifest(self._json("manifest.json"), self._members, others)
        except Damaged as error:
            raise self._error(str(error)) from None
        self.name, self.created_by, self._checksums = manifest
        self.study_text: str = self._text("study.toml")
        self._infos: dict[str, RunInfo] = {}
        named = {name[10:74] for name in self._members if name.startswith("snapshots/")}
        self._ids = dict.fromkeys(sorted(named))
        if not shipped:
            self._ids = dict.fromkeys(sorted(self._contents))
            for run_id in self._contents:
                self._info(run_id)
        for name in self._members:
            if name.startswith("layers/") and name[7:71] not in self._ids:
                raise self._error(f"has an unexpected member {name!r}: it does not list that run")
        self._runs: dict[str, StoredRun | None] = {}
        self._unreadable: dict[str, str] = {}

    def __repr__(self) -> str:
        return f"Bundle({self.name!r}, {len(self._ids)} runs)"

    @property
    def content(self) -> bytes:
        """The file's bytes."""
        return self._data if isinstance(self._data, bytes) else self._data[:]

    @property
    def run_ids(self) -> list[str]:
        """Ids of its runs, sorted."""
        return list(self._ids)

    def get(self, run_id: str) -> StoredRun | None:
        """The run with this id; None if it is not here or this version does not know its settings."""
        if run_id in self._ids and run_id not in self._runs:
            info = self._info(run_id)
            try:
                self._runs[run_id] = StoredRun(info, config_of(info), self.name, self, self.shipped)
            except Unreadable as error:
                log.info("run %s of %s: %s", run_id[:12], self._label, error)
                self._runs[run_id], self._unreadable[run_id] = None, str(error)
        return self._runs.get(run_id)

    def runs(self) -> list[StoredRun]:
        """All its runs that this version can read."""
        return [run for run_id in self._ids if (run := self.get(run_id)) is not None]

    @property
    def unreadable(self) -> dict[str, str]:
        """Run id → why this version cannot read that run, of those that it cannot."""
        self.runs()
        return dict(self._unreadable)

    @cached_property
    def references(self) -> dict[str, References]:
        """``references_key(dataset)`` → that dataset's references."""
        return self._references("floors.json")

    @cached_property
    def collapsed(self) -> dict[str, Collapsed]:
        """``references_key(dataset)`` → that dataset's collapsed values; empty where the bundle has none."""
        if "ceilings.json" not in self._members:
            return {}
        found = self._references("ceilings.json")
        if any(set(collapsed) != SPOTS for collapsed in found.values()):
            raise self._error(f"ceilings.json: one of them is not of {' and '.join(sorted(SPOTS))}")
        return found

    @cached_property
    def analysis(self) -> dict[str, Any]:
        """What the study's analysis said when the bundle was made, as JSON content; empty where it has none."""
        if "analysis.json" not in self._members:
            return {}
        content = self._json("analysis.json")
        if not is_table(content):
            raise self._error("analysis.json is not a JSON object")
        return dict(content)

    @property
    def point_hashes(self) -> list[str]:
        """Hashes of the points of one's own that its study was trained on, where they are part of it."""
        return sorted(name[7:-4] for name in self._members if name.startswith("points/"))

    def points(self, sha256: str) -> np.ndarray | None:
        """Points float64 [n, 2] with this hash; None where they are no part of it."""
        name = f"points/{sha256}.npy"
        if name not in self._members:
            return None
        try:
            return decode_points(self._bytes(name), sha256)
        except Damaged as error:
            raise self._error(f"{name}: {error}") from None

    def verify(self) -> None:
        """Read every member and every run; raises BundleError at the first that is not as it was written.

        One after another, and none is kept.
        """
        _ = self.references, self.collapsed, self.analysis
        for sha256 in self.point_hashes:
            self.points(sha256)
        parts: tuple[PartName, ...] = ("history", "scores")
        # Before the runs, and not cut into a frame each: 4,096 of either take more memory than the numbers do.
        known = {part: set(self._frame(part)["run_id"].unique()) for part in parts}
        ids = {run.run_id for run in self.runs()}
        for part in parts:
            missing = sorted(ids.difference(known[part]))
            if missing:
                raise self._without_rows(part, missing[0])
        for run_id in sorted(ids):
            self.load(self._info(run_id), "snapshots")
            self.load(self._info(run_id), "layers")

    def load(self, info: RunInfo, part: PartName) -> pd.DataFrame | Snapshots | dict[str, Any] | Landscape | None:
        """One part of a run; a bundle has no weights, and layers of some runs."""
        if part == "weights":
            return {}
        name = f"{part}/{info.run_id}.npz"
        if part == "layers" and name not in self._members:
            return None
        if part in ("snapshots", "layers"):
            try:
                data = self._bytes(name)
                decode = decode_landscape if part == "layers" else decode_snapshots
                return decode(data, PER_RUN[part])
            except Damaged as error:
                raise self._error(f"{name}: {error}") from None
        with self._lock:
            frames = self._history if part == "history" else self._scores
        if info.run_id not in frames:
            raise self._without_rows(part, info.run_id)
        return frames[info.run_id]

    @cached_property
    def _history(self) -> dict[str, pd.DataFrame]:
        return self._frames("history")

    @cached_property
    def _scores(self) -> dict[str, pd.DataFrame]:
        return self._frames("scores")

    def _frames(self, part: PartName) -> dict[str, pd.DataFrame]:
        return rows_of(self._frame(part))

    def _frame(self, part: PartName) -> pd.DataFrame:
        runs = max(len(self._ids), 1)
        rows = runs * (MAX_LOG_ROWS if part == "history" else MAX_SCORES)
        try:
            return decode_frame(self._bytes(FILES[part]), rows, runs)
        except Damaged as error:
            raise self._error(f"{FILES[part]}: {error}") from None

    def _without_rows(self, part: PartName, run_id: str) -> BundleError:
        return self._error(f"{FILES[part]} has no rows of run {run_id[:12]}")

    def _references(self, name: str) -> dict[str, References]:
        content = self._json(name)
        try:
            if not is_table(content):
                raise Damaged("it is not a JSON object of datasets")
            return {key: parse_references(values) for key, values in content.items()}
        except Damaged as error:
            raise self._error(f"{name}: {error}") from None

    @cached_property
    def _contents(self) -> dict[str, Any]:
        """Run id → what runs.json says of that run, whose snapshots are there."""
        contents = self._json("runs.json")
        if not is_list(contents) or len(contents) > MAX_RUNS:
            raise self._error(f"runs.json is not a list of at most {MAX_RUNS:,} runs")
        found: dict[str, Any] = {}
        for content in contents:
            run_id = content.get("run_id") if is_table(content) else None
            if f"snapshots/{run_id}.npz" not in self._members:
                info = self._checked(content)
                raise self._error(f"has no snapshots of run {info.run_id[:12]}")
            found[str(run_id)] = content
        return found

    def _info(self, run_id: str) -> RunInfo:
        """What describes a run, checked when it is first asked for."""
        if run_id not in self._infos:
            with self._lock:
                if run_id not in self._contents:
                    raise self._error(f"runs.json does not list run {run_id[:12]}, whose snapshots are there")
                self._infos[run_id] = self._checked(self._contents[run_id])
        return self._infos[run_id]

    def _checked(self, content: Any) -> RunInfo:
        try:
            return validate_info(content)
        except (Damaged, Unreadable) as error:
            raise self._error(f"runs.json: {error}") from None

    def _json(self, name: str) -> Any:
        try:
            return parse_json(self._bytes(name), *COUNTS.get(name, (PARTS, VALUES)))
        except Damaged as error:
            raise self._error(f"{name}: {error}") from None

    def _text(self, name: str) -> str:
        try:
            return self._bytes(name).decode()
        except UnicodeDecodeError:
            raise self._error(f"{name} is not UTF-8 text") from None

    def _bytes(self, name: str) -> bytes:
        """A member's bytes, if its checksum is the manifest's (which has none itself)."""
        try:
            with self._lock:
                data = read_member(self._archive, self._members[name])
        except Damaged as error:
            raise self._error(f"{name} is damaged ({error})") from None
        if name != "manifest.json" and checksum(data) != self._checksums[name]:
            raise self._error(f"{name} has changed since the bundle was written (its checksum differs)")
        return data

    def _error(self, reason: str) -> BundleError:
        return BundleError(f"{shortened(self._label)}: {shortened(reason, MAX_REASON)}")
