"""A small bundle in a file, made once a test file."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.bundled import COLLAPSED, CONFIGS, REFERENCES, STUDY
from support.results import make_result

from gancore.store import Store, write_bundle


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("bundled"))
    for config in CONFIGS:
        store.put(make_result(config))
    return store


@pytest.fixture(scope="module")
def path(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "tiny.gancore"
    write_bundle(path, STUDY, "tiny", store.runs(), REFERENCES, collapsed=COLLAPSED)
    return path
