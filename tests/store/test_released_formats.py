"""What gancore 0.1.0 wrote stays readable: a store, a bundle and jobs of that version lie in tests/data.

That version made them itself from ``released.toml``: with ``study run``, ``runs rescore`` of one run, ``runs export
--study``, and a job that was cancelled. ``expected.json`` is what it read of them. They never change; a version with
another format adds a folder of its own.
"""

from __future__ import annotations

import hashlib
import json
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from support.command_line import call, wrong

from gancore import jobs
from gancore.analysis import study_table
from gancore.config import ConfigError
from gancore.jobs import pool
from gancore.jobs.worker import Worker
from gancore.parts import identity
from gancore.store import Bundle, Store, StoredRun, import_bundle
from gancore.store.codec import canonical, checksum
from gancore.studies import load_study

RELEASED = Path(__file__).parents[1] / "data" / "released" / "0.1.0"
EXPECTED: dict[str, dict[str, dict[str, Any]]] = json.loads((RELEASED / "expected.json").read_text())
SEPARATE, COMBINED = IDS = list(EXPECTED["store"])


@pytest.fixture
def root(tmp_path: Path) -> Path:
    """A copy of the released store."""
    shutil.copytree(RELEASED / "store", tmp_path / "released")
    return tmp_path / "released"


@pytest.fixture(autouse=True)
def no_training(monkeypatch: pytest.MonkeyPatch) -> None:
    def never(*args: object, **kwargs: object) -> None:
        raise AssertionError("a worker was started")

    monkeypatch.setattr(pool, "ensure_workers", never)


def read(source: str, run_id: str) -> StoredRun:
    """A run of the released store or bundle."""
    opened = Store(RELEASED / "store") if source == "store" else Bundle(RELEASED / "released.gancore")
    run = opened.get(run_id)
    assert run is not None
    return run


def digest(values: np.ndarray) -> str:
    """Checksum of an array's numbers."""
    return hashlib.sha256(np.ascontiguousarray(values).tobytes()).hexdigest()


def columns(frame: pd.DataFrame) -> dict[str, list[float | None]]:
    """A frame as expected.json has it."""
    return {key: [None if value != value else float(value) for value in frame[key]] for key in frame}


@pytest.mark.parametrize("run_id", IDS)
@pytest.mark.parametrize("source", ["store", "bundle"])
class TestEveryRun:
    def test_has_its_id_and_a_config_completed_with_what_changes_nothing(self, source: str, run_id: str):
        run, expected = read(source, run_id), EXPECTED[source][run_id]
        assert run.run_id == run.config.run_id == run_id
        assert identity(run.config) == run.info.config == expected["config"]
        assert (run.status, run.steps, run.created) == (expected["status"], expected["steps"], expected["created"])
        assert run.versions["gancore"] == "0.1.0"

    def test_has_the_same_numbers_and_points(self, source: str, run_id: str):
        run, expected = read(source, run_id), EXPECTED[source][run_id]
        assert run.metrics == expected["metrics"]
        assert columns(run.history) == expected["history"]
        assert columns(run.scores) == expected["checkpoints"]
        assert run.snapshot_steps == expected["snapshot_steps"]
        assert [list(run.snapshots.shape), digest(run.snapshots)] == expected["snapshots"]
        assert digest(run.final) == expected["final"]
        assert {name: digest(weights) for name, weights in run.weights.items()} == expected["weights"]
        assert run.landscape is not None


def test_a_released_store_is_sound_listed_and_shown(root: Path, capsys: pytest.CaptureFixture[str]):
    assert call(capsys, "runs", "verify", "--store", str(root)) == (0, "every stored run is sound\n", "")
    code, out, err = call(capsys, "runs", "list", "--store", str(root), "--json")
    own = [run for line in out.splitlines() if (run := json.loads(line))["source"] == "store"]
    assert (code, err, {run["run_id"] for run in own}) == (0, "", set(IDS))
    code, out, _ = call(capsys, "runs", "show", COMBINED[:8], "--store", str(root))
    assert json.loads(out)["config"]["update"]["kind"] == "combined"


def test_a_released_study_and_its_runs_move_on_in_todays_bundle(root: Path, tmp_path: Path):
    study = load_study(str(RELEASED / "released.toml"))
    assert [config.run_id for config in study.configs()] == IDS
    assert study_table(Store(root), study)["n"].tolist() == [1, 1]


def test_a_released_store_exports_what_another_store_imports(root: Path, tmp_path: Path, capsys):
    out = tmp_path / "again.gancore"
    study = str(RELEASED / "released.toml")
    code, said, err = call(capsys, "runs", "export", "--study", study, "--out", str(out), "--store", str(root))
    assert (code, "2 runs" in said) == (0, True), err
    import_bundle(tmp_path / "other", out)
    for run_id in IDS:
        run = Store.open(tmp_path / "other", "imported").get(run_id)
        assert run is not None
        assert columns(run.history) == EXPECTED["store"][run_id]["history"]


def test_a_released_bundle_is_imported_and_analysed(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    there = str(tmp_path / "there")
    code, _, err = call(capsys, "runs", "import", str(RELEASED / "released.gancore"), "--store", there)
    assert code == 0, err
    code, out, _ = call(capsys, "study", "show", "released", "--store", there, "--json")
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["finished", "finished"]


def test_what_is_stored_is_not_trained_again(root: Path):
    study = load_study(str(RELEASED / "released.toml"))
    job = jobs.submit(Store(root), study.configs(), "again")
    assert (job.wish, job.progress().state, job.progress().done) == ("done", "finished", 2)
    runs = jobs.train(study.configs(), seeds=None, store=root)
    assert [run.created for run in runs] == [EXPECTED["store"][run_id]["created"] for run_id in IDS]


def test_released_jobs_are_listed_and_can_be_resumed(root: Path, monkeypatch: pytest.MonkeyPatch):
    store, started = Store(root), []
    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: started.append(args))
    stand = {job.label: job.progress(watching=False) for job in jobs.list_jobs(store)}
    assert stand["released"].state == "finished"
    assert (stand["one more seed"].state, stand["one more seed"].total) == ("cancelled", 1)
    (job,) = (job for job in jobs.list_jobs(store) if job.label == "one more seed")
    assert [config.seed for config in job.configs] == [1]
    assert [config.run_id for config in job.configs] == job.run_ids
    job.resume()
    assert (job.progress().state, bool(started)) == ("waiting", True)


# What a later version wrote


def rewritten(root: Path, run_id: str, change: dict[str, Any]) -> str:
    """Put a sound run of a later version in the place of a stored one; the new one's id.

    ``change``: what its run.json says instead; ids and checksums are those that such a version would write.
    """
    folder = root / "runs" / run_id[:2] / run_id
    content = json.loads((folder / "run.json").read_text()) | change
    content.pop("sha256")
    resolved = {"config": content["config"], "results_version": content["results_version"]}
    content["run_id"] = new = checksum(canonical(resolved))
    (folder / "run.json").write_bytes(canonical(content | {"sha256": checksum(canonical(content))}))
    target = root / "runs" / new[:2] / new
    target.parent.mkdir(parents=True, exist_ok=True)
    folder.rename(target)
    return new


def later(root: Path, kind: str) -> str:
    """A run of gancore 9.0.0 with what this version does not know; its id."""
    config = EXPECTED["store"][COMBINED]["config"]
    versions = {"gancore": "9.0.0"}
    match kind:
        case "field":
            return rewritten(root, COMBINED, {"config": config | {"momentum_of_time": 0.5}, "versions": versions})
        case "kind":
            return rewritten(root, COMBINED, {"config": config | {"loss": {"kind": "oracle"}}, "versions": versions})
        case _:
            return rewritten(root, COMBINED, {"format": 99, "versions": versions})


SAID = {"field": "momentum_of_time", "kind": "loss.kind: 'oracle' is unknown", "format": "it has format 99"}


@pytest.mark.parametrize("kind", SAID)
class TestWhatALaterVersionWrote:
    def test_is_named_and_kept(self, root: Path, capsys: pytest.CaptureFixture[str], kind: str):
        run_id, store = later(root, kind), Store(root)
        before = {path: path.read_bytes() for path in (root / "runs").rglob("*.*")}
        assert [run.run_id for run in store.runs()] == [SEPARATE]
        assert [(one.run_id, one.source) for one in store.unreadable()] == [(run_id, "store")]
        for command in (("runs", "list"), ("runs", "list", "--json"), ("runs", "verify")):
            _, _, err = call(capsys, *command, "--store", str(root))
            assert f"run {run_id[:12]}: " in err and SAID[kind] in err and "update gancore" in err
        refused = wrong(capsys, "runs", "show", run_id[:8], "--store", str(root))
        assert SAID[kind] in refused
        assert {path: path.read_bytes() for path in (root / "runs").rglob("*.*")} == before
        assert not (root / "quarantine").exists()

    def test_is_removed_when_it_is_asked_for(self, root: Path, capsys: pytest.CaptureFixture[str], kind: str):
        run_id = later(root, kind)
        code, out, err = call(capsys, "runs", "remove", run_id[:8], "--store", str(root))
        assert (code, out) == (0, f"removed {run_id}\n"), err
        assert Store(root).unreadable() == []


def test_a_run_in_a_later_format_is_not_trained_over(root: Path, capsys: pytest.CaptureFixture[str]):
    run_id, store = later(root, "format"), Store(root)
    assert run_id == COMBINED  # the same configuration, so it can be asked for
    configs = load_study(str(RELEASED / "released.toml")).configs()
    said = f"run {COMBINED[:12]} is stored and is not trained again: it has format 99"
    with pytest.raises(ConfigError, match=said):
        jobs.submit(store, configs, "again")
    assert said in jobs.refusal(store, configs)  # what a page shows in place of its button
    assert len(jobs.list_jobs(store)) == 2  # those that were there
    arguments = ("study", "run", str(RELEASED / "released.toml"), "--store", str(root))
    code, _, err = call(capsys, *arguments)
    assert (code, said in err, "Traceback" in err) == (2, True, False)


def test_a_run_that_a_later_version_stored_meanwhile_is_not_trained_over(root: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)
    monkeypatch.setattr(Worker, "_train", lambda *args: pytest.fail("it was trained"))
    folder = root / "runs" / COMBINED[:2] / COMBINED
    folder.rename(root / "aside")
    job = jobs.submit(Store(root), [read("store", COMBINED).config], "one")
    (root / "aside").rename(folder)
    later(root, "format")
    worker = Worker(root, 63, 1.0)
    with worker.claim() as group:
        assert [config.run_id for config in group] == [COMBINED]
        worker.train(group)
    assert "it has format 99" in job.failures()[COMBINED]
    assert job.progress().state == "failed"


def test_a_later_versions_run_in_a_bundle_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]):
    import zipfile

    out = tmp_path / "later.gancore"
    with zipfile.ZipFile(RELEASED / "released.gancore") as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    infos = json.loads(members["runs.json"])
    (info,) = (info for info in infos if info["run_id"] == COMBINED)
    info["config"] |= {"momentum_of_time": 0.5}
    resolved = {"config": info["config"], "results_version": info["results_version"]}
    info["run_id"] = new = checksum(canonical(resolved))
    members["runs.json"] = canonical(infos)
    members = {name.replace(COMBINED, new): data for name, data in members.items()}
    manifest = json.loads(members.pop("manifest.json"))
    manifest["members"] = {name: checksum(data) for name, data in members.items()}
    with zipfile.ZipFile(out, "w") as archive:
        for name, data in (members | {"manifest.json": canonical(manifest)}).items():
            archive.writestr(name, data)
    import_bundle(tmp_path / "there", out)
    store = Store.open(tmp_path / "there")
    (kept,) = store.unreadable()
    assert (kept.run_id, kept.source) == (new, "released")
    assert SEPARATE in store
    _, _, err = call(capsys, "runs", "list", "--store", str(store.root))
    assert f"run {new[:12]} of the bundle released: " in err and "momentum_of_time" in err
