"""PointFiles: points of one's own in a store, found by the hash of their content."""

from __future__ import annotations

import contextlib
import datetime
import errno
import re
import shutil
import uuid
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from gancore.config import ConfigError
from gancore.datasets.points import LEAST, MAX_ROWS, Table, digest, forget
from gancore.datasets.points.reading import check_extent
from gancore.datasets.points.sheet import printable
from gancore.parts.errors import shortened
from gancore.store.errors import Damaged, StoreError
from gancore.store.files import read_bounded, sync_folder, write_aside
from gancore.store.point_codec import decode_points, encode_points

Array = NDArray[np.float64]

SHA256 = re.compile(r"[0-9a-f]{64}")
ARRAY, INFO = "points.npy", "info.json"
LARGEST = 16 * MAX_ROWS + 256
MAX_INFO = 2**14
MOST = 1000
"""Files of points in a store."""


class PointsInfo(BaseModel):
    """What is known of kept points besides their content; no part of any run's id."""

    model_config = ConfigDict(extra="ignore", frozen=True)
    name: str = Field(max_length=200)
    """The file's name, or what the person called it."""
    columns: tuple[str, str] = ("x", "y")
    where: str = Field(default="", max_length=400)
    left_out: int = Field(default=0, ge=0)
    duplicates: int = Field(default=0, ge=0)
    created: str = Field(default="", max_length=40)


class KeptPoints(BaseModel):
    """Points in a store, without reading them."""

    model_config = ConfigDict(frozen=True)
    sha256: str
    rows: int
    bytes: int
    info: PointsInfo


class PointFiles:
    """``<root>/points/<sha256>/`` with an array and what is known of it; appears and disappears whole, by renaming."""

    def __init__(self, root: Path, writing: Callable[[], AbstractContextManager[None]]) -> None:
        self.root, self._writing = root, writing

    def _folder(self, sha256: str) -> Path:
        return self.root / "points" / sha256

    def get(self, sha256: str) -> Array | None:
        """Points float64 [n, 2]; None where there are none, or none that are still what was written."""
        if not SHA256.fullmatch(sha256):
            return None
        with contextlib.suppress(OSError, Damaged):
            return decode_points(read_bounded(self._folder(sha256) / ARRAY, LARGEST), sha256)
        return None

    def add(self, points: Table | Array, name: str = "") -> KeptPoints:
        """Keep points, under the name of their file or another; those that are there already stay as they are.

        Raises ConfigError, StoreError.
        """
        info = PointsInfo(name="")
        if isinstance(points, Table):
            info = PointsInfo(
                name=points.name,
                columns=points.columns,
                where=shortened(points.where, 200),
                left_out=points.left_out,
                duplicates=points.duplicates,
            )
            points = points.points
        points = np.ascontiguousarray(np.asarray(points, np.float64) + 0.0, "<f8")
        check(points)
        sha256 = digest(points)
        if self.get(sha256) is None:
            if len(self.hashes()) >= MOST:
                raise StoreError(f"the store {self.root} has {MOST:,} files of points; remove some first")
            created = datetime.datetime.now(datetime.UTC).isoformat(timespec="seconds")
            called = shortened(printable(" ".join((name or info.name).split())), 200) or "points"
            self._write(sha256, points, info.model_copy(update={"name": called, "created": created}))
        kept = self.info(sha256)
        if kept is None:
            raise StoreError(f"points {sha256[:12]} cannot be kept in {self._folder(sha256)}; move that folder away")
        return kept

    def _write(self, sha256: str, points: Array, info: PointsInfo) -> None:
        folder = self._folder(sha256)
        files = {ARRAY: encode_points(points), INFO: info.model_dump_json().encode()}
        with self._writing():
            aside = write_aside(self.root / "incoming", files)
            try:
                folder.parent.mkdir(parents=True, exist_ok=True)
                if folder.is_dir():  # what is there is not what was written
                    self._away(folder)
                aside.rename(folder)
                sync_folder(folder.parent)
            except OSError as error:
                # Another process was faster; it wrote the same.
                if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                    raise
            finally:
                shutil.rmtree(aside, ignore_errors=True)

    def hashes(self) -> list[str]:
        """Hashes of all points that are kept, sorted."""
        with contextlib.suppress(OSError):
            return sorted(path.name for path in (self.root / "points").iterdir() if SHA256.fullmatch(path.name))
        return []

    def info(self, sha256: str) -> KeptPoints | None:
        """What is known of kept points; None where there are none."""
        if not SHA256.fullmatch(sha256):
            return None
        try:
            size = (self._folder(sha256) / ARRAY).stat().st_size
            info = PointsInfo.model_validate_json(read_bounded(self._folder(sha256) / INFO, MAX_INFO))
        except (OSError, Damaged, ValidationError):
            if not (self._folder(sha256) / ARRAY).is_file():
                return None
            size, info = (self._folder(sha256) / ARRAY).stat().st_size, PointsInfo(name="points")
        return KeptPoints(sha256=sha256, rows=max(0, size - 128) // 16, bytes=size, info=info)

    def all(self) -> list[KeptPoints]:
        """Everything that is kept, by name."""
        found = [kept for sha256 in self.hashes() if (kept := self.info(sha256)) is not None]
        return sorted(found, key=lambda kept: (kept.info.name, kept.sha256))

    def find(self, name: str) -> KeptPoints:
        """The points whose hash begins so (4 digits or more) or that have that name; raises ConfigError."""
        everything = self.all()
        found = [kept for kept in everything if kept.info.name == name]
        if not found and re.fullmatch(r"[0-9a-f]{4,64}", name):
            found = [kept for kept in everything if kept.sha256.startswith(name)]
        if len(found) == 1:
            return found[0]
        if found:
            shown = ", ".join(kept.sha256[:12] for kept in found[:8])
            raise ConfigError.refused("points", name, f"give one of the hashes {shown}", f"means {len(found)} of them")
        shown = ", ".join(f"{kept.sha256[:12]} ({kept.info.name})" for kept in everything[:8])
        allowed = f"use one of {shown}" if everything else "add a file with: gancore points add FILE"
        raise ConfigError.refused("points", name, allowed, "is not kept in this store")

    def remove(self, sha256: str) -> bool:
        """Delete points; False where there are none. Runs that were trained on them stay. Raises StoreError."""
        if not SHA256.fullmatch(sha256) or not self._folder(sha256).is_dir():
            return False
        with self._writing():
            self._away(self._folder(sha256))
        forget(sha256)
        return True

    def _away(self, folder: Path) -> None:
        trash = self.root / "trash" / f"{folder.name}-{uuid.uuid4().hex[:8]}"
        trash.parent.mkdir(parents=True, exist_ok=True)
        with contextlib.suppress(FileNotFoundError):
            folder.rename(trash)
        shutil.rmtree(trash, ignore_errors=True)


def check(points: Array) -> None:
    """Refuse an array that is no set of points in the plane; raises ConfigError."""
    if points.ndim != 2 or points.shape[1] != 2:
        raise ConfigError.refused("points", points.shape, "it must be [n, 2]", "is not an allowed shape")
    if not LEAST <= len(points) <= MAX_ROWS:
        raise ConfigError.of("points", f"there are {len(points):,}; {LEAST} to {MAX_ROWS:,} are allowed", len(points))
    if not np.isfinite(points).all():
        raise ConfigError.of("points", "some are not finite; leave those out")
    check_extent("points", ("x", "y"), points)
