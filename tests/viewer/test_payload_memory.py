"""A view of many runs has the points of a few of them in memory at a time, and can be broken off."""

from __future__ import annotations

import gc
import weakref
from collections.abc import Iterator

import pytest
from support.untrained import untrained

from gancore.store import Store, folders
from gancore.studies import load_study
from gancore.viewer import study_payload

STUDY, SEEDS = load_study("first-fixes"), 6


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    own = Store(tmp_path_factory.mktemp("payloads"))
    for config in STUDY.configs(SEEDS):
        own.put(untrained(config))
    return own


@pytest.fixture
def nothing_else() -> Iterator[None]:
    """What was there before is not looked at by the collector: with TensorFlow that takes a second each time."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("nothing_else")
@pytest.mark.parametrize(("pick", "most"), [("each", 2), ("all", SEEDS + 1), ("median", 2)])
def test_points_are_forgotten_once_they_are_packed(
    store: Store, monkeypatch: pytest.MonkeyPatch, pick: str, most: int
) -> None:
    alive: list[weakref.ref] = []
    peaks: list[int] = []
    real = folders.decode

    def decode(part, data):
        content = real(part, data)
        if part == "snapshots":
            alive.append(weakref.ref(content.points))
            gc.collect()
            peaks.append(sum(one() is not None for one in alive))
        return content

    monkeypatch.setattr(folders, "decode", decode)
    payload = study_payload(store, STUDY, SEEDS, [pick])
    assert all(payload["picks"][0]["shown"])
    assert len(peaks) >= len(STUDY.variants) and max(peaks) <= most


def test_it_can_be_broken_off_between_two_panels(store: Store) -> None:
    class Gone(Exception):
        pass

    beats: list[int] = []

    def beat() -> None:
        beats.append(1)
        if len(beats) > len(STUDY.variants) + 3:  # a beat a variant comes before the panels
            raise Gone

    with pytest.raises(Gone):
        study_payload(store, STUDY, SEEDS, ["each"], beat=beat)
    beats.clear()
    study_payload(store, STUDY, 1, ["median"], beat=lambda: beats.append(1))
    assert len(beats) == 2 * len(STUDY.variants)
