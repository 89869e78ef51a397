"""RunFolders: one folder a run, checked whenever it is read; broken ones go to quarantine."""

from __future__ import annotations

import contextlib
import errno
import logging
import os
import re
import shutil
import time
import uuid
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from gancore.config import RunConfig
from gancore.store.codec import checksum
from gancore.store.errors import Damaged, Problem, RunMissing, StoreError, Unreadable
from gancore.store.files import read_bounded, sync_folder, write_aside
from gancore.store.parts import FILES, LIMITS, NAMED, decode, file_name
from gancore.store.recent import Recent, RecentInfos, state_of
from gancore.store.record import RUN_ID, PartName, RunInfo, StoredRun, config_of, read_info, write_info

log = logging.getLogger("gancore.store")

MAX_INFO = 2**20
"""Bytes that run.json may have."""
STALE = 3600.0
"""Seconds after which what a stopped process left half-written is cleared away."""
MOST_FRAMES = 4_096
"""Histories and scores that are kept decoded."""
SMALL = 2**15
"""Bytes of a file whose frame is kept so; the default settings' have 8 KB."""


class RunFolders:
    """``<root>/runs/<2 digits>/<run_id>/`` with run.json and one file a part.

    A folder appears and disappears whole, by renaming. Ids must have been matched against RUN_ID before they come here.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self._infos = RecentInfos()
        self._frames: Recent[tuple[PartName, str], Any] = Recent(MOST_FRAMES)

    def folder(self, run_id: str) -> Path:
        """Where a run is, or would be."""
        return self.root / "runs" / run_id[:2] / run_id

    def ids(self) -> list[str]:
        """Ids of all folders, whatever state they are in."""
        found: list[str] = []
        with contextlib.suppress(FileNotFoundError, NotADirectoryError), self.reading():
            for shelf in sorted(os.listdir(self.root / "runs")):
                if re.fullmatch(r"[0-9a-f]{2}", shelf):
                    names = sorted(os.listdir(self.root / "runs" / shelf))
                    found += [name for name in names if RUN_ID.fullmatch(name) and name.startswith(shelf)]
        return found

    def get(self, run_id: str, full: bool = False) -> StoredRun | None:
        """The run, or None if it is missing, unreadable here or, as it turns out, damaged.

        Sizes are always checked; ``full`` checks every byte.
        """
        try:
            folder = f"{self.root}/runs/{run_id[:2]}/{run_id}"  # as ``folder`` has it, which takes three times as long
            if not full and (known := self._infos.get(run_id, folder)) is not None:
                return StoredRun(*known, "store", self)
            state = state_of(f"{folder}/run.json")
            info = self._inspect(run_id, full)
            if info is None:
                return None
            config = config_of(info)
            if state is not None:
                self._infos.keep(state, [file_name(info, part) for part in FILES], info, config)
            return StoredRun(info, config, "store", self)
        except Damaged as error:
            self._quarantine(run_id, str(error))
        except Unreadable as error:
            log.info("run %s: %s", run_id[:12], error)
        return None

    def unreadable(self, run_id: str) -> str:
        """Why a run that is there and sound cannot be read here; empty where it can, or where there is none such."""
        try:
            info = self._inspect(run_id, full=False)
            if info is not None:
                config_of(info)
        except (Damaged, Unreadable) as error:
            return str(error) if isinstance(error, Unreadable) else ""
        return ""

    def load(self, info: RunInfo, part: PartName) -> Any:
        """One part of a run, checked; a damaged run goes to quarantine and raises RunMissing."""
        if part not in FILES:
            return None
        try:
            return self._read(self.folder(info.run_id), info, part)
        except Damaged as error:
            reason = str(error)
        # Another process may have replaced the run since ``info`` was read, so look at it afresh before judging.
        try:
            fresh = self._inspect(info.run_id, full=True)
            if fresh is not None:
                return self._read(self.folder(info.run_id), fresh, part)
        except Damaged as error:
            reason = str(error)
        except Unreadable as error:
            raise RunMissing(f"run {info.run_id[:12]}: {error}") from None
        raise RunMissing(self._quarantine(info.run_id, reason))

    def add(self, info: RunInfo, files: Mapping[str, bytes], config: RunConfig) -> StoredRun:
        """Store a run; one that is already there and sound stays. Raises StoreError."""
        folder = self.folder(info.run_id)
        for _ in range(10):
            stored = self.get(info.run_id, full=True)
            if stored is not None:
                return stored
            with self.writing():
                aside = write_aside(self.root / "incoming", {**files, "run.json": write_info(info)})
                try:
                    folder.parent.mkdir(parents=True, exist_ok=True)
                    aside.rename(folder)
                    sync_folder(folder.parent)
                    return StoredRun(info, config, "store", self)
                except OSError as error:
                    # Another process was faster, which is fine if what it stored is sound.
                    if error.errno not in (errno.EEXIST, errno.ENOTEMPTY):
                        raise
                finally:
                    shutil.rmtree(aside, ignore_errors=True)
        raise StoreError(f"run {info.run_id[:12]} cannot be stored in {folder}; move that folder away, then retry")

    def remove(self, run_id: str) -> bool:
        """Delete a run; False where there is none. Raises StoreError."""
        if not self.folder(run_id).is_dir():
            return False
        with self.writing():
            trash = self.root / "trash" / f"{run_id}-{uuid.uuid4().hex[:8]}"
            trash.parent.mkdir(parents=True, exist_ok=True)
            try:
                self.folder(run_id).rename(trash)
            except FileNotFoundError:
                return False
            shutil.rmtree(trash, ignore_errors=True)
        return True

    def verify(self) -> list[Problem]:
        """Check every byte of every run; broken ones go to quarantine. Also clears what stopped writers left."""
        problems: list[Problem] = []
        for run_id in self.ids():
            try:
                info = self._inspect(run_id, full=True)
                if info is not None:
                    config_of(info)
                    self._clear(self.folder(run_id), info)
            except Damaged as error:
                problems.append(Problem(run_id, self._quarantine(run_id, str(error))))
            except Unreadable as error:
                problems.append(Problem(run_id, f"run {run_id[:12]}: {error}"))
        for folder in (self.root / "incoming", self.root / "trash"):
            with contextlib.suppress(OSError):
                for entry in list(folder.iterdir()):
                    if time.time() - entry.stat().st_mtime > STALE:
                        shutil.rmtree(entry, ignore_errors=True)
        return problems

    def _clear(self, folder: Path, info: RunInfo) -> None:
        """Delete scores that a process left behind when it was stopped while it replaced them."""
        with contextlib.suppress(OSError):
            for path in list(folder.iterdir()):
                other = path.name == FILES["scores"] or NAMED.fullmatch(path.name)
                if other and path.name not in info.files and time.time() - path.stat().st_mtime > STALE:
                    path.unlink(missing_ok=True)

    def _inspect(self, run_id: str, full: bool) -> RunInfo | None:
        """The run's info once its files are checked; None if there is no such folder. Raises Damaged, Unreadable."""
        folder = self.folder(run_id)
        try:
            return self._check(folder, run_id, full)
        except Damaged:
            if not folder.is_dir():
                return None
        # The run may have been stored between the two looks; it comes whole, in one move, so this one decides.
        return self._check(folder, run_id, full)

    def _check(self, folder: Path, run_id: str, full: bool) -> RunInfo:
        """The info in a run's folder once its files are checked. Raises Damaged, Unreadable."""
        with self.reading():
            try:
                info = read_info(read_bounded(folder / "run.json", MAX_INFO))
                if info.run_id != run_id:
                    raise Damaged("it belongs to another run")
            except (FileNotFoundError, NotADirectoryError):
                raise Damaged("run.json is missing") from None
            except Damaged as error:
                raise Damaged(f"run.json: {error}") from None
            for part in FILES:
                self._bytes(folder, info, part) if full else self._size(folder, info, part)
        return info

    def _read(self, folder: Path, info: RunInfo, part: PartName) -> Any:
        with self.reading():
            data = self._bytes(folder, info, part)
        # The bytes are read and checked each time; decoding a small frame takes ten times as long as that.
        key = (part, info.files[file_name(info, part)].sha256)
        if (kept := self._frames.get(key)) is not None:
            return kept
        try:
            content = decode(part, data)
            if part in ("history", "scores") and len(data) < SMALL:
                self._frames.keep(key, content)
            return content
        except Damaged as error:
            raise Damaged(f"{file_name(info, part)}: {error}") from None

    def _size(self, folder: Path, info: RunInfo, part: PartName) -> None:
        """Raise Damaged unless a file is there with the size that was written."""
        name = file_name(info, part)
        if name not in info.files:
            raise Damaged(f"{name} is not listed in run.json")
        try:
            size = (folder / name).stat().st_size
        except (FileNotFoundError, NotADirectoryError):
            raise Damaged(f"{name} is missing") from None
        if size != info.files[name].size or size > LIMITS[part]:
            raise Damaged(f"{name} has {size:,} bytes and was written with {info.files[name].size:,}")

    def _bytes(self, folder: Path, info: RunInfo, part: PartName) -> bytes:
        """A file's bytes, if they are those that were written; raises Damaged."""
        self._size(folder, info, part)
        name = file_name(info, part)
        try:
            data = read_bounded(folder / name, LIMITS[part])
        except (FileNotFoundError, NotADirectoryError):
            raise Damaged(f"{name} is missing") from None
        if checksum(data) != info.files[name].sha256:
            raise Damaged(f"{name} has changed since it was written (its checksum differs)")
        return data

    def _quarantine(self, run_id: str, reason: str) -> str:
        """Move a broken run out of the way; gives the sentence that says so."""
        target = self.root / "quarantine" / f"{run_id}-{uuid.uuid4().hex[:8]}"
        sentence = f"run {run_id[:12]}: {reason}; it counts as missing and will be trained again"
        gone = f"run {run_id[:12]} was removed or replaced while it was read; ask for it again"
        try:
            target.parent.mkdir(parents=True, exist_ok=True)
            self.folder(run_id).rename(target)
        except OSError as error:
            if not self.folder(run_id).exists():
                return gone
            sentence += f" (it cannot be moved to quarantine: {error.strerror or error})"
        else:
            if self._whole(target, run_id):
                # It was replaced between the look and the move; nobody else can touch it here, so this look is final.
                try:
                    target.rename(self.folder(run_id))
                except OSError:
                    shutil.rmtree(target, ignore_errors=True)
                return gone
            with contextlib.suppress(OSError):
                (target / "reason.txt").write_text(f"{sentence}.\n", encoding="utf-8")
            sentence += f" (its files are now in {target})"
        log.warning("%s", sentence)
        return sentence

    def _whole(self, folder: Path, run_id: str) -> bool:
        """Whether every part of the run in a folder can be read."""
        try:
            info = self._check(folder, run_id, full=False)
            for part in FILES:
                self._read(folder, info, part)
        except (Damaged, StoreError):
            return False
        except Unreadable:
            return True
        return True

    @contextlib.contextmanager
    def reading(self) -> Generator[None]:
        """Turns an OSError other than a missing file into a StoreError."""
        try:
            yield
        except (FileNotFoundError, NotADirectoryError):
            raise
        except OSError as error:
            raise StoreError(f"the store {self.root} cannot be read ({error.strerror or error})") from error

    @contextlib.contextmanager
    def writing(self) -> Generator[None]:
        """Turns an OSError into a StoreError that names the folder."""
        try:
            yield
        except OSError as error:
            raise StoreError(
                f"the store {self.root} cannot be written ({error.strerror or error}); "
                "set GANCORE_STORE to a folder where gancore may write"
            ) from error
