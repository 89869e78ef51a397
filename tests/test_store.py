"""The store: what goes in comes out, and what is broken reads as missing."""

from __future__ import annotations

import dataclasses
import itertools
import json
import logging
import os
import re
import shutil
import subprocess
import sys
import time
from pathlib import Path

import numpy as np
import pytest

from gancore.config import ConfigError, RunConfig, parse_config
from gancore.recording.result import RunResult
from gancore.store import RunMissing, Store, StoreError, codec, default_root, floors_key, record

FILES = ["checkpoints.parquet", "history.parquet", "snapshots.npz", "weights.npz"]
ROOT = Path(__file__).parents[1]


def make_result(config: RunConfig | None = None, **changes: object) -> RunResult:
    """A result of random arrays with the sizes that the config asks for."""
    config = config or parse_config({"steps": 1000, "snapshot_every": 500})
    rng = np.random.default_rng(config.seed)
    names = ["d_loss", "d_loss_real", "d_loss_fake", "d_acc", "d_acc_real", "d_acc_fake", "g_loss"]
    rows, count = len(config.log_steps), len(config.snapshot_steps)
    history = {name: rng.normal(size=rows).astype(np.float32) for name in names}
    keys = ["w1", "w1_excess", "swd", "curve_mean", "curve_p95", "near", "coverage", "max_gap", "learned"]
    scores = {key: rng.random(count) for key in keys}
    for key in ("w1", "w1_excess", "learned"):
        scores[key][:-1] = np.nan
    scores["learned"][-1] = 1.0
    weights: dict[str, np.ndarray] = {}
    for network, widths in (
        ("generator", [config.latent.dim, *config.generator.hidden, 2]),
        ("discriminator", [2, *config.discriminator.hidden, 1]),
    ):
        for layer, (rows_in, out) in enumerate(itertools.pairwise(widths)):
            weights[f"{network}/{layer}/kernel"] = rng.normal(size=(rows_in, out)).astype(np.float32)
            weights[f"{network}/{layer}/bias"] = rng.normal(size=out).astype(np.float32)
    result = RunResult(
        config=config,
        status="finished",
        steps=config.steps,
        diverged_at=None,
        seconds=12.5,
        history={"step": np.array(config.log_steps)} | history,
        snapshot_steps=np.array(config.snapshot_steps),
        snapshots=rng.uniform(-1, 1, size=(count, 2000, 2)).astype(np.float32),
        metrics=scores,
        weights=weights,
        versions={"python": "3.11", "gancore": "0.1"},
        device="cpu",
    )
    return dataclasses.replace(result, **changes)  # type: ignore[arg-type]


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
    assert list(run.checkpoints.columns) == ["step", *result.metrics]
    for name, values in result.metrics.items():
        np.testing.assert_array_equal(run.checkpoints[name].to_numpy(), values)
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


@pytest.mark.parametrize("name", FILES)
@pytest.mark.parametrize("damage", ["truncated", "missing"])
def test_a_broken_file_puts_the_run_in_quarantine(
    store: Store, name: str, damage: str, caplog: pytest.LogCaptureFixture
) -> None:
    run_id = store.put(make_result()).run_id
    path = folder_of(store, run_id) / name
    if damage == "truncated":
        path.write_bytes(path.read_bytes()[:-20])
    else:
        path.unlink()
    with caplog.at_level(logging.WARNING):
        assert store.get(run_id) is None
    assert len(caplog.messages) == 1
    assert run_id[:12] in caplog.text
    assert name in caplog.text
    assert "will be trained again" in caplog.text
    assert not folder_of(store, run_id).exists()
    (kept,) = (store.root / "quarantine").iterdir()
    assert name in (kept / "reason.txt").read_text()
    assert store.put(make_result()).metrics  # It can be trained and stored again.
    assert run_id in store


@pytest.mark.parametrize("name", FILES)
def test_a_changed_byte_is_noticed_when_the_file_is_read(store: Store, name: str) -> None:
    run = store.put(make_result())
    path = folder_of(store, run.run_id) / name
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1
    path.write_bytes(data)
    attribute = name.partition(".")[0]
    with pytest.raises(RunMissing, match=rf"{run.run_id[:12]}.*{name}.*changed.*trained again"):
        getattr(run, attribute)
    assert run.run_id not in store


@pytest.mark.parametrize("damage", [b"", b"{", b"[]", b"null", b'{"format": NaN}', b"\xff\xfe"])
def test_a_broken_run_json_is_missing(store: Store, damage: bytes) -> None:
    run_id = store.put(make_result()).run_id
    (folder_of(store, run_id) / "run.json").write_bytes(damage)
    assert store.get(run_id) is None
    assert "run.json" in next((store.root / "quarantine").glob("*/reason.txt")).read_text()


def test_a_number_edited_in_run_json_is_noticed(store: Store) -> None:
    run_id = store.put(make_result()).run_id
    path = folder_of(store, run_id) / "run.json"
    text = path.read_text()
    assert '"seconds":12.5' in text
    path.write_text(text.replace('"seconds":12.5', '"seconds":99.5'))
    assert store.get(run_id) is None


def test_a_run_in_another_runs_folder_is_refused(store: Store) -> None:
    run_id = store.put(make_result()).run_id
    other = parse_config({"seed": 5}).run_id
    shutil.copytree(folder_of(store, run_id), folder_of(store, other))
    assert store.get(other) is None
    assert store.get(run_id) is not None


def test_a_config_that_does_not_hash_to_its_id_is_refused(store: Store) -> None:
    run_id = store.put(make_result()).run_id
    rewrite_info(store, run_id, config=parse_config({"seed": 1}).model_dump(mode="json"))
    (problem,) = store.verify()
    assert "hash of its config" in problem.reason


@pytest.mark.parametrize("misses", [1, 2])
def test_a_sound_run_is_never_quarantined(store: Store, misses: int, monkeypatch: pytest.MonkeyPatch) -> None:
    run = store.put(make_result())
    real, looks = store._folders._check, []

    def fooled(folder: Path, run_id: str, full: bool) -> object:
        looks.append(folder)
        if len(looks) <= misses:  # As if it had been stored, or replaced, between two reads.
            raise codec.Damaged("run.json is missing")
        return real(folder, run_id, full)

    monkeypatch.setattr(store._folders, "_check", fooled)
    found = store.get(run.run_id)
    assert (found is not None) == (misses == 1)  # One miss must not make anybody train it again.
    assert store.get(run.run_id) is not None
    assert list((store.root / "quarantine").glob("*")) == []


def test_a_file_replaced_by_a_sound_rerun_is_not_damage(store: Store) -> None:
    old = store.put(make_result())
    assert store.remove(old.run_id)
    again = make_result()
    again.history["g_loss"] = again.history["g_loss"] + 1
    store.put(again)
    np.testing.assert_array_equal(old.history["g_loss"].to_numpy(), again.history["g_loss"])
    assert old.run_id in store


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


def run_python(code: str, *arguments: str, **environment: str) -> subprocess.Popen[str]:
    env = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])} | environment
    return subprocess.Popen([sys.executable, "-c", code, *arguments], env=env, text=True, stdout=subprocess.PIPE)


def test_a_bundles_ceilings_need_no_computing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gancore.metrics

    monkeypatch.setattr(gancore.metrics, "ceilings", lambda *_: pytest.fail("computed"))
    monkeypatch.setattr(gancore.metrics, "floors", lambda *_: pytest.fail("computed"))
    opened = Store.open(tmp_path / "empty")
    for kind in ("circle", "parabola", "swiss_roll", "moons"):
        dataset = parse_config({"dataset": {"kind": kind}}).dataset
        floor, ceiling = opened.floors(dataset), opened.ceilings(dataset)
        assert floor["w1"]["mean"] < ceiling["one_point"]["w1"]
    assert not (tmp_path / "empty").exists()


@pytest.mark.parametrize("remove", [False, True])
def test_processes_may_put_and_remove_the_same_run_at_once(store: Store, remove: bool) -> None:
    code = """
import sys, time
import pandas, pyarrow.parquet
from test_store import RunMissing, Store, make_result
result, store = make_result(), Store(sys.argv[1])
while time.time() < float(sys.argv[2]): pass
for _ in range(20):
    run = store.put(result)
    try:
        assert len(run.history) == 5
        assert run.final.shape == (2000, 2)
    except RunMissing:
        assert sys.argv[3] == "True"
    if sys.argv[3] == "True":
        store.remove(run.run_id)
"""
    start = str(time.time() + 3)
    processes = [run_python(code, str(store.root), start, str(remove)) for _ in range(2)]
    assert [process.communicate(timeout=60) and process.returncode for process in processes] == [0, 0]
    assert [run.run_id for run in store.runs()] == ([] if remove else [make_result().config.run_id])
    assert store.verify() == []
    quarantine, incoming = store.root / "quarantine", store.root / "incoming"
    assert not quarantine.exists() or list(quarantine.iterdir()) == []
    assert list(incoming.iterdir()) == []


def test_a_writer_that_comes_second_keeps_the_first_run(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    first = store.put(make_result())
    real, looks = store._folders.get, []

    def blind_once(run_id: str, full: bool = False):
        looks.append(run_id)
        return None if len(looks) == 1 else real(run_id, full)

    monkeypatch.setattr(store._folders, "get", blind_once)
    again = store.put(make_result(seconds=99.0))
    assert (again.seconds, again.created) == (first.seconds, first.created)
    assert len(looks) == 2
    assert list((store.root / "incoming").iterdir()) == []


def test_run_id_does_not_depend_on_the_process() -> None:
    code = "from gancore.config import parse_config; import gancore; print(parse_config({'seed': 3}).run_id)"
    processes = [run_python(code, PYTHONHASHSEED=seed) for seed in ("1", "2")]
    printed = [process.communicate(timeout=60)[0].strip() for process in processes]
    assert printed == [parse_config({"seed": 3}).run_id] * 2


def test_the_stores_hash_is_the_configs() -> None:
    from gancore.parts import identity

    config = parse_config({"seed": 7, "g_optimizer": {"learning_rate": 3e-7}})
    resolved = {"config": identity(config), "results_version": record.RESULTS_VERSION}
    assert codec.checksum(codec.canonical(resolved)) == config.run_id


def test_floors_are_computed_once(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import gancore.metrics

    calls: list[str] = []

    def compute(dataset: object) -> dict[str, dict[str, float]]:
        calls.append(dataset.kind)  # type: ignore[attr-defined]
        return {"w1": {"mean": 0.1, "low": 0.05, "high": float("nan")}}

    monkeypatch.setattr(gancore.metrics, "floors", compute)
    circle, parabola = (parse_config({"dataset": {"kind": kind}}).dataset for kind in ("circle", "parabola"))
    assert store.floors(circle)["w1"]["mean"] == 0.1
    again = Store(store.root).floors(circle)
    assert again["w1"]["low"] == 0.05
    assert np.isnan(again["w1"]["high"])
    store.floors(parabola)
    assert calls == ["circle", "parabola"]
    path = store.root / "floors" / f"{floors_key(circle)}.json"
    path.write_text(path.read_text().replace("0.05", "0.07"))
    assert Store(store.root).floors(circle)["w1"]["low"] == 0.05
    assert calls == ["circle", "parabola", "circle"]


def test_floors_work_without_a_writable_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import gancore.metrics

    monkeypatch.setattr(gancore.metrics, "floors", lambda dataset: {"w1": {"mean": 0.1}})
    (tmp_path / "file").write_text("")
    assert Store(tmp_path / "file" / "store").floors(parse_config({}).dataset) == {"w1": {"mean": 0.1}}


def test_npz_headers_cannot_claim_memory_or_pickles(tmp_path: Path) -> None:
    import io
    import zipfile

    def archive(data: bytes, name: str = "steps.npy") -> bytes:
        buffer = io.BytesIO()
        with zipfile.ZipFile(buffer, "w") as file:
            file.writestr(name, data)
        return buffer.getvalue()

    def npy(array: np.ndarray, allow_pickle: bool = False) -> bytes:
        buffer = io.BytesIO()
        np.lib.format.write_array(buffer, array, allow_pickle=allow_pickle)
        return buffer.getvalue()

    plain = npy(np.zeros(4, np.float32))
    assert list(codec.decode_arrays(archive(plain), 2**20)) == ["steps"]
    huge = plain.replace(b"'shape': (4,), }", b"'shape': (4000000000000,), }")[: len(plain)]
    hostile = [
        archive(huge),
        archive(npy(np.array([{"a": 1}], dtype=object), allow_pickle=True)),
        archive(plain, "../steps.npy"),
        archive(plain[:-1]),
        archive(b"not an array"),
        archive(plain)[:-10],
        b"",
    ]
    for data in hostile:
        with pytest.raises(codec.Damaged):
            codec.decode_arrays(data, 2**20)
    with pytest.raises(codec.Damaged, match="more than 100 bytes"):
        codec.decode_arrays(archive(plain), 100)


def test_default_root_follows_the_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path / "here"))
    assert default_root() == tmp_path / "here"
    assert Store().root == tmp_path / "here"
    monkeypatch.delenv("GANCORE_STORE")
    assert default_root().name == "gancore"
