"""The folders of a store, for tests that look into them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from gancore.store import Store, codec


def folder_of(store: Store, run_id: str) -> Path:
    return store.root / "runs" / run_id[:2] / run_id


def rewrite_info(store: Store, folder: str, **changes: object) -> None:
    """Change run.json as a newer or older gancore would have written it, its checksum included."""
    path = folder_of(store, folder) / "run.json"
    content = {key: value for key, value in json.loads(path.read_text()).items() if key != "sha256"} | changes
    path.write_bytes(codec.canonical(content | {"sha256": codec.checksum(codec.canonical(content))}))


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")
