"""Why one dataset is harder: each sentence only where the runs' numbers bear it out."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import numpy as np
import pandas as pd
import pytest

from gancore.analysis import runs_of
from gancore.analysis.behaviour import Behaviour, behaviour, why_harder
from gancore.config import RunConfig
from gancore.store import Store
from gancore.studies import load_study

EASY = Behaviour("the parabola", 10_000, 0.997, 1.0, 0.58, 0.04, 400)
HARD = Behaviour("the circle", 10_000, 0.35, 0.98, 0.59, 0.15, 400)


@dataclass
class Run:
    """What ``behaviour`` reads of a stored run."""

    moved: float
    accuracy: float = 60.0
    metrics: dict[str, float | None] = field(default_factory=lambda: {"near": 0.5, "coverage": 1.0})
    diverged_at: int | None = None
    scale: float = 1.0
    steps: int = 800
    snapshot_steps: tuple[int, ...] = tuple(range(0, 900, 100))
    end_alone: bool = False

    @property
    def config(self) -> RunConfig:
        return RunConfig().model_copy(update={"dataset": RunConfig().dataset.model_copy(update={"scale": self.scale})})

    @property
    def snapshots(self) -> np.ndarray:
        """Points that leap about at first, and over the last four move by ``moved`` each time."""
        x = np.array([9.0, -9.0, 9.0, -9.0, 9.0, 0.0, self.moved, 2 * self.moved, 3 * self.moved])
        return np.repeat(np.stack([x, 0 * x], axis=1)[:, None], 5, axis=1)

    @property
    def history(self) -> pd.DataFrame:
        return pd.DataFrame({"d_acc": [99.0] * 6 + [self.accuracy] * 2})


def test_movement_and_accuracy_are_those_of_the_last_quarter_and_medians_over_runs() -> None:
    runs: list[Any] = [Run(0.1, 50.0), Run(0.2, 60.0), Run(0.9, 90.0)]
    found = behaviour("the circle", runs)
    assert found is not None
    assert (found.moved, found.accuracy, found.every) == (pytest.approx(0.2), pytest.approx(0.6), 100)
    half = behaviour("the circle", [Run(0.1, scale=0.5)])  # type: ignore[list-item]
    assert half is not None and half.moved == pytest.approx(0.2)


def test_runs_whose_end_alone_was_kept_count_for_all_but_movement() -> None:
    end = {"end_alone": True, "snapshot_steps": (800,)}
    runs: list[Any] = [Run(9.0, 40.0, **end), Run(9.0, 50.0, **end), Run(0.2, 60.0)]
    found = behaviour("the circle", runs)
    assert found is not None
    assert (found.moved, found.accuracy, found.every) == (pytest.approx(0.2), pytest.approx(0.5), 100)
    assert behaviour("the circle", runs[:2]) is None


def test_runs_without_numbers_or_that_diverged_say_nothing() -> None:
    lacking: list[list[Any]] = [[], [Run(0.1, metrics={"near": None, "coverage": 1.0})], [Run(0.1, diverged_at=3)]]
    assert all(behaviour("the circle", runs) is None for runs in lacking)


def test_each_sentence_needs_its_numbers() -> None:
    ends, moves, accuracy = why_harder(EASY, HARD)
    assert "more than 99% of the generated points lie near the parabola, and 35% near the circle" in ends
    assert "surround it" in ends and "0.15" in moves and "59% on the circle and 58%" in accuracy
    assert "surround" not in " ".join(why_harder(EASY, HARD._replace(coverage=0.6)))
    assert "surround" not in " ".join(why_harder(EASY, HARD._replace(near=0.8)))
    assert "moving" not in " ".join(why_harder(EASY, HARD._replace(moved=0.06)))
    assert "moving" not in " ".join(why_harder(EASY, HARD._replace(every=800)))
    assert "accuracy" not in " ".join(why_harder(EASY, HARD._replace(accuracy=0.7)))


def test_the_shipped_runs_bear_all_of_it_out() -> None:
    study = load_study("four-distributions")
    have = runs_of(Store.open(), study)
    easy, hard = (
        behaviour(name, [run for run in have[variant] if run])
        for name, variant in (("the parabola", "parabola-baseline"), ("the circle", "circle-baseline"))
    )
    assert easy is not None and hard is not None and len(why_harder(easy, hard)) == 3
    assert hard.near == np.median([run.metrics["near"] for run in have["circle-baseline"] if run])
