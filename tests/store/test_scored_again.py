"""A run's end is scored on more points than are stored, from its weights, by training and when it is scored again."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from support.results import make_result

from gancore.analysis import analysis_of, run_table
from gancore.analysis.pairwise import compare
from gancore.analysis.scored import scored_otherwise
from gancore.config import RunConfig, parse_config
from gancore.metrics import BATCHES, METRICS_VERSION, POINTS
from gancore.recording.events import Finished, Snapshot
from gancore.recording.landscape import TOGETHER, generated
from gancore.recording.recorder import Recorder
from gancore.recording.result import RunResult
from gancore.recording.scoring import more_of, score_snapshot
from gancore.store import Store
from gancore.store.record import UNKNOWN
from gancore.store.rescore import rescore
from gancore.studies import parse_study

REFERENCES = {"w1": {"mean": 0.03, "low": 0.02, "high": 0.04}}
SMALL = {"steps": 10, "snapshot_every": 10, "latent": {"dim": 4}, "generator": {"hidden": [8]}}
STUDY = """
name = "two"
title = "Two"
question = "Which?"
[[variant]]
name = "baseline"
[[variant]]
name = "other"
label = "Other"
set = { batch_size = 64 }
"""


def trained(config: RunConfig) -> RunResult:
    """What a recorder makes of a run of which only the weights and points are made up."""
    result = make_result(config)
    recorder = Recorder([config], lambda dataset: REFERENCES)
    points = generated(config, result.weights, POINTS, np.random.default_rng(5))
    for step in (0, config.steps):
        recorder.feed(Snapshot(step, points[None]))
    assert len(recorder.scores) == 1, "the last waits for the weights"
    saved = recorder.checkpoint(0)
    assert saved["scored"].tolist() == [True, False] and int(saved["metrics_version"]) == METRICS_VERSION
    recorder.feed(Finished(config.steps, [result.weights], [None]))
    return dataclasses.replace(recorder.results()[0], history=result.history)


def test_the_end_is_scored_on_points_that_its_weights_decide() -> None:
    config = parse_config(SMALL)
    result = trained(config)
    points = result.snapshots[-1]
    more = more_of(config, result.weights)
    assert more is not None and more.shape == ((BATCHES - 1) * POINTS, 2)
    known = score_snapshot(config, config.steps, points, lambda dataset: REFERENCES, result.weights)
    alone = score_snapshot(config, config.steps, points, lambda dataset: REFERENCES)
    assert result.metrics["w1"][-1] == known["w1"] != alone["w1"] == pytest.approx(known["w1"], rel=0.2)
    assert {key for key in known if known[key] != alone[key]} <= {"w1", "w1_excess", "learned"}, "of what is shown"
    assert np.isnan(result.metrics["w1"][0])


def test_a_run_scored_again_gets_what_training_gave_it(tmp_path: Path) -> None:
    store = Store(tmp_path)
    store.references = lambda dataset, progress=None: REFERENCES  # type: ignore[method-assign]
    result = trained(parse_config(SMALL))
    old = store.put(dataclasses.replace(result, versions={"gancore": "0.1", "metrics": "1"}))
    assert old.metrics_version == "1"
    again = rescore(store, old)
    assert again.after["w1"] == pytest.approx(result.metrics["w1"][-1], abs=1e-4)  # 16 bits a coordinate
    assert store.find(old.run_id).metrics_version == str(METRICS_VERSION)


def test_points_do_not_depend_on_how_many_are_made_at_once() -> None:
    config = parse_config(SMALL)
    weights = make_result(config).weights
    many = generated(config, weights, 2 * TOGETHER + 7, np.random.default_rng(0))
    few = generated(config, weights, TOGETHER, np.random.default_rng(0))
    assert many.shape == (2 * TOGETHER + 7, 2) and many.dtype == np.float32
    np.testing.assert_array_equal(many[:TOGETHER], few)


def test_weights_of_another_network_leave_the_points_that_are_stored() -> None:
    config = parse_config(SMALL)
    assert more_of(config, {"generator/0/kernel": np.ones((2, 2), np.float32)}) is None


def test_scores_of_an_older_version_in_a_checkpoint_are_made_again() -> None:
    config = parse_config(SMALL)
    first = Recorder([config], lambda dataset: REFERENCES)
    first.feed(Snapshot(0, make_result(config).snapshots[:1]))
    assert len(first.scores) == 1
    saved = first.checkpoint(0) | {"history/step": np.zeros(0, np.int64)}
    wrong = saved | {"scores/swd": saved["scores/swd"] + 1}
    for version, expected in ((METRICS_VERSION, wrong), (1, saved)):
        later = Recorder([config], lambda dataset: REFERENCES)
        later.restore([wrong | {"metrics_version": np.array(version)}])
        assert later.scores[0][0]["swd"] == expected["scores/swd"][0]


@pytest.mark.parametrize(
    ("versions", "said"),
    [
        (["2", "", "2"], ""),
        (["2", "1", ""], "1 of 2 runs was scored by other metrics (version 1, this gancore has version 2)"),
        ([UNKNOWN, "1"], "2 of 2 runs were scored by other metrics (an earlier version, this gancore has version 2)"),
        (["3"], "1 of 1 run was scored by other metrics (version 3, this gancore has version 2)"),
    ],
)
def test_runs_that_other_metrics_scored_are_counted(versions: list[str], said: str) -> None:
    sentence = scored_otherwise(versions)
    assert sentence.startswith(said) and bool(sentence) == bool(said)
    assert not said or "gancore runs rescore --all" in sentence


def test_an_analysis_names_them(tmp_path: Path) -> None:
    store, study = Store(tmp_path), parse_study(STUDY)
    for variant in study.variants:
        for config in study.configs_of(variant, 2):
            result = make_result(config)
            old = {"versions": {"gancore": "0.1"}} if config.seed and variant.name == "other" else {}
            store.put(dataclasses.replace(result, **old))  # type: ignore[arg-type]
    runs = run_table(store, study, 2)
    assert sorted(runs["metrics_version"]) == ["2", "2", "2", UNKNOWN]
    sentence = scored_otherwise(runs["metrics_version"])
    assert sentence and analysis_of(study, runs).notes[0] == sentence
    assert compare(study, runs, study.variants[0].name, "other").notes[0] == sentence
    current = runs.assign(metrics_version=str(METRICS_VERSION))
    assert not any("scored by other metrics" in note for note in analysis_of(study, current).notes)
