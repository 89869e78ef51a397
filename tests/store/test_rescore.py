"""Scoring stored runs again: the same numbers where nothing has changed, new ones where something has."""

from __future__ import annotations

import dataclasses
import json
import math
import os
import subprocess
import sys
from unittest import mock

import numpy as np
import pytest
from support.results import make_result

from gancore import cli
from gancore.config import ConfigError, parse_config
from gancore.datasets import Circle
from gancore.metrics import METRICS, METRICS_VERSION, applicable
from gancore.recording.result import RunResult
from gancore.recording.scoring import score_snapshot
from gancore.store import Store, StoreError, gallery_bundles, references_key
from gancore.store import rescore as rescoring
from gancore.store.rescore import rescore

REFERENCES = {key: {"mean": 0.06, "low": 0.05, "high": 0.07} for key in METRICS}


def trained(seed: int = 0, snapshots: int = 3, **changes: object) -> RunResult:
    """A run that nobody trained, scored as training would have done."""
    config = parse_config({"steps": 100 * (snapshots - 1), "snapshot_every": 100, "seed": seed})
    steps = config.snapshot_steps
    rng = np.random.default_rng(seed)
    points = np.stack(
        [config.dataset.sample(rng, 2000) + rng.normal(size=(2000, 2)) / (i + 9) for i in range(snapshots)]  # type: ignore[attr-defined]
    ).astype(np.float32)
    scores = [
        score_snapshot(config, step, own, lambda dataset: REFERENCES) for step, own in zip(steps, points, strict=True)
    ]
    return make_result(
        config,
        history={"step": np.array(steps), "d_loss": np.ones(len(steps))},
        snapshots=points,
        metrics={key: np.array([score[key] for score in scores]) for key in scores[0]},
        weights={"generator/0/kernel": np.ones((2, 2), np.float32)},
        **changes,
    )


def outdated(result: RunResult) -> RunResult:
    """As an older gancore would have stored it: fewer metrics, one of them other than today, one unknown today."""
    keys = ("w1", "w1_excess", "swd", "near", "coverage", "learned")
    metrics = {key: result.metrics[key] for key in keys} | {"gone": np.zeros(len(result.snapshot_steps))}
    return dataclasses.replace(result, metrics=metrics | {"swd": result.metrics["swd"] + 1}, versions={"gancore": "0"})


@pytest.fixture
def store(own_store, monkeypatch) -> Store:
    monkeypatch.setattr(Store, "references", lambda self, dataset: REFERENCES)
    return Store.open(own_store)


def call(capsys, *arguments: str) -> tuple[int, str, str]:
    capsys.readouterr()
    code = cli.run(["runs", "rescore", *arguments])
    return code, *capsys.readouterr()


def test_a_run_of_this_version_keeps_its_numbers(store):
    run = store.put(trained())
    result = rescore(store, run)
    assert (result.run_id, result.version_before, result.scored, result.left) == (
        run.run_id,
        str(METRICS_VERSION),
        3,
        0,
    )
    assert list(result.after) == list(applicable(Circle()))
    # The points were stored with 16 bits; a share may move by a few points of 2,000.
    assert result.after == pytest.approx(run.metrics, abs=2e-3)
    again = store.get(run.run_id)
    for key in applicable(Circle()):
        np.testing.assert_allclose(again.scores[key], run.scores[key], atol=2e-3)
    assert not rescore(store, again).written, "the second time nothing changes"


def test_an_outdated_run_gets_this_versions_metrics_and_keeps_the_rest(store):
    new = trained()
    run = store.put(outdated(new))
    before = (run.info, run.history, run.weights, run.final)
    result = rescore(store, run)
    assert result.written and result.version_before == "unknown"
    assert result.before["swd"] == pytest.approx(result.after["swd"] + 1, abs=1e-3)
    again = Store(store.root).get(run.run_id)
    assert again.versions["metrics"] == str(METRICS_VERSION)
    assert again.metrics == result.after and "gone" not in again.metrics
    assert list(again.scores) == ["step", *applicable(Circle())]
    for key, values in new.metrics.items():
        np.testing.assert_allclose(again.scores[key], values, atol=2e-3)
    assert again.history.equals(before[1])
    np.testing.assert_array_equal(again.weights["generator/0/kernel"], before[2]["generator/0/kernel"])
    np.testing.assert_array_equal(again.final, before[3])
    assert (again.created, again.seconds, again.config) == (before[0].created, before[0].seconds, run.config)
    assert store.verify() == []
    assert not any(
        (store.root / name).exists() and any((store.root / name).iterdir()) for name in ("incoming", "trash")
    )


def test_checkpoints_with_some_of_their_points_keep_what_they_had(store):
    run = store.put(outdated(trained(snapshots=40)))
    old = run.scores
    assert run.snapshots.shape[1] == 1500
    result = rescore(store, run)
    assert (result.scored, result.left, result.version_left) == (1, 39, "unknown")
    new = store.get(run.run_id).scores
    np.testing.assert_array_equal(new["swd"][:-1], old["swd"][:-1])
    assert new["swd"].iloc[-1] == result.after["swd"] == pytest.approx(old["swd"].iloc[-1] - 1, abs=1e-3)
    assert new["energy"][:-1].isna().all() and math.isfinite(new["energy"].iloc[-1])
    versions = store.get(run.run_id).versions
    assert (versions["metrics"], versions[rescoring.EARLIER]) == (str(METRICS_VERSION), "unknown")


def test_checkpoints_that_stay_outdated_say_so_however_often_a_run_is_scored(store, monkeypatch):
    run = store.put(outdated(trained(snapshots=40)))
    rescore(store, run)
    monkeypatch.setattr(rescoring, "METRICS_VERSION", METRICS_VERSION + 1)
    result = rescore(store, run)
    versions = store.get(run.run_id).versions
    assert (versions["metrics"], versions[rescoring.EARLIER]) == (str(METRICS_VERSION + 1), "unknown")
    assert (result.version_before, result.version_left) == (str(METRICS_VERSION), "unknown")
    assert not rescore(store, store.get(run.run_id)).written


def test_checkpoints_of_this_version_need_no_note(store):
    for run in (store.put(trained(snapshots=40)), store.put(outdated(trained(seed=1)))):
        assert rescore(store, run).version_left is None
        assert rescoring.EARLIER not in store.get(run.run_id).versions


def test_a_diverged_run_gets_what_training_would_have_given_it(store):
    cut = trained()
    kept = {key: values[:2] for key, values in cut.metrics.items()}
    changes = {"status": "diverged", "steps": 130, "diverged_at": 130, "metrics": kept}
    run = store.put(
        dataclasses.replace(cut, **changes, snapshot_steps=cut.snapshot_steps[:2], snapshots=cut.snapshots[:2])
    )
    result = rescore(store, run)
    assert result.after["w1"] is None and result.after["swd"] == pytest.approx(kept["swd"][1], abs=1e-3)


def test_a_run_survives_a_move_that_fails(store, tmp_path):
    run = store.put(outdated(trained()))
    with (
        mock.patch.object(rescoring, "write_aside", return_value=tmp_path / "nowhere"),
        pytest.raises(StoreError, match="cannot be written"),
    ):
        rescore(store, run)
    assert (
        store.get(
            run.run_id,
        ).metrics
        == run.metrics
        and store.verify() == []
    )


KILLED = """
import os, sys
from unittest import mock
from gancore.metrics import METRICS
from gancore.store import Store
from gancore.store import rescore as rescoring
left = [int(sys.argv[3])]
def dying(real):
    def call(*arguments, **options):
        left[0] -= 1
        if left[0] < 0:
            os._exit(9)
        return real(*arguments, **options)
    return call
store = Store(sys.argv[1])
store.references = lambda dataset: {key: {"mean": 0.06, "low": 0.05, "high": 0.07} for key in METRICS}
run = store.get(sys.argv[2])
os.replace, os.unlink = dying(os.replace), dying(os.unlink)
rescoring.write_aside = dying(rescoring.write_aside)
rescoring.rescore(store, run)
"""


@pytest.mark.slow
def test_a_kill_at_any_moment_loses_nothing(store):
    """Killed before the files are written, before each of the two moves, and before the old file is deleted."""
    first = store.put(outdated(trained()))
    states = []
    for survived in range(5):
        command = [sys.executable, "-c", KILLED, str(store.root), first.run_id, str(survived)]
        code = subprocess.run(command, check=False).returncode
        run = store.get(first.run_id)
        assert run is not None, f"lost after {survived} moves"
        outdated_still = run.metrics == first.metrics
        assert len(run.scores) == 3
        assert list(run.scores)[-1] == ("gone" if outdated_still else "learned")
        assert run.versions.get("metrics") == (None if outdated_still else str(METRICS_VERSION))
        assert Store(store.root).verify() == []
        states.append((code, outdated_still))
        if not outdated_still and code:
            break
    assert states[:4] == [(9, True), (9, True), (9, True), (9, False)]
    stray = store.root / "runs" / first.run_id[:2] / first.run_id / "checkpoints.parquet"
    assert stray.exists(), "killed before it was deleted"
    os.utime(stray, (0, 0))
    assert store.verify() == []
    assert not stray.exists()
    assert not rescore(store, store.get(first.run_id)).written


def test_a_reader_that_opened_a_run_before_still_reads_it(store):
    old = store.put(outdated(trained()))
    rescore(store, old)
    assert list(old.scores) == ["step", *applicable(Circle())]


def test_scoring_again_leaves_one_file_of_checkpoints(store):
    run = store.put(outdated(trained()))
    rescore(store, run)
    folder = store.root / "runs" / run.run_id[:2] / run.run_id
    (name,) = (path.name for path in folder.glob("checkpoints*"))
    assert set(store.get(run.run_id).info.files) == {name, "history.parquet", "snapshots.npz", "weights.npz"}
    path = folder / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    (problem,) = store.verify()
    assert name in problem.reason


def test_a_run_removed_meanwhile_does_not_come_back(store, monkeypatch):
    run = store.put(outdated(trained()))
    real = rescoring.write_aside

    def removing(*arguments):
        store.remove(run.run_id)
        return real(*arguments)

    monkeypatch.setattr(rescoring, "write_aside", removing)
    with pytest.raises(StoreError, match="cannot be written"):
        rescore(store, run)
    assert store.get(run.run_id) is None
    assert store.verify() == []


def test_a_run_that_is_gone_or_in_a_bundle_is_refused(store):
    run = store.put(trained())
    store.remove(run.run_id)
    with pytest.raises(StoreError, match=f"run {run.run_id[:12]} was removed"):
        rescore(store, run)
    shipped = gallery_bundles()[0].runs()[0]
    with pytest.raises(ConfigError, match=r"belongs to the bundle '[a-z-]+', which is read-only"):
        rescore(store, shipped)


def test_the_command_scores_the_runs_it_is_given(store, capsys):
    first, second = (store.put(outdated(trained(seed))) for seed in (0, 1))
    code, out, _ = call(capsys, first.run_id[:10], "--json")
    content = json.loads(out)
    assert code == 0 and content["run_id"] == first.run_id and content["written"]
    assert (content["version_before"], content["metrics_version"]) == ("unknown", METRICS_VERSION)
    assert content["after"] == store.get(first.run_id).metrics and content["before"] == first.metrics
    assert store.get(second.run_id).metrics == second.metrics
    thinned = store.put(outdated(trained(2, snapshots=40)))
    assert "39 snapshots keep their values (metrics version unknown)" in call(capsys, thinned.run_id)[2]
    store.remove(thinned.run_id)
    code, out, err = call(capsys, "--all")
    assert code == 0 and out.count("→ 2 ") == 2 and out.count("→ 1.00") == 2, "two versions and two verdicts"
    assert "runs belong to bundles, which are read-only" in err
    assert store.get(second.run_id).versions["metrics"] == str(METRICS_VERSION)


def test_the_command_answers_wrong_input_with_one_line(store, capsys):
    shipped = gallery_bundles()[0].run_ids[0]
    for arguments, said in (
        ([], "ID, --all: give either one or more ids of runs, or --all"),
        (["abcd", "--all"], "ID, --all: give either"),
        (["zz"], "run: 'zz' is not a run id; give 4 to 64 of its digits"),
        (["0123456789"], "run: no stored run's id starts with '0123456789'"),
        ([shipped], "belongs to the bundle"),
    ):
        code, out, err = call(capsys, *arguments)
        assert (code, out, err.count("\n")) == (2, "", 1) and said in err, arguments
    assert call(capsys, "--all")[2].endswith("no runs of your own are stored\n")


def test_a_damaged_run_stops_no_other(store, capsys):
    broken, sound = (store.put(outdated(trained(seed))) for seed in (0, 1))
    path = store.root / "runs" / broken.run_id[:2] / broken.run_id / "weights.npz"
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    code, out, err = call(capsys, "--all", "--json")
    assert code == 1 and broken.run_id[:12] in err
    assert json.loads(out)["run_id"] == sound.run_id


def test_scoring_again_needs_no_tensorflow(store):
    run = store.put(trained())
    code = (
        "import sys; sys.modules['tensorflow'] = sys.modules['keras'] = None\n"
        "from gancore.cli import run\n"
        f"sys.exit(run(['runs', 'rescore', '{run.run_id}']))"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_collapsed_values_are_computed_once_and_kept(own_store, monkeypatch):
    calls = []

    def compute(dataset, references):
        calls.append(references["w1"]["mean"])
        return {"one_point": {"w1": 1.25, "mmd2": math.nan}, "mean": {"w1": 1.0}}

    monkeypatch.setattr(Store, "references", lambda self, dataset: REFERENCES)
    monkeypatch.setattr("gancore.metrics.collapsed", compute)
    circle = parse_config({}).dataset
    first = Store(own_store).collapsed(circle)
    again = Store(own_store).collapsed(circle)
    assert first["one_point"]["w1"] == again["one_point"]["w1"] == 1.25 and again["mean"] == {"w1": 1.0}
    assert math.isnan(again["one_point"]["mmd2"])
    path = own_store / "ceilings" / f"{references_key(circle)}.json"
    path.write_text(path.read_text().replace("1.25", "1.75"))
    assert Store(own_store).collapsed(circle)["one_point"]["w1"] == 1.25, "a changed file is not trusted"
    assert calls == [0.06, 0.06]
