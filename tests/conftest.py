"""Every test gets a store of its own."""

from __future__ import annotations

import gc
import os

import pytest
from hypothesis import HealthCheck, settings
from support.chromium import app, browsing
from support.quick_pages import quicken

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
# As processes that train have it: else each thread of numpy's matrix products spins for 2^26 cycles after every one.
os.environ.setdefault("OPENBLAS_THREAD_TIMEOUT", "4")
os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
# After each run of a page Streamlit looks for garbage in all that there is: half a second where TensorFlow is loaded.
os.environ.setdefault("STREAMLIT_RUNNER_POST_SCRIPT_GC", "false")

OBJECTS = 10_000
"""New objects after which Python looks for garbage, as on a server of pages: tracing makes many, and no garbage."""

WORKERS = {"analysis", "benchmarks", "cli", "jobs", "store", "ui"}
"""Whose slow tests start real workers, of which there are as many as cores: two files of one folder take turns."""

LONGEST = ("workers of jobs", "workers", "browsers", "training/", "export/", "metrics/", "datasets/")
"""How the groups begin that take longest, which come first where there are several processes: the last of them to end
is not one that began when all others were through."""

# How long an example takes is a matter of the machine.
settings.register_profile("gancore", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gancore")


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several processes, one has all tests of a file, or of a folder with workers, or all that have a browser."""
    if "exhaustive" not in config.option.markexpr:
        config.hook.pytest_deselected(items=[item for item in items if item.get_closest_marker("exhaustive")])
        items[:] = [item for item in items if not item.get_closest_marker("exhaustive")]
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(_group(item)))
    if "PYTEST_XDIST_WORKER" in os.environ:
        items.sort(key=_turn)
    if getattr(config.option, "loadgroup", False):
        for item in items:
            _tell(item)


def _group(item: pytest.Item) -> str:
    marks = {mark.name for mark in item.iter_markers()}
    folder = item.path.parent.name
    if "browser" in marks:
        return "browsers"
    return f"workers of {folder}" if "slow" in marks and folder in WORKERS else f"{folder}/{item.path.stem}"


def _named(item: pytest.Item) -> str:
    """The group of a test that has one."""
    mark = item.get_closest_marker("xdist_group")
    return str((mark.args or [*mark.kwargs.values()])[0]) if mark else ""


def _tell(item: pytest.Item) -> None:
    """Add a test's group to its id, from which pytest-xdist's ``loadgroup`` reads it.

    pytest-xdist 3.8 writes it to ``_nodeid``, which pytest 9.2 no longer reads: every test was a group of its own, and
    what a file prepares for its tests was prepared in every process.
    """
    known = getattr(item, "_id", None)
    if hasattr(known, "parse"):
        item._id = known.parse(f"{item.nodeid}@{_named(item)}")  # type: ignore[attr-defined]


def pytest_make_parametrize_id(val: object, argname: str) -> str | None:
    """Bytes name no test: what a library writes may hold the time, which differs between processes that collect."""
    return argname if isinstance(val, bytes) else None


def pytest_collection_finish() -> None:
    """What is there when the tests begin stays: no search for garbage has to go through it, and there are few."""
    gc.freeze()
    gc.set_threshold(OBJECTS)
    quicken()


def _turn(item: pytest.Item) -> int:
    """The place of a test's group among the longest; all others come after them, in their order."""
    name = _named(item)
    return next((place for place, start in enumerate(LONGEST) if name.startswith(start)), len(LONGEST))


@pytest.fixture(autouse=True)
def own_store(tmp_path, monkeypatch):
    """GANCORE_STORE in a temporary folder, so that no test reads or writes the user's runs."""
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path / "store"))
    return tmp_path / "store"


@pytest.fixture(scope="module")
def chromium():
    """A real browser, for the tests of one file."""
    with browsing() as browser:
        yield browser


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The app over a store of its own, for all browser tests that store nothing; each opens sessions of its own."""
    with app(tmp_path_factory.mktemp("served") / "store") as address:
        yield address
