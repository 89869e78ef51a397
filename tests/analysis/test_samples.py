"""Samples that any generator made: every metric beside what real data and a collapsed generator would score."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import gancore
from gancore import metrics
from gancore.config import RunConfig, with_changes
from gancore.datasets import OwnPoints, Ring
from gancore.metrics.base import BATCHES
from gancore.store import Store

RNG = np.random.default_rng


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    """References of 2,000 points are computed once for this file."""
    return Store(tmp_path_factory.mktemp("samples"))


@pytest.fixture(scope="module")
def blob() -> np.ndarray:
    """Real points far from the origin, in units of their own."""
    return RNG(3).normal(size=(400, 2)) * [50, 0.2] + [1e4, -3]


def rows(found: gancore.SampleScores) -> dict:
    return {row.key: row for row in found.rows}


def test_good_samples_read_as_real_data_does_and_collapsed_ones_as_such() -> None:
    ring = Ring(count=5)
    good = gancore.score(ring.sample(RNG(0), 200), ring)
    assert good.learned is True and good.scored == 200 and good.left_out == 0
    for key in ("w1", "near", "coverage", "modes", "swd"):
        row = rows(good)[key]
        assert row.value is not None and row.real is not None and row.collapsed is not None and not row.lacking
        margin = row.real_high - row.real_low + 0.02
        assert row.real_low - margin <= row.value <= row.real_high + margin, key
    collapsed = gancore.score(np.tile(ring.middle(), (200, 1)), ring)
    assert collapsed.learned is False
    for key in ("w1", "modes", "coverage", "recall"):
        assert collapsed[key] == pytest.approx(rows(collapsed)[key].collapsed, abs=0.02), key


def test_references_are_of_as_many_samples() -> None:
    few = gancore.score(Ring().sample(RNG(0), 60), "ring")
    references = metrics.references(Ring(), points=60)
    assert rows(few)["w1"].real == pytest.approx(references["w1"]["mean"], abs=0.05)
    assert rows(few)["swd"].real_high == references["swd"]["high"]
    # Of one batch, where references have three, the range is wider.
    spans = rows(few)["w1"].real_high - rows(few)["w1"].real_low, references["w1"]["high"] - references["w1"]["low"]
    assert spans[0] > spans[1]
    assert rows(few)["w1"].collapsed == metrics.collapsed(Ring(), references)["one_point"]["w1"]
    assert any("everything here is of 60" in note for note in few.notes)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("n", "said"),
    [
        (2000, "w1 has less noise"),
        (4500, "of the 4,500 samples, w1 of 4,000"),
        (BATCHES * 2000, "of the 6,000 samples, w1 of 6,000"),
    ],
)
def test_perfect_samples_of_any_number_lie_within_their_reference(store: Store, n: int, said: str) -> None:
    found = gancore.score(Ring().sample(RNG(1), n), "ring", store)
    assert found.learned and found.scored == 2000 and any(said in note for note in found.notes)
    row, reference = rows(found)["w1"], store.references(Ring())["w1"]
    assert row.real_low - 0.01 <= row.value <= row.real_high + 0.01  # type: ignore[operator]
    assert row.real == pytest.approx(reference["mean"], abs=0.01)
    assert (row.real_high - row.real_low > reference["high"] - reference["low"]) is (n < 4000)  # type: ignore[operator]


def test_samples_of_own_points_are_in_their_units(blob: np.ndarray) -> None:
    found = gancore.score(blob[:200], blob)
    assert isinstance(found.dataset, OwnPoints) and found["w1"] < 0.2
    assert np.allclose(found.dataset.shown(found.samples), blob[:200])
    assert gancore.score(blob[:200] + [200, 0], blob)["w1"] > 0.5
    lacking = found.plain()["lacking"]
    assert set(lacking) == set(metrics.lacking(found.dataset)) and "needs a curve" in lacking["curve_p95"]
    assert math.isnan(found["curve_p95"]) and rows(found)["curve_p95"].value is None


def test_a_placed_distribution_is_judged_in_its_own_coordinates() -> None:
    wanted = {
        "dataset.kind": "ring",
        "dataset.scale": 3,
        "dataset.placement.shift_x": 10,
        "dataset.placement.rotation": 20,
    }
    dataset = with_changes(RunConfig(), wanted).dataset
    samples = dataset.sample(RNG(0), 100)
    assert gancore.score(samples, dataset).learned and not gancore.score(samples / 3, dataset).learned


def test_what_is_not_finite_is_left_out_and_counted() -> None:
    samples = Ring().sample(RNG(0), 100)
    samples[:7, 0] = np.nan
    samples[7, 1] = np.inf
    found = gancore.score(samples, "ring")
    assert found.left_out == 8 and len(found.samples) == found.scored == 92
    assert found.notes[0] == "8 samples without two finite numbers left out."


def test_samples_beyond_all_bounds_are_a_result() -> None:
    found = gancore.score(np.full((30, 2), 1e300), "ring")
    assert found.learned is False and rows(found)["w1"].value is None
    json.dumps(found.plain(), allow_nan=False)


def test_files_are_read_by_their_path(tmp_path) -> None:
    np.savetxt(tmp_path / "samples.csv", Ring().sample(RNG(0), 50), delimiter=",", header="x,y", comments="")
    np.save(tmp_path / "real.npy", Ring().sample(RNG(1), 200))
    assert gancore.score(tmp_path / "samples.csv", "ring")["modes"] == 8
    assert gancore.score(str(tmp_path / "samples.csv"), str(tmp_path / "real.npy")).learned
    assert gancore.score(tmp_path / "samples.csv", tmp_path / "real.npy")["w1"] < 1


@pytest.mark.parametrize(
    ("samples", "dataset", "said"),
    [
        ([1, 2], "ring", "samples: the shape (2,) is not allowed; it must be [n, 2]"),
        (np.zeros((30, 3)), "ring", "samples: the shape (30, 3) is not allowed"),
        (np.zeros((19, 2)), "ring", "samples: 19 are not enough; at least 20 are needed"),
        (np.full((40, 2), np.nan), "ring", "samples: 0 beside 40 that are not finite are not enough"),
        ([["a", "b"]] * 30, "ring", "is not an array of points; it must be numbers"),
        ("no-such-file.csv", "ring", "samples: 'no-such-file.csv' cannot be read"),
        (np.zeros((30, 2)), "rings", "dataset.kind: 'rings' is unknown; use one of"),
        (np.zeros((30, 2)), "no-such-file.csv", "points: 'no-such-file.csv' cannot be read"),
        (np.zeros((30, 2)), [[1, 2]] * 30, "has 1 in every row of x; both axes must vary"),
        (np.zeros((30, 2)), np.zeros((5, 2)), "points: 5 are not enough"),
    ],
)
def test_bad_input_gets_a_sentence(samples, dataset, said: str) -> None:
    with pytest.raises(gancore.ConfigError) as error:
        gancore.score(samples, dataset)
    assert said in str(error.value)


def test_progress_is_told_and_may_end_the_work() -> None:
    told: list[float] = []
    gancore.score(Ring().sample(RNG(0), 20), "ring", progress=told.append)
    assert told == sorted(told) and told[0] == 0 and 0.9 < told[-1] < 1 and len(told) == 40

    def stop(share: float) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        gancore.score(Ring().sample(RNG(0), 20), "ring", progress=stop)


def test_an_unknown_metric_is_named() -> None:
    found = gancore.score(Ring().sample(RNG(0), 20), "ring")
    with pytest.raises(gancore.ConfigError, match="w2"):
        found["w2"]
