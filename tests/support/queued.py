"""A store whose jobs wait: nothing starts a worker, unless a test takes a worker's part itself."""

from __future__ import annotations

from pathlib import Path

import pytest

from gancore.jobs import pool
from gancore.store import Store


@pytest.fixture(autouse=True)
def no_processes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)


@pytest.fixture
def store(own_store: Path) -> Store:
    return Store.open(own_store)
