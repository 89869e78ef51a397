"""Worker processes that are none: a script in the place of the interpreter that would load TensorFlow."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gancore.jobs import pool


class FakeWorkers:
    """What the next workers do; each start is a line in ``starts``."""

    def __init__(self, folder: Path) -> None:
        self._script, self._starts = folder / "worker", folder / "starts"

    def do(self, commands: str) -> None:
        """Have workers do these shell commands; ``$3`` is the store's folder and ``$4`` the slot."""
        self._script.write_text(f'#!/bin/sh\necho "$4" >> {self._starts}\n{commands}\n')
        self._script.chmod(0o755)

    @property
    def starts(self) -> list[int]:
        """Slots in the order of the starts."""
        return [int(line) for line in self._starts.read_text().split()] if self._starts.exists() else []

    @property
    def executable(self) -> str:
        """The script."""
        return str(self._script)


@pytest.fixture
def fake_workers(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeWorkers]:
    """Two workers a machine, none of which is one; those still there are ended after the test."""
    before = dict(pool._children)
    pool._children.clear()
    workers = FakeWorkers(tmp_path)
    workers.do("sleep 60")
    monkeypatch.setattr(sys, "executable", workers.executable)
    monkeypatch.setattr(pool, "default_workers", lambda memory=None: 2)
    monkeypatch.setattr(pool, "unavailable", lambda: "")
    yield workers
    for child in pool._children.values():
        child.kill()
        child.wait()
    pool._children.clear()
    pool._deaths.clear()
    pool._children.update(before)
