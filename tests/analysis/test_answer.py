"""The answer of the shipped runs: what is kept is what the bundles say, and how the two ways are chosen."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from gancore.analysis import analyze, plain_analysis
from gancore.analysis.answer import DISTRIBUTIONS, Answer, answer_of, shipped_answer, write_answer
from gancore.config import RunConfig
from gancore.store import RunMissing, Store, StoredRun, gallery_bundles
from gancore.store.record import RunInfo
from gancore.studies import parse_study

STUDY = """
name = "tried"
title = "Tried"
question = "What works?"
seeds = 4
datasets = ["parabola", "circle", "moons", "swiss_roll", "heart"]

[[variant]]
name = "baseline"

[[variant]]
name = "batch"
[variant.set]
batch_size = 64

[[variant]]
name = "recipe"
[variant.set]
recipe = "ns-r1"

[[variant]]
name = "smaller"
[variant.set]
recipe = "ns-r1"
"dataset.scale" = 0.5
"""
RATES = {
    "baseline": (4, 0, 0, 0, 0),
    "batch": (4, 4, 2, 0, 0),
    "recipe": (4, 4, 3, 3, 4),
    "smaller": (4, 4, 4, 4, 4),
}
"""Arm → how many of four runs learned, on each distribution."""


class Told:
    """What an answer asks of a bundle, of runs that nobody trained."""

    name, shipped, point_hashes, study_text = "tried", False, (), STUDY

    def __init__(self, rates: Mapping[str, tuple[int, ...]]) -> None:
        study = parse_study(STUDY)
        self.runs: dict[str, StoredRun] = {}
        for variant in study.variants:
            arm = rates[str(variant.arm)][study.datasets.index(str(variant.dataset))]
            for config in study.configs_of(variant):
                ends = {"learned": float(config.seed < arm), "w1_excess": 0.01 * config.seed}
                self.runs[config.run_id] = StoredRun(info_of(config, ends), config, self.name, self)
        self.analysis = plain_analysis(analyze(Store("/nowhere", [self]), study))  # type: ignore[list-item]

    def get(self, run_id: str) -> StoredRun | None:
        return self.runs.get(run_id)

    def load(self, info: RunInfo, part: str) -> None:
        raise RunMissing(f"{part} of {info.run_id} are not kept")


def info_of(config: RunConfig, ends: dict[str, float]) -> RunInfo:
    return RunInfo(
        format=2,
        run_id=config.run_id,
        results_version=1,
        config={},
        status="finished",
        steps=config.steps,
        diverged_at=None,
        seconds=1.0,
        device="cpu",
        versions={},
        created="",
        metrics=dict(ends),
    )


@pytest.fixture(scope="module")
def bundle() -> Any:
    return Told(RATES)


def test_what_is_kept_is_what_the_shipped_runs_say() -> None:
    assert shipped_answer() == answer_of(gallery_bundles())


def test_the_best_has_the_highest_lowest_rate_and_the_smallest_the_fewest_changes(bundle: Any) -> None:
    found = answer_of([bundle])
    assert found and found.best and found.smallest
    assert [(rate.dataset, rate.learned) for rate in found.baseline.rates] == list(
        zip(DISTRIBUTIONS, RATES["baseline"][:4], strict=True)
    )
    assert (found.smallest.words, found.smallest.instead, found.smallest.recipe) == ("batch 64", "batch 32", None)
    assert found.best.recipe == "ns-r1"  # the other one learns more, and another circle
    assert [rate.learned for rate in found.best.rates] == [4, 4, 3, 3]
    assert [(rate.dataset, rate.learned) for rate in found.best.elsewhere] == [("heart", 4)] and found.best.learns == 1
    circle = found.best.on("circle")
    assert (circle.study, circle.variant, circle.runs) == ("tried", "circle-recipe", 4)
    run = bundle.get(circle.run_id)
    assert run and run.config.seed == 1  # of 0 to 3 the better of the two in the middle


def test_settings_that_both_networks_have_are_said_once(bundle: Any) -> None:
    found = answer_of([bundle])
    assert found and found.best
    pieces = found.best.words.split(" + ")
    assert "both networks' learning rate 0.001" in pieces and "batch 256" in pieces
    assert not [piece for piece in pieces if piece.startswith(("generator", "discriminator"))]


def test_nothing_is_an_answer_without_the_baseline_everywhere(tmp_path: Path) -> None:
    assert answer_of([]) is None
    assert write_answer([], tmp_path / "answer.json") is None and not list(tmp_path.iterdir())


def test_an_answer_is_written_and_read_again(bundle: Any, tmp_path: Path) -> None:
    found = write_answer([bundle], tmp_path / "answer.json")
    assert found and Answer.model_validate_json((tmp_path / "answer.json").read_bytes()) == found
    assert write_answer([bundle], tmp_path / "again.json") == found
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "answer.json").read_bytes()
