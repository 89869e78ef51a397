"""Writing so that a reader sees everything or nothing."""

from __future__ import annotations

import contextlib
import mmap
import os
import shutil
import tempfile
from collections.abc import Mapping
from pathlib import Path

from gancore.store.errors import Damaged


def read_bounded(path: Path, limit: int) -> bytes:
    """A file's bytes; raises Damaged if it is larger than ``limit``, OSError if it cannot be read.

    Memory is asked for as the file's size needs it, not as the limit allows.
    """
    parts: list[bytes] = []
    left = limit + 1
    try:
        file = path.open("rb")
    except ValueError as error:  # a null byte in its name
        raise OSError(f"{error}") from None
    with file:
        wanted = os.fstat(file.fileno()).st_size + 1  # one more, so that its end is seen in one call
        while left > 0 and (data := file.read(min(left, wanted))):
            parts.append(data)
            left -= len(data)
            wanted = 2**16  # it has grown, or its size is not known (a pipe)
    if left <= 0:
        raise Damaged(f"it is larger than {limit:,} bytes")
    return parts[0] if len(parts) == 1 else b"".join(parts)


class Mapped(mmap.mmap):
    """A file's bytes in the memory that the system caches files in; zipfile reads it as a file."""

    def seekable(self) -> bool:
        """Always."""
        return True


def mapped(path: Path, limit: int) -> Mapped | bytes:
    """A file as it is now, though another take its place; raises Damaged where it is larger than ``limit``, OSError."""
    if os.name == "nt":  # where a mapped file could not be replaced
        return read_bounded(path, limit)
    with path.open("rb") as file:
        size = os.fstat(file.fileno()).st_size
        if size > limit:
            raise Damaged(f"it is larger than {limit:,} bytes")
        return Mapped(file.fileno(), size, access=mmap.ACCESS_READ) if size else b""


def write_aside(folder: Path, files: Mapping[str, bytes]) -> Path:
    """A new folder inside ``folder`` with these files, safely on disk; to be renamed into place."""
    folder.mkdir(parents=True, exist_ok=True)
    aside = Path(tempfile.mkdtemp(dir=folder))
    try:
        aside.chmod(0o755)
        with contextlib.ExitStack() as opened:
            written = [opened.enter_context((aside / name).open("xb")) for name in files]
            for file, data in zip(written, files.values(), strict=True):
                file.write(data)
                file.flush()
            # All are written before the first is synced: most file systems then have little left to do for the others.
            for file in written:
                os.fsync(file.fileno())
        sync_folder(aside)
    except BaseException:
        shutil.rmtree(aside, ignore_errors=True)
        raise
    return aside


def replace_file(path: Path, data: bytes, lasting: bool = True) -> None:
    """Write a file beside ``path``, then rename it there; unless it is ``lasting``, a power cut may lose it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, aside = tempfile.mkstemp(dir=path.parent, prefix=".", suffix=".part")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            if lasting:
                file.flush()
                os.fsync(file.fileno())
        os.chmod(aside, 0o644)
        os.replace(aside, path)
    except BaseException:
        with contextlib.suppress(OSError):
            os.unlink(aside)
        raise
    if lasting:
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make a folder's entries last through a power cut, where the system can (Windows cannot)."""
    with contextlib.suppress(OSError, AttributeError):
        handle = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
