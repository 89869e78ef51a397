"""Searching many runs: each is opened once, however often a page asks, and what changes on disk is noticed."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from support.untrained import untrained

from gancore.config import RunConfig, with_changes
from gancore.store import Store, files, folders

FEW = {"steps": 4, "log_every": 2, "snapshot_every": 2}


@pytest.fixture
def reads(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Every file that the store reads from now on."""
    seen: list[Path] = []

    def read(path: Path, limit: int) -> bytes:
        seen.append(path)
        return files.read_bounded(path, limit)

    monkeypatch.setattr(folders, "read_bounded", read)
    return seen


@pytest.fixture
def store(tmp_path: Path) -> Store:
    own = Store(tmp_path)
    for width in range(1, 21):
        own.put(untrained(config(width)))
    return Store(tmp_path)


def config(batch: int) -> RunConfig:
    return with_changes(RunConfig(), FEW | {"batch_size": batch})


def test_a_search_opens_every_run_once_and_then_only_the_one_it_gives(store: Store, reads: list[Path]) -> None:
    assert store.nearest(config(500)) is not None
    assert len(reads) == 20
    reads.clear()
    for batch in (600, 700, 800):
        assert store.nearest(config(batch)) is not None
    assert reads == []


def test_a_run_that_comes_or_goes_is_noticed(store: Store, reads: list[Path]) -> None:
    near = store.nearest(config(7))
    assert near is not None and near.config == config(7)
    store.put(untrained(with_changes(config(7), {"seed": 0, "latent.dim": 64})))
    reads.clear()
    found = store.nearest(with_changes(config(500), {"latent.dim": 64}))
    assert found is not None and found.config.latent.dim == 64
    assert len(reads) <= 1, "the new run alone"
    Store(store.root).remove(found.run_id)
    found = store.nearest(with_changes(config(500), {"latent.dim": 64}))
    assert found is not None and found.config.latent.dim == 128


def test_a_run_that_was_damaged_since_gives_way_to_the_next(store: Store) -> None:
    near = store.nearest(config(7))
    assert near is not None
    time.sleep(0.01)
    (store.root / "runs" / near.run_id[:2] / near.run_id / "run.json").write_text("{}")
    other = store.nearest(config(7))
    assert other is not None and other.run_id != near.run_id


def test_the_distance_counts_settings_and_another_dataset_as_three(tmp_path: Path) -> None:
    own = Store(tmp_path)
    base = with_changes(RunConfig(), FEW)
    far = with_changes(base, {"batch_size": 64, "latent.dim": 4})
    for run in (far, with_changes(base, {"dataset.kind": "moons"}), with_changes(far, {"seed": 1})):
        own.put(untrained(run))
    found = own.nearest(with_changes(base, {"seed": 3}))
    assert found is not None and found.config == far
    assert own.nearest(base, {far.run_id}) is not None
    assert Store(tmp_path / "nothing").nearest(base) is None


def test_asking_for_a_run_again_reads_nothing_unless_its_files_changed(store: Store, reads: list[Path]) -> None:
    run_id = config(3).run_id
    assert store.get(run_id) is not None and len(reads) == 1
    reads.clear()
    assert store.get(run_id) is not None and not reads
    (store.root / "runs" / run_id[:2] / run_id / "history.parquet").write_bytes(b"x")
    assert store.get(run_id) is None, "its size is not what was written"
    assert reads


def test_frames_are_decoded_once_while_their_bytes_are_checked_each_time(
    store: Store, reads: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    decoded: list[str] = []
    real = folders.decode
    monkeypatch.setattr(folders, "decode", lambda part, data: decoded.append(part) or real(part, data))
    run_id = config(3).run_id
    for _ in range(3):
        run = store.get(run_id)
        assert run is not None and len(run.history) == 2
    assert decoded == ["history"] and [path.name for path in reads].count("history.parquet") == 3
    path = store.root / "runs" / run_id[:2] / run_id / "history.parquet"
    path.write_bytes(bytes(len(path.read_bytes())))
    run = store.get(run_id)
    assert run is not None
    with pytest.raises(folders.RunMissing, match="checksum"):
        _ = run.history
