"""The store: what goes in comes out, and is found, listed, checked and removed."""

from __future__ import annotations

import dataclasses
import os
import re
from pathlib import Path

import numpy as np
import pytest
from support import stored
from support.results import make_result
from support.stored import folder_of, rewrite_info

from gancore.config import ConfigError, parse_config
from gancore.store import Store, StoreError, codec, default_root, record

store = stored.store


def test_a_run_comes_back_as_it_was_put(store: Store) -> None:
    result = make_result()
    assert store.get(result.config.run_id) is None
    stored = store.put(result)
    run = Store(store.root).get(result.config.run_id)
    assert run is not None
    assert run.config == result.config
    assert run.run_id == stored.run_id == result.config.run_id
    assert (run.status, run.steps, run.diverged_at, run.seconds, run.device) == ("finished", 1000, None, 12.5, "cpu")
    assert run.versions == result.versions
    assert run.source == "store"
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT[\d:.]+\+00:00", run.created)
    assert list(run.history.columns) == list(result.history)
    for name, values in result.history.items():
        assert run.history[name].to_numpy().dtype == values.dtype
        np.testing.assert_array_equal(run.history[name].to_numpy(), values)
    assert list(run.scores.columns) == ["step", *result.metrics]
    for name, values in result.metrics.items():
        np.testing.assert_array_equal(run.scores[name].to_numpy(), values)
    assert run.snapshot_steps == [0, 500, 1000]
    assert set(run.weights) == set(result.weights)
    for name, values in result.weights.items():
        assert run.weights[name].dtype == np.float32
        np.testing.assert_array_equal(run.weights[name], values)
    assert run.metrics == {key: values[-1] for key, values in result.metrics.items()}


@pytest.mark.parametrize("scale", [1.0, 100.0, 1e-3, 3e38])
def test_stored_points_are_within_half_a_level(store: Store, scale: float) -> None:
    result = make_result()
    points = (result.snapshots * np.float32(scale)).astype(np.float32)
    run = store.put(dataclasses.replace(result, snapshots=points))
    assert run.snapshots.dtype == np.float32
    assert run.snapshots.shape == points.shape
    wide = points.astype(np.float64)
    span = wide.max(axis=1, keepdims=True) - wide.min(axis=1, keepdims=True)
    error = np.abs(run.snapshots.astype(np.float64) - wide)
    assert (error <= span / codec.LEVELS / 2 + np.abs(wide) * 2**-24 + 1e-45).all()
    assert error.max() > 0  # They are fixed point, not floats.
    np.testing.assert_array_equal(run.final, run.snapshots[-1])


def test_points_that_are_not_finite_or_all_equal_survive(store: Store) -> None:
    result = make_result()
    points = result.snapshots.copy()
    points[0, 3, 1] = np.nan
    points[0, 4, 0] = np.inf
    points[1] = np.nan
    points[2] = 0.25
    metrics = {"w1": np.array([np.nan, np.nan, np.inf]), "near": np.array([np.nan, np.nan, np.nan])}
    run = store.put(
        dataclasses.replace(result, snapshots=points, metrics=metrics, status="diverged", diverged_at=900, steps=900)
    )
    assert np.isnan(run.snapshots[0, 3, 1])
    assert np.isnan(run.snapshots[0, 4, 0])
    assert np.isfinite(run.snapshots[0]).sum() == 3998
    assert np.isnan(run.snapshots[1]).all()
    assert (run.snapshots[2] == 0.25).all()
    assert run.metrics == {"w1": None, "near": None}
    assert (run.status, run.diverged_at) == ("diverged", 900)


def test_a_run_with_as_many_snapshots_as_allowed_takes_at_most_500_kb(store: Store) -> None:
    run = store.put(make_result(parse_config({"snapshot_every": 41})))
    assert sum(path.stat().st_size for path in folder_of(store, run.run_id).iterdir()) <= 500_000
    assert run.snapshots.shape == (245, 60_000 // 245, 2)
    assert run.final.shape == (2000, 2)


def test_a_default_run_takes_at_most_500_kb(store: Store) -> None:
    run = store.put(make_result(parse_config({})))
    assert run.snapshots.shape == (26, 2000, 2)
    assert sum(path.stat().st_size for path in folder_of(store, run.run_id).iterdir()) <= 500_000


@pytest.mark.parametrize(
    "run_id", ["../../etc", "../../etc/passwd", "", "/", "a" * 63, "A" * 64, "a" * 64 + "\n", "g" * 64, ".." * 32]
)
def test_ids_from_outside_never_reach_a_path(store: Store, run_id: str, monkeypatch: pytest.MonkeyPatch) -> None:
    store.put(make_result())
    monkeypatch.setattr(store._folders, "folder", lambda run_id: pytest.fail("a path was made"))
    assert store.get(run_id) is None
    assert run_id not in store
    with pytest.raises(ConfigError, match="run: "):
        store.remove(run_id)
    with pytest.raises(ConfigError, match="run: "):
        store.find(run_id)


def test_find_takes_a_unique_prefix(store: Store) -> None:
    ids = sorted(store.put(make_result(parse_config({"steps": 10, "seed": seed}))).run_id for seed in range(3))
    assert store.find(ids[0][:12]).run_id == ids[0]
    assert store.find(ids[1]).run_id == ids[1]
    unused = next(prefix for prefix in ("0000", "1111", "2222", "3333") if not any(i.startswith(prefix) for i in ids))
    with pytest.raises(ConfigError, match=f"no stored run's id starts with '{unused}'"):
        store.find(unused)
    with pytest.raises(ConfigError, match="4 to 64"):
        store.find(ids[0][:3])


def test_find_refuses_a_prefix_of_two_runs(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(store._folders, "ids", lambda: ["ab12" + "0" * 60, "ab12" + "1" * 60])
    monkeypatch.setattr(store, "get", lambda run_id: run_id)
    with pytest.raises(ConfigError, match="'ab12' starts the ids of 2 stored runs; give more digits"):
        store.find("ab12")


def test_runs_are_listed_newest_first(store: Store) -> None:
    assert store.runs() == []
    runs = [store.put(make_result(parse_config({"steps": 10, "seed": seed}))) for seed in range(3)]
    for run, created in zip(runs, ("2020-01-02", "2020-01-03", "2020-01-01"), strict=True):
        rewrite_info(store, run.run_id, created=created)
    assert [run.config.seed for run in store.runs()] == [1, 0, 2]


def test_remove_is_for_good(store: Store) -> None:
    run_id = store.put(make_result()).run_id
    assert store.remove(run_id) is True
    assert run_id not in store
    assert store.remove(run_id) is False
    assert [path for path in store.root.rglob("*") if path.is_file()] == []


def test_making_a_store_writes_nothing(tmp_path: Path) -> None:
    store = Store(tmp_path / "new")
    assert store.runs() == []
    assert store.verify() == []
    assert store.get("a" * 64) is None
    assert not (tmp_path / "new").exists()


def test_a_store_that_cannot_be_written_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("not a folder")
    store = Store(tmp_path / "file" / "store")
    for attempt in (store.writable_or_error, lambda: store.put(make_result())):
        with pytest.raises(StoreError, match=r"the store .*file/store cannot be written .*GANCORE_STORE"):
            attempt()
    assert store.runs() == []
    Store(tmp_path / "fine").writable_or_error()
    assert list((tmp_path / "fine").iterdir()) == []


def test_results_that_do_not_fit_together_are_refused_before_writing(store: Store) -> None:
    result = make_result()
    wrong = [
        ({"snapshots": result.snapshots[:2]}, "snapshots"),
        ({"metrics": {"w1": np.zeros(5)}}, "metrics.w1"),
        ({"history": {"step": np.arange(3), "g_loss": np.zeros(2)}}, "history.g_loss"),
        ({"history": {"g_loss": np.zeros(2)}}, "history"),
        ({"weights": {"../up": np.zeros(2)}}, r"\.\./up"),
    ]
    for changes, name in wrong:
        with pytest.raises(ValueError, match=name):
            store.put(dataclasses.replace(result, **changes))
    assert not store.root.exists()


def test_verify_checks_every_byte_and_clears_leftovers(store: Store) -> None:
    good, bad = (store.put(make_result(parse_config({"steps": 10, "seed": seed}))).run_id for seed in range(2))
    path = folder_of(store, bad) / "weights.npz"
    data = bytearray(path.read_bytes())
    data[100] ^= 255
    path.write_bytes(data)
    stale = store.root / "incoming" / "stale"
    stale.mkdir(parents=True)
    os.utime(stale, (0, 0))
    (problem,) = store.verify()
    assert problem.run_id == bad
    assert "weights.npz" in problem.reason
    assert [run.run_id for run in store.runs()] == [good]
    assert store.verify() == []
    assert not stale.exists()


def test_runs_of_an_older_version_are_listed_but_no_config_finds_them(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = store.put(make_result())
    monkeypatch.setattr("gancore.config.model.RESULTS_VERSION", record.RESULTS_VERSION + 1)
    assert run.config.run_id != run.run_id
    assert run.config.run_id not in store
    assert [listed.run_id for listed in store.runs()] == [run.run_id]
    assert store.verify() == []
    assert store.remove(run.run_id)


def test_runs_of_a_newer_version_are_named_and_left_alone(store: Store) -> None:
    config = parse_config({}).model_dump(mode="json") | {"moon_phase": "full"}
    run_id = codec.checksum(codec.canonical({"config": config, "results_version": 99}))
    first, second = (store.put(make_result(parse_config({"steps": 10, "seed": seed}))).run_id for seed in range(2))
    folder_of(store, run_id).parent.mkdir(parents=True, exist_ok=True)
    folder_of(store, first).rename(folder_of(store, run_id))
    rewrite_info(store, run_id, config=config, results_version=99, run_id=run_id)
    rewrite_info(store, second, format=99)
    assert store.runs() == []
    assert store.get(run_id) is None
    reasons = {problem.run_id: problem.reason for problem in store.verify()}
    assert "moon_phase" in reasons[run_id]
    assert "update gancore" in reasons[run_id]
    assert "format 99" in reasons[second]
    assert not (store.root / "quarantine").exists()
    assert store.remove(run_id)


def test_default_root_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path / "here"))
    assert default_root() == tmp_path / "here"
    assert Store().root == tmp_path / "here"
    monkeypatch.delenv("GANCORE_STORE")
    assert default_root().name == "gancore"
