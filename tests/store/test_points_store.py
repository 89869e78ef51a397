"""Points of one's own in a store: found by the hash of their content, whole or not at all."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.tables_of_points import POINTS, csv, saurus

from gancore.config import ConfigError
from gancore.datasets.points import digest, forget, is_known, load, read_table
from gancore.store import Store, StoreError


@pytest.fixture
def store(own_store: Path) -> Store:
    return Store(own_store)


def test_points_are_found_by_their_content(store: Store) -> None:
    kept = store.points.add(read_table(csv(saurus()), "saurus.csv", where="dataset=dino"))
    assert kept.sha256 == digest(POINTS) and kept.rows == 60
    assert (kept.info.name, kept.info.columns, kept.info.where) == ("saurus.csv", ("x", "y"), "dataset=dino")
    found = store.points.get(kept.sha256)
    assert found is not None and found.dtype == np.float64 and np.array_equal(found, POINTS)
    # The same points from another file are the same points; their first name stays.
    assert store.points.add(POINTS, "again") == kept and store.points.all() == [kept]
    assert [store.points.find(name) for name in ("saurus.csv", kept.sha256, kept.sha256[:4])] == [kept] * 3


def test_their_hash_is_fixed() -> None:
    """It is part of the ids of runs."""
    points = np.arange(40.0).reshape(20, 2) / 8
    assert digest(points) == "5c77e9338ae543a7f2c4ec3ecc494fa1c71133ca0e52c8693323a9d5b6194ca2"
    assert digest(points) == digest(np.asfortranarray(points)) == digest(points.astype(">f8"))
    assert digest(points) != digest(points[::-1])
    zeros = points * np.array([[1.0, 0.0]])
    assert digest(zeros) == digest(zeros * [1.0, -1.0])


def test_every_process_that_opens_the_store_finds_them(store: Store) -> None:
    sha256 = store.points.add(POINTS * 3, "mine").sha256
    forget(sha256)
    assert is_known(sha256) and np.array_equal(load(sha256), POINTS * 3)
    store.points.remove(sha256)
    assert not is_known(sha256)
    with pytest.raises(ConfigError) as error:
        load(sha256)
    assert str(error.value) == (
        f"dataset.sha256: '{sha256[:12]}' names points that are not in this store; add the file that they came from "
        "with: gancore points add FILE (or on the Data page)"
    )


@pytest.mark.parametrize("damage", ["changed", "cut", "emptied", "pickled"])
def test_what_is_not_what_was_written_counts_as_missing_and_can_be_added_again(store: Store, damage: str) -> None:
    points = POINTS * (4 + len(damage) + ord(damage[0]))  # which no other store of this process has
    sha256 = store.points.add(points, "mine").sha256
    path = store.root / "points" / sha256 / "points.npy"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(
        {"changed": bytes(data), "cut": bytes(data[:-8]), "emptied": b"", "pickled": b"\x80\x04N."}[damage]
    )
    forget(sha256)
    assert store.points.get(sha256) is None and not is_known(sha256)
    assert store.points.add(points, "mine").sha256 == sha256
    assert is_known(sha256)


@pytest.mark.parametrize(
    ("points", "said"),
    [
        (POINTS[:19], "points: there are 19; 20 to 1,000,000 are allowed"),
        (POINTS[:, :1], "points: (60, 1) is not an allowed shape; it must be [n, 2]"),
        (POINTS * [[1, np.nan]], "points: some are not finite; leave those out"),
        (POINTS * [[1, 0]], "points: 'points' has 0 in every row of y; both axes must vary"),
    ],
)
def test_what_is_no_set_of_points_is_not_stored(store: Store, points: np.ndarray, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        store.points.add(points)
    assert str(error.value).startswith(said) and not store.root.exists()


def test_nothing_half_read_is_stored(store: Store) -> None:
    with pytest.raises(ConfigError):
        store.points.add(read_table(csv() + b"1,2,3\n", "a.csv"))
    assert not store.root.exists()


def test_no_name_reaches_another_place(store: Store) -> None:
    for name in ("../../etc/passwd", "/etc/passwd", "a" * 63, "A" * 64, ""):
        assert store.points.get(name) is None and store.points.info(name) is None and not store.points.remove(name)
    kept = store.points.add(POINTS, "../<b>\n" + "n" * 300)
    assert kept.info.name.startswith("../<b> nnn") and len(kept.info.name) == 200


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreError, match="cannot be written"):
        Store(tmp_path / "file").points.add(POINTS)


def test_a_name_or_hash_that_is_not_there_is_told_what_is(store: Store) -> None:
    with pytest.raises(ConfigError, match="points: 'mine' is not kept in this store; add a file with: gancore points"):
        store.points.find("mine")
    first, second = store.points.add(POINTS, "mine"), store.points.add(POINTS * 2, "mine")
    with pytest.raises(ConfigError) as error:
        store.points.find("mine")
    assert "means 2 of them" in str(error.value) and first.sha256[:12] in str(error.value)
    assert store.points.find(second.sha256[:8]) == second
