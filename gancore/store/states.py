"""What finished runs were when they ended, so that they can be trained on: the newest of them, as room allows."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

from gancore.store.errors import Damaged
from gancore.store.files import read_bounded, replace_file

MOST = 256 * 2**20
"""Bytes that the states of a store may take together; a run of the default settings has 730 KB."""
LARGEST = 16 * 2**20
"""Bytes of a state that is kept."""
LOOKS = 16
"""Looks for room while states of ``MOST`` bytes are kept: a look asks for the size of every one of them."""


class States:
    """``<root>/states/<steps>/<run_id>.npz``: a run's last checkpoint. Bundles leave them out, and nothing needs them.

    Where one is gone the run is trained from its start.
    """

    def __init__(self, root: Path) -> None:
        self._root = root / "states"
        self._unseen = float("inf")
        """Bytes kept since the last look for room."""

    def _path(self, run_id: str, steps: int) -> Path:
        return self._root / str(steps) / f"{run_id}.npz"

    def keep(self, run_id: str, steps: int, data: bytes) -> None:
        """Keep a run's state, and let go of the oldest ones that there is no room for; raises OSError."""
        if len(data) > LARGEST:
            return
        replace_file(self._path(run_id, steps), data, lasting=False)
        self._unseen += len(data)
        if self._unseen > MOST / LOOKS:
            self._make_room()
            self._unseen = 0

    def lengths(self) -> list[int]:
        """The lengths in steps of the runs that have a state, the longest first."""
        with contextlib.suppress(OSError):
            return sorted((int(name) for name in os.listdir(self._root) if name.isdecimal()), reverse=True)
        return []

    def has(self, run_id: str, steps: int) -> bool:
        """Whether the state of a run of this length is kept."""
        return self._path(run_id, steps).is_file()

    def read(self, run_id: str, steps: int) -> bytes | None:
        """A state as it was kept; None where there is none."""
        with contextlib.suppress(OSError, Damaged):
            return read_bounded(self._path(run_id, steps), LARGEST)
        return None

    def forget(self, run_id: str) -> None:
        """Let go of a run's state."""
        for steps in self.lengths():
            with contextlib.suppress(OSError):
                self._path(run_id, steps).unlink(missing_ok=True)

    def _make_room(self) -> None:
        found = sorted(self._files())
        taken = sum(size for _, size, _ in found)
        for _, size, path in found:
            if taken <= MOST - MOST / LOOKS:  # what comes until the next look fits as well
                return
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
                path.parent.rmdir()  # where it was the last of its length
            taken -= size

    def _files(self) -> Iterator[tuple[float, int, Path]]:
        """When each was kept, its bytes and its place."""
        for path in self._root.glob("*/*.npz"):
            with contextlib.suppress(OSError):
                found = path.stat()
                yield found.st_mtime, found.st_size, path
