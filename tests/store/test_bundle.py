"""Bundles: a study in one file, small and deterministic, and a layer of the store."""

from __future__ import annotations

import dataclasses
import logging
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support import small_bundle
from support.bundled import COLLAPSED, CONFIGS, REFERENCES, STUDY
from support.paths import ROOT
from support.results import make_result

from gancore import cli
from gancore.config import RunConfig, parse_config
from gancore.store import (
    Bundle,
    BundleError,
    Store,
    bundles,
    codec,
    gallery_bundles,
    import_bundle,
    references_key,
    write_bundle,
)

store = small_bundle.store
path = small_bundle.path


def test_a_bundle_gives_back_its_study(store: Store, path: Path) -> None:
    bundle = Bundle(path)
    assert (bundle.name, bundle.study_text) == ("tiny", STUDY)
    assert bundle.run_ids == sorted(config.run_id for config in CONFIGS)
    assert bundle.get("a" * 64) is None
    assert np.isnan(bundle.references[references_key(CONFIGS[0].dataset)]["w1"]["high"])
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
        for part in ("history", "scores"):
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
    assert bundle.collapsed[references_key(CONFIGS[0].dataset)]["one_point"]["w1"] == 1.25
    assert np.isnan(bundle.collapsed[references_key(CONFIGS[0].dataset)]["mean"]["w1"])


def test_the_same_content_makes_the_same_bytes(store: Store, path: Path, tmp_path: Path) -> None:
    runs = store.runs()
    write_bundle(tmp_path / "again.gancore", STUDY, "tiny", [*reversed(runs), runs[0]], REFERENCES, collapsed=COLLAPSED)
    assert (tmp_path / "again.gancore").read_bytes() == path.read_bytes()
    bundle = Bundle(path)
    write_bundle(tmp_path / "copy.gancore", STUDY, "tiny", bundle.runs(), bundle.references)
    assert Bundle(tmp_path / "copy.gancore").run_ids == bundle.run_ids


def test_a_bundle_is_a_layer_below_a_store(store: Store, path: Path, tmp_path: Path) -> None:
    layered = Store(tmp_path / "own", [Bundle(path)])
    assert len(layered.runs()) == 3
    assert layered.find(CONFIGS[1].run_id[:20]).source == "tiny"
    assert layered.remove(CONFIGS[1].run_id) is False
    assert layered.references(CONFIGS[0].dataset)["w1"]["low"] == 0.05
    assert layered.collapsed(CONFIGS[0].dataset)["one_point"]["w1"] == 1.25
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


def test_opening_reads_the_lists_alone_and_loads_nothing_heavy(tmp_path: Path) -> None:
    config = parse_config({})
    store = Store(tmp_path / "store")
    runs = [store.put(make_result(config.model_copy(update={"seed": seed}))) for seed in range(20)]
    write_bundle(tmp_path / "twenty.gancore", STUDY, "twenty", runs, {})
    code = """
import sys, zipfile
from gancore.store import Bundle
read, opened = [], zipfile.ZipFile.open
zipfile.ZipFile.open = lambda self, name, *rest, **options: (
    read.append(getattr(name, "filename", name)), opened(self, name, *rest, **options)
)[1]
runs = Bundle(sys.argv[1]).runs()
assert len([(run.config.seed, run.metrics["w1"], run.created) for run in runs]) == 20
print(*read)
heavy = {"tensorflow", "keras", "pandas", "pyarrow", "scipy", "sklearn", "ot", "altair", "streamlit"}
assert not heavy & set(sys.modules), heavy & set(sys.modules)
"""
    command = [sys.executable, "-c", code, str(tmp_path / "twenty.gancore")]
    read = subprocess.run(command, cwd=ROOT, text=True, capture_output=True, check=True).stdout.split()
    assert set(read) <= {"manifest.json", "study.toml", "runs.json", "floors.json", "ceilings.json"}
    assert len(read) == len(set(read))  # each once, however many runs there are


def test_frames_are_read_once(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    bundle = Bundle(path)
    reads: list[str] = []
    real = bundle._bytes
    monkeypatch.setattr(bundle, "_bytes", lambda name: reads.append(name) or real(name))
    for run in bundle.runs():
        assert len(run.history) == 5
        assert len(run.scores) == 3
    assert reads == ["history.parquet", "checkpoints.parquet"]


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
        assert one.references.keys() == one.collapsed.keys() != set()
        for run in one.runs():
            assert isinstance(run.config, RunConfig)
            assert run.end_alone or len(run.scores) == len(run.snapshot_steps)
            assert run.final.shape == ((1000 if run.end_alone else 2000), 2)


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
