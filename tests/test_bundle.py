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

from gancore import cli
from gancore.config import RunConfig, parse_config
from gancore.store import (
    Bundle,
    BundleError,
    Store,
    bundle,
    bundles,
    codec,
    floors_key,
    gallery_bundles,
    import_bundle,
    parquet,
    write_bundle,
)

STUDY = 'name = "tiny"\ntitle = "Tiny"\nquestion = "Is it tiny?"\n'
CONFIGS = [parse_config({"steps": 1000, "snapshot_every": 500, "seed": seed}) for seed in range(3)]
FLOORS = {floors_key(CONFIGS[0].dataset): {"w1": {"mean": 0.1, "low": 0.05, "high": float("nan")}}}
CEILINGS = {floors_key(CONFIGS[0].dataset): {"one_point": {"w1": 1.25}, "mean": {"w1": float("nan")}}}


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("bundled"))
    for config in CONFIGS:
        store.put(make_result(config))
    return store


@pytest.fixture(scope="module")
def path(store: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "tiny.gancore"
    write_bundle(path, STUDY, "tiny", store.runs(), FLOORS, ceilings=CEILINGS)
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
    contents = [(run.history, run.checkpoints, run.snapshots, run.landscape) for run in bundle.runs()]
    _ = bundle.floors, bundle.ceilings
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
        assert run.landscape is not None
        assert own.landscape is not None
        np.testing.assert_allclose(np.arcsinh(run.landscape.field), np.arcsinh(own.landscape.field), atol=0.05)
        assert not run.shipped
    assert bundle.ceilings[floors_key(CONFIGS[0].dataset)]["one_point"]["w1"] == 1.25
    assert np.isnan(bundle.ceilings[floors_key(CONFIGS[0].dataset)]["mean"]["w1"])


def test_the_same_content_makes_the_same_bytes(store: Store, path: Path, tmp_path: Path) -> None:
    runs = store.runs()
    write_bundle(tmp_path / "again.gancore", STUDY, "tiny", [*reversed(runs), runs[0]], FLOORS, ceilings=CEILINGS)
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
    assert layered.ceilings(CONFIGS[0].dataset)["one_point"]["w1"] == 1.25
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
    "name",
    [
        "study.toml",
        "runs.json",
        "floors.json",
        "ceilings.json",
        "history.parquet",
        "checkpoints.parquet",
        "snapshots",
        "layers",
    ],
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
        "layers/short.npz",
        "layers/../" + 64 * "0" + ".npz",
        "layers/" + 64 * "0" + ".npz",
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
    with pytest.raises(BundleError, match=r"the member study\.toml twice"):
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
        (set_json("manifest.json", format=3), "format 3 .* reads up to 2; update gancore"),
        (set_json("manifest.json", format=1), "unexpected member 'ceilings.json'"),
        (set_json("manifest.json", format=0), "manifest.json"),
        (set_json("manifest.json", format="1"), "format"),
        (set_json("manifest.json", name="../up"), "name"),
        (lambda members: members.update({"manifest.json": b"[1]"}), "manifest.json"),
        (lambda members: members.update({"manifest.json": b"{"}), "manifest.json"),
        (lambda members: members.update({"runs.json": b"{}"}), "runs.json"),
        (lambda members: members.update({"floors.json": b"[]"}), "floors.json"),
        (lambda members: members.update({"floors.json": b'{"a": {"w1": {"mean": "x"}}}'}), "floors.json"),
        (lambda members: members.update({"ceilings.json": b"[]"}), "ceilings.json: it is not"),
        (
            lambda members: members.update({"ceilings.json": b'{"a": {"w1": {"mean": 1}}}'}),
            "ceilings.json: .* mean and",
        ),
        (lambda members: members.update({"ceilings.json": b'{"a": {"mean": 1}}'}), "ceilings.json: "),
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
    data = rewritten(path, lambda members: members.update({"history.parquet": parquet.encode_frame(frame)}))
    with pytest.raises(BundleError, match=r"history\.parquet: .*more than 15,006 rows"):
        _ = Bundle(data).runs()[0].history


def test_rows_of_another_run_do_not_stand_in(path: Path, store: Store) -> None:
    frame = store.runs()[0].history.assign(run_id="a" * 64)
    data = rewritten(path, lambda members: members.update({"history.parquet": parquet.encode_frame(frame)}))
    with pytest.raises(BundleError, match="no rows of run"):
        _ = Bundle(data).runs()[0].history


def npz(**changes: object) -> bytes:
    """A run's layers as a bundle keeps them, with some arrays replaced, or left out where they are None."""
    good = {
        "field": np.zeros((33, 33), np.int8),
        "manifold": np.zeros((8, 65, 2), np.int16),
        "ranges": np.array([1.25, -1, 1, -1, -1, 1, 1], float),
    }
    return codec.encode_arrays({n: a for n, a in (good | changes).items() if a is not None}, compress=False)  # type: ignore[misc]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"not an npz",
        npz(field=None),
        npz(extra=np.zeros(2)),
        npz(field=np.zeros((33, 33), np.int16)),
        npz(field=np.zeros((33, 34), np.int8)),
        npz(manifold=np.zeros((8, 65, 3), np.int16)),
        npz(manifold=np.full((8, 65, 2), -(2**15), np.int16)),
        npz(ranges=np.zeros(6)),
        npz(ranges=np.array([0.0, -1, 1, -1, -1, 1, 1])),
        npz(ranges=np.array([np.nan, -1, 1, -1, -1, 1, 1])),
        npz(ranges=np.array([1.25, -1, np.nan, -1, -1, 1, 1])),
        npz(ranges=np.array([1.25, 1, -1, -1, -1, 1, 1])),
        npz(ranges=np.array([1.25, -1, 1000, -1, -1, 1, 1])),
        npz(ranges=np.array([1.25, -1, 1, -np.inf, -1, 1, 1])),
        npz(ranges=np.array([1.25, -1, 1, -1, -1, 1e300, 1])),
        npz(ranges=np.array([1.25, -1, 1, 1, -1, -1, 1])),
    ],
)
def test_layers_that_are_not_ours_are_refused(path: Path, data: bytes) -> None:
    def change(members: dict[str, bytes]) -> None:
        members[next(member for member in members if member.startswith("layers/"))] = data

    assert codec.decode_landscape(npz(), 2**14).half == 1.25
    with pytest.raises(BundleError, match=r"layers/[0-9a-f]{64}\.npz: "):
        Bundle(rewritten(path, change)).verify()


def test_oversized_layers_are_refused_before_they_are_unpacked(path: Path) -> None:
    name = f"layers/{CONFIGS[0].run_id}.npz"
    bomb = rewritten(path, lambda members: members.update({name: bytes(2**22)}))
    with pytest.raises(BundleError, match=r"layers/\w+\.npz has 4,194,304 bytes; at most 16,384"):
        Bundle(bomb)


def older(members: dict[str, bytes]) -> None:
    """As gancore wrote bundles of format 1."""
    for name in [name for name in members if name == "ceilings.json" or name.startswith("layers/")]:
        del members[name]
    set_json("manifest.json", format=1)(members)


def test_a_bundle_of_format_1_still_opens(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle(rewritten(path, older))
    bundle.verify()
    assert [run.landscape for run in bundle.runs()] == [None] * 3
    assert bundle.ceilings == {}
    monkeypatch.setattr("gancore.metrics.ceilings", lambda dataset, floors: {"mean": {"w1": floors["w1"]["mean"]}})
    assert Store(tmp_path / "own", [bundle]).ceilings(CONFIGS[0].dataset) == {"mean": {"w1": 0.1}}
    again = write_bundle(tmp_path / "again.gancore", STUDY, "tiny", bundle.runs(), bundle.floors)
    assert (again.run_ids, again.get(CONFIGS[0].run_id).landscape) == (bundle.run_ids, None)  # type: ignore[union-attr]


def test_a_newer_format_is_named_even_where_its_members_are_unknown(path: Path) -> None:
    def change(members: dict[str, bytes]) -> None:
        members["films/0.mp4"] = b"film"
        set_json("manifest.json", format=3)(members)

    with pytest.raises(BundleError, match="format 3 .* update gancore to open it"):
        Bundle(rewritten(path, change))


def test_layers_of_some_runs_alone_are_fine(path: Path) -> None:
    name = f"layers/{CONFIGS[1].run_id}.npz"
    bundle = Bundle(rewritten(path, lambda members: members.pop(name) and None))
    bundle.verify()
    assert [bundle.get(config.run_id).landscape is None for config in CONFIGS] == [False, True, False]  # type: ignore[union-attr]


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
        assert [(bundle.name, bundle.shipped) for bundle in gallery_bundles()] == [("tiny", True)]
    assert "broken.gancore" in caplog.text
    run_id = CONFIGS[0].run_id
    found = Store.open(tmp_path / "store").get(run_id)
    assert found is not None
    assert found.shipped


def test_every_shipped_bundle_opens_whole() -> None:
    folder = ROOT / "gancore" / "gallery"
    bundles = gallery_bundles()
    assert len(bundles) == len(list(folder.glob("*.gancore")))
    for one in bundles:
        assert one.floors.keys() == one.ceilings.keys() != set()
        for run in one.runs():
            assert isinstance(run.config, RunConfig)
            assert len(run.checkpoints) == len(run.snapshot_steps)
            assert run.final.shape == (2000, 2)


def test_commands_say_where_a_bundles_run_comes_from(path: Path, tmp_path: Path, capsys) -> None:
    opened = Store.open()
    import_bundle(opened.root, path)
    imported, shipped = CONFIGS[0].run_id, gallery_bundles()[0].run_ids[0]
    for run_id, origin in ((imported, "was imported (with the bundle tiny)"), (shipped, "ships with gancore (in ")):
        assert cli.run(["runs", "remove", run_id]) == 2
        said = capsys.readouterr().err
        assert origin in said and "only your own runs can be removed" in said
        assert (str(opened.root / "bundles" / "tiny.gancore") in said) == (run_id == imported)
        assert cli.run(["runs", "export", run_id, "--keras", str(tmp_path / "models")]) == 2
        said = capsys.readouterr().err
        assert origin in said and "without its weights" in said
        assert "add --train" in said


def test_an_open_bundle_stays_what_it_was_when_its_file_is_replaced(tmp_path):
    import shutil
    from importlib import resources

    from gancore.store.files import replace_file

    gallery = resources.files("gancore") / "gallery"
    path = tmp_path / "one.gancore"
    shutil.copy(str(gallery / "first-fixes.gancore"), path)
    bundle = Bundle(path)
    replace_file(path, (gallery / "circle-vs-parabola.gancore").read_bytes())
    bundle.verify()
    assert bundle.name == "first-fixes"
    assert Bundle(path).name == "circle-vs-parabola"
    assert bundle.content == (gallery / "first-fixes.gancore").read_bytes()
