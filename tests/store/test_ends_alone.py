"""A large study's bundle: whole trainings of three seeds a variant, and the last points of the others."""

from __future__ import annotations

import base64
import zipfile
from pathlib import Path

import numpy as np
import pytest
from support.results import make_result

from gancore.analysis import packing, pick_seed, runs_of
from gancore.analysis.packing import pack_study
from gancore.fixing.explain import measured
from gancore.report.pictures import note_of
from gancore.store import Bundle, Store
from gancore.studies import Study, parse_study
from gancore.ui.viewer import kept_steps
from gancore.viewer import TOGETHER, left_out, study_payload
from gancore.viewer.packing import MISSING

TEXT = """
name = "many"
title = "Many"
question = "Are there many?"
seeds = 5

[base]
steps = 1000
snapshot_every = 500

[[variant]]
name = "baseline"

[[variant]]
name = "large"
[variant.set]
batch_size = 64
"""
SEEDS = 5


@pytest.fixture(scope="module")
def study() -> Study:
    return parse_study(TEXT)


@pytest.fixture(scope="module")
def own(study: Study, tmp_path_factory: pytest.TempPathFactory) -> Store:
    store = Store(tmp_path_factory.mktemp("own"))
    for config in study.configs():
        excess = np.array([0.9, 0.9, (0.3, 0.1, 0.5, 0.4, 0.2)[config.seed]])  # best 1, median 0, worst 2
        store.put(make_result(config, metrics={"w1_excess": excess, "near": excess}))
    return store


@pytest.fixture(scope="module")
def path(study: Study, own: Store, tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("bundle") / "many.gancore"
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(packing, "MANY", 9)
        patch.setattr(own, "references", lambda dataset: {})
        patch.setattr(own, "collapsed", lambda dataset: {"one_point": {}, "mean": {}})
        pack_study(own, study, TEXT, path, small=True)
    return path


def test_the_picked_seeds_keep_their_training_and_the_others_their_end(study: Study, own: Store, path: Path) -> None:
    bundle = Bundle(path)
    for config in study.configs():
        run, before = bundle.get(config.run_id), own.get(config.run_id)
        assert run is not None and before is not None
        whole = config.seed in (0, 1, 2)
        assert run.end_alone == (not whole)
        assert run.snapshot_steps == (before.snapshot_steps if whole else before.snapshot_steps[-1:])
        np.testing.assert_allclose(run.final, before.final if whole else before.final[:1000], atol=2e-5)
        assert len(run.scores) == 3 and len(run.history) == len(before.history)
        assert not before.end_alone
    for how, seed in (("median", 0), ("best", 1), ("worst", 2)):
        picked = pick_seed([bundle.get(config.run_id) for config in study.configs_of(study.variants[0])], how)
        assert picked is not None and picked.config.seed == seed


def test_it_is_smaller_and_few_runs_keep_everything(study: Study, own: Store, path: Path, tmp_path: Path) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(own, "references", lambda dataset: {})
        patch.setattr(own, "collapsed", lambda dataset: {"one_point": {}, "mean": {}})
        pack_study(own, study, TEXT, tmp_path / "all.gancore", small=True)
    assert not any(run.end_alone for run in Bundle(tmp_path / "all.gancore").runs())
    member = f"snapshots/{study.configs_of(study.variants[0])[3].run_id}.npz"
    small, large = (zipfile.ZipFile(one).getinfo(member).file_size for one in (path, tmp_path / "all.gancore"))
    assert small < 0.4 * large


def test_the_view_offers_the_last_points_and_says_what_was_left_out(study: Study, path: Path, tmp_path: Path) -> None:
    store = Store(tmp_path, [Bundle(path)])
    payload = study_payload(store, study, SEEDS, ["median", "3", TOGETHER])
    median, third, together = (pick["shown"][0] for pick in payload["picks"])
    assert median and third and together
    assert median["end_alone"] == [] and median["steps"] == [0, 500, 1000]
    assert third["end_alone"] == [3] and third["steps"] == [1000]
    assert together["end_alone"] == [3, 4] and together["steps"] == [0, 500, 1000]
    # Before the end the two have no points there, rather than those of another step.
    codes = np.frombuffer(base64.b64decode(together["points"]), "<u2").reshape(3, SEEDS, -1)
    assert ((codes == MISSING).all(axis=2) == [[False] * 3 + [True] * 2] * 2 + [[False] * 5]).all()
    said = left_out(payload, store, study, SEEDS)
    assert said.startswith("Of 6 of these 14 runs the bundle has the last points alone")
    assert "study run many --seeds 5 --again" in said
    assert left_out(study_payload(store, study, SEEDS, ["best"]), store, study, SEEDS) == ""


def test_a_video_says_that_a_step_is_not_the_one_it_shows(study: Study, path: Path) -> None:
    third = Bundle(path).get(study.configs_of(study.variants[0])[3].run_id)
    assert third is not None
    assert note_of(third, third.metrics, 500).endswith("only step 1,000 was kept")
    assert "kept" not in note_of(third, third.metrics, 1000) + note_of(third, third.metrics)


def test_a_link_to_a_step_is_held_against_the_runs_that_are_shown(study: Study, path: Path, tmp_path: Path) -> None:
    found = {name: runs[::-1] for name, runs in runs_of(Store(tmp_path, [Bundle(path)]), study).items()}
    assert all(runs[0] and runs[0].end_alone for runs in found.values())
    assert kept_steps(found, "median") == {0, 500, 1000} and kept_steps(found, "3") == {1000}


def test_what_a_fix_did_names_the_steps_between_snapshots_that_there_are(study: Study, path: Path) -> None:
    alone, whole = (Bundle(path).get(study.configs_of(study.variants[0])[seed].run_id) for seed in (3, 0))
    assert alone and whole and alone.end_alone
    assert measured([alone, whole]).every == measured([whole]).every == 500
    assert measured([alone]).every == 0


def test_what_describes_a_shipped_run_is_read_with_it(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    read: list[str] = []
    real = Bundle._bytes
    monkeypatch.setattr(Bundle, "_bytes", lambda self, name: read.append(name) or real(self, name))
    shipped = Bundle(path, shipped=True)
    assert len(shipped.run_ids) == 10 and shipped.get("0" * 64) is None
    assert read == ["manifest.json", "study.toml"]
    run = shipped.get(shipped.run_ids[0])
    assert run is not None and run.shipped
    assert read == ["manifest.json", "study.toml", "runs.json"]
    assert shipped.run_ids == Bundle(path).run_ids
