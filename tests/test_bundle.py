"""Bundles: a study in one file, small, deterministic, and refused when anything about it is odd."""

from __future__ import annotations

import dataclasses
import io
import json
import logging
import subprocess
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from test_store import ROOT, make_result

from gancore.config import RunConfig, parse_config
from gancore.store import Bundle, BundleError, Store, bundle, bundles, codec, floors_key, gallery_bundles, write_bundle

STUDY = 'name = "tiny"\ntitle = "Tiny"\nquestion = "Is it tiny?"\n'
CONFIGS = [parse_config({"steps": 1000, "snapshot_every": 500, "seed": seed}) for seed in range(3)]
FLOORS = {floors_key(CONFIGS[0].dataset): {"w1": {"mean": 0.1, "low": 0.05, "high": float("nan")}}}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("bundled"))
    for config in CONFIGS:
        store.put(make_result(config))
    return store


@pytest.fixture(scope="module")
def path(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "tiny.gancore"
    write_bundle(path, STUDY, "tiny", store.runs(), FLOORS)
    return path


def rewritten(path: Path, change: Callable[[dict[str, bytes]], None], trust: bool = True) -> bytes:
    """The bundle's bytes after a change of its members; ``trust`` brings the checksums up to date."""
    with zipfile.ZipFile(path) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    change(members)
    if trust:
        manifest = json.loads(members["manifest.json"])
        manifest["members"] = {n: codec.checksum(d) for n, d in members.items() if n != "manifest.json"}
        members["manifest.json"] = json.dumps(manifest).encode()
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return buffer.getvalue()


def read_all(data: bytes) -> int:
    """Read everything in a bundle; gives the number of runs."""
    bundle = Bundle(data)
    contents = [(run.history, run.checkpoints, run.snapshots) for run in bundle.runs()]
    _ = bundle.floors
    return len(contents)


def set_json(member: str, **changes: object) -> Callable[[dict[str, bytes]], None]:
    def change(members: dict[str, bytes]) -> None:
        members[member] = json.dumps(json.loads(members[member]) | changes).encode()

    return change


def test_a_bundle_gives_back_its_study(store: Store, path: Path) -> None:
    bundle = Bundle(path)
    assert (bundle.name, bundle.study_text) == ("tiny", STUDY)
    assert bundle.run_ids == sorted(config.run_id for config in CONFIGS)
    assert bundle.get("a" * 64) is None
    assert np.isnan(bundle.floors[floors_key(CONFIGS[0].dataset)]["w1"]["high"])
    for config in CONFIGS:
        run, own = bundle.get(config.run_id), store.get(config.run_id)
        assert run is not None
        assert own is not None
        assert (run.config, run.source, run.created) == (config, "tiny", own.created)
        assert (run.metrics, run.versions, run.seconds, run.status) == (
            own.metrics,
            own.versions,
            own.seconds,
            own.status,
        )
        for part in ("history", "checkpoints"):
            ours, theirs = getattr(run, part), getattr(own, part)
            assert list(ours.columns) == list(theirs.columns)
            for name in ours:
                np.testing.assert_array_equal(ours[name].to_numpy(), theirs[name].to_numpy())
                assert ours[name].dtype == theirs[name].dtype
        assert run.snapshot_steps == own.snapshot_steps
        assert run.snapshots.shape == (3, 500, 2)
        np.testing.assert_allclose(run.snapshots, own.snapshots[:, :500], atol=2e-5)
        np.testing.assert_array_equal(run.final, own.final)
        assert run.weights == {}


def test_the_same_content_makes_the_same_bytes(store: Store, path: Path, tmp_path: Path) -> None:
    runs = store.runs()
    write_bundle(tmp_path / "again.gancore", STUDY, "tiny", [*reversed(runs), runs[0]], FLOORS)
    assert (tmp_path / "again.gancore").read_bytes() == path.read_bytes()
    bundle = Bundle(path)
    write_bundle(tmp_path / "copy.gancore", STUDY, "tiny", bundle.runs(), bundle.floors)
    assert Bundle(tmp_path / "copy.gancore").run_ids == bundle.run_ids


def test_a_bundle_is_a_layer_below_a_store(store: Store, path: Path, tmp_path: Path) -> None:
    layered = Store(tmp_path / "own", [Bundle(path)])
    assert len(layered.runs()) == 3
    assert layered.find(CONFIGS[1].run_id[:20]).source == "tiny"
    assert layered.remove(CONFIGS[1].run_id) is False
    assert layered.floors(CONFIGS[0].dataset)["w1"]["low"] == 0.05
    assert not (tmp_path / "own").exists()
    layered.put(make_result(CONFIGS[1]))
    assert [run.source for run in layered.runs()] == ["store", "tiny", "tiny"]
    found = layered.get(CONFIGS[1].run_id)
    assert found is not None
    assert found.source == "store"


def test_two_studies_of_36_default_runs_fit_in_5_mb(tmp_path: Path) -> None:
    config = parse_config({})
    store = Store(tmp_path / "store")
    # Uniform noise is the worst case for the compression.
    runs = [store.put(make_result(config.model_copy(update={"seed": seed}))) for seed in range(36)]
    write_bundle(tmp_path / "big.gancore", STUDY, "big", runs, {})
    assert 2 * (tmp_path / "big.gancore").stat().st_size <= 5_000_000


def test_opening_is_quick_and_loads_nothing_heavy(tmp_path: Path) -> None:
    config = parse_config({})
    store = Store(tmp_path / "store")
    runs = [store.put(make_result(config.model_copy(update={"seed": seed}))) for seed in range(20)]
    write_bundle(tmp_path / "twenty.gancore", STUDY, "twenty", runs, {})
    code = """
import sys, time
from gancore.store import Bundle
start = time.perf_counter()
runs = Bundle(sys.argv[1]).runs()
assert len([(run.config.seed, run.metrics["w1"], run.created) for run in runs]) == 20
print(time.perf_counter() - start)
heavy = {"tensorflow", "keras", "pandas", "pyarrow", "scipy", "sklearn", "ot", "altair", "streamlit"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "twenty.gancore")]
    seconds = [
        float(subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout) for _ in range(3)
    ]
    assert min(seconds) <= 0.15


def test_frames_are_read_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle(path)
    reads: list[str] = []
    real = bundle._bytes
    monkeypatch.setattr(bundle, "_bytes", lambda name: reads.append(name) or real(name))
    for run in bundle.runs():
        assert len(run.history) == 5
        assert len(run.checkpoints) == 3
    assert reads == ["history.parquet", "checkpoints.parquet"]


@pytest.mark.parametrize(
    "name", ["study.toml", "runs.json", "floors.json", "history.parquet", "checkpoints.parquet", "snapshots"]
)
def test_a_changed_member_is_refused(path: Path, name: str) -> None:
    def change(members: dict[str, bytes]) -> None:
        member = next(member for member in members if member.startswith(name))
        members[member] = members[member] + b" "

    with pytest.raises(BundleError, match=f"{name}.*has changed since the bundle was written"):
        read_all(rewritten(path, change, trust=False))


@pytest.mark.parametrize(
    "name",
    [
        "../escape.npz",
        "/etc/passwd",
        "snapshots/../../x.npz",
        "C:\\x.npz",
        "extra.txt",
        "snapshots/short.npz",
        "study.toml\n",
        "x" * 5000,
    ],
)
def test_unexpected_member_names_are_refused(path: Path, name: str) -> None:
    with pytest.raises(BundleError, match="unexpected member"):
        Bundle(rewritten(path, lambda members: members.update({name: b"x"})))


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_member_given_twice_is_refused(path: Path) -> None:
    buffer = io.BytesIO(path.read_bytes())
    with zipfile.ZipFile(buffer, "a") as archive:
        archive.writestr("study.toml", "other")
    with pytest.raises(BundleError, match=r"unexpected member 'study\.toml'"):
        Bundle(buffer.getvalue())


@pytest.mark.parametrize("name", bundle.REQUIRED)
def test_a_missing_member_is_refused(path: Path, name: str) -> None:
    def change(members: dict[str, bytes]) -> None:
        del members[name]

    with pytest.raises(BundleError, match=f"no {name}"):
        Bundle(rewritten(path, change, trust=name != "manifest.json"))


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        (set_json("manifest.json", format=2), "format 2 .* reads up to 1; update gancore"),
        (set_json("manifest.json", format="1"), "format"),
        (set_json("manifest.json", name="../up"), "name"),
        (lambda members: members.update({"manifest.json": b"[1]"}), "manifest.json"),
        (lambda members: members.update({"manifest.json": b"{"}), "manifest.json"),
        (lambda members: members.update({"runs.json": b"{}"}), "runs.json"),
        (lambda members: members.update({"floors.json": b"[]"}), "floors.json"),
        (lambda members: members.update({"floors.json": b'{"a": {"w1": {"mean": "x"}}}'}), "floors.json"),
        (lambda members: members.update({"study.toml": b"\xff\xfe"}), "study.toml"),
        (lambda members: members.update({"history.parquet": b"PAR1"}), "history.parquet"),
    ],
)
def test_content_that_is_not_ours_is_refused(
    path: Path, change: Callable[[dict[str, bytes]], None], reason: str
) -> None:
    with pytest.raises(BundleError, match=reason):
        read_all(rewritten(path, change, trust=reason != "manifest.json"))


@pytest.mark.parametrize(
    ("field", "value", "reason"),
    [
        ("run_id", "0" * 64, "not the hash"),
        ("run_id", "../../etc", "run_id"),
        ("status", "won", "status: 'won' is not allowed"),
        ("format", 9, "format 9"),
        ("seed_of_doubt", 1, "seed_of_doubt"),
        ("metrics", {"w1": "low"}, "metrics"),
    ],
)
def test_run_infos_are_validated(path: Path, field: str, value: object, reason: str) -> None:
    def change(members: dict[str, bytes]) -> None:
        runs = json.loads(members["runs.json"])
        runs[0][field] = value
        members["runs.json"] = json.dumps(runs).encode()

    with pytest.raises(BundleError, match=rf"the bundle: runs\.json: .*{reason}"):
        Bundle(rewritten(path, change))


def test_oversized_members_are_refused_before_they_are_unpacked(path: Path) -> None:
    bomb = rewritten(path, lambda members: members.update({"study.toml": b" " * 100_000}))
    assert len(bomb) < 200_000
    with pytest.raises(BundleError, match=r"study\.toml has 100,000 bytes; at most 65,536"):
        Bundle(bomb)


def test_a_table_with_too_many_rows_is_refused(path: Path) -> None:
    import pandas as pd

    rows = 3 * 5002 + 1
    frame = pd.DataFrame({"step": np.zeros(rows, np.int64), "run_id": ["a"] * rows})
    data = rewritten(path, lambda members: members.update({"history.parquet": codec.encode_frame(frame)}))
    with pytest.raises(BundleError, match=r"history\.parquet: .*more than 15,006 rows"):
        _ = Bundle(data).runs()[0].history


def test_rows_of_another_run_do_not_stand_in(path: Path, store: Store) -> None:
    frame = store.runs()[0].history.assign(run_id="a" * 64)
    data = rewritten(path, lambda members: members.update({"history.parquet": codec.encode_frame(frame)}))
    with pytest.raises(BundleError, match="no rows of run"):
        _ = Bundle(data).runs()[0].history


@pytest.mark.parametrize("data", [b"", b"PK", b"not a zip" * 100])
def test_files_that_are_no_zip_are_refused(data: bytes, tmp_path: Path) -> None:
    path = tmp_path / "odd.gancore"
    path.write_bytes(data)
    with pytest.raises(BundleError, match=r"odd\.gancore: is not a gancore bundle"):
        Bundle(path)
    with pytest.raises(BundleError, match=r"gone\.gancore: cannot be read"):
        Bundle(tmp_path / "gone.gancore")


def test_a_truncated_or_flipped_bundle_is_refused(path: Path) -> None:
    data = path.read_bytes()
    with pytest.raises(BundleError):
        Bundle(data[:-30])
    rng = np.random.default_rng(0)
    for place in rng.integers(0, len(data), size=60):
        flipped = bytearray(data)
        flipped[place] ^= 0x55
        try:
            runs = read_all(bytes(flipped))
        except BundleError:
            continue
        # Where the flip hit a date or an attribute that carries nothing, the content is whole.
        assert runs == 3


def test_runs_of_a_newer_version_are_left_out(tmp_path: Path, store: Store) -> None:
    config = CONFIGS[0].model_dump(mode="json") | {"moon_phase": "full"}
    run_id = codec.checksum(codec.canonical({"config": config, "results_version": 99}))
    runs = store.runs()
    info = runs[0].info.model_copy(update={"config": config, "run_id": run_id, "results_version": 99})

    class Relabelled:
        def load(self, info: object, part: str) -> object:
            return runs[0].parts.load(runs[0].info, part)  # type: ignore[arg-type]

    newer = dataclasses.replace(runs[0], info=info, parts=Relabelled())
    bundle = write_bundle(tmp_path / "newer.gancore", STUDY, "newer", [newer, runs[1]], {})
    assert len(bundle.run_ids) == 2
    assert bundle.get(run_id) is None
    assert [run.run_id for run in bundle.runs()] == [runs[1].run_id]


def test_writing_refuses_odd_names_and_nothing(tmp_path: Path, store: Store) -> None:
    for name in ("../up", "Tiny", "", "a" * 65):
        with pytest.raises(BundleError, match="name: "):
            write_bundle(tmp_path / "x.gancore", STUDY, name, store.runs(), {})
    with pytest.raises(BundleError, match="at least one run"):
        write_bundle(tmp_path / "x.gancore", STUDY, "tiny", [], {})
    assert list(tmp_path.iterdir()) == []


def test_a_broken_gallery_bundle_is_left_out_with_a_warning(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "gallery").mkdir()
    monkeypatch.setattr(bundles.resources, "files", lambda package: tmp_path)
    assert gallery_bundles() == []
    (tmp_path / "gallery" / "tiny.gancore").write_bytes(path.read_bytes())
    (tmp_path / "gallery" / "broken.gancore").write_bytes(b"broken")
    (tmp_path / "gallery" / "notes.txt").write_text("not a bundle")
    with caplog.at_level(logging.WARNING):
        assert [bundle.name for bundle in gallery_bundles()] == ["tiny"]
    assert "broken.gancore" in caplog.text
    run_id = CONFIGS[0].run_id
    assert run_id in Store.open(tmp_path / "store")


def test_every_shipped_bundle_opens_whole() -> None:
    folder = ROOT / "gancore" / "gallery"
    bundles = gallery_bundles()
    assert len(bundles) == len(list(folder.glob("*.gancore")))
    for one in bundles:
        assert one.floors is not None
        for run in one.runs():
            assert isinstance(run.config, RunConfig)
            assert len(run.checkpoints) == len(run.snapshot_steps)
            assert run.final.shape == (2000, 2)
