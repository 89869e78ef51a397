"""How many points a score is made of: always as many as its references, whatever number is handed in."""

from __future__ import annotations

import math
from collections.abc import Mapping
from pathlib import Path
from typing import ClassVar

import numpy as np
import pytest

from gancore.config import ConfigError
from gancore.datasets import Circle, Curve
from gancore.metrics import METRICS, POINTS, collapsed, references, score
from gancore.store import Store

References = Mapping[str, Mapping[str, float]]
SIZES = (2000, 2001, 5000)
BLIND = ("learned", "coverage", "max_gap")
"""Metrics that hardly differ between perfect samples, so that their range over references is no measure of noise."""


@pytest.fixture(scope="module")
def reference() -> References:
    return references(Circle(), pairs=8)


def perfect(n: int, seed: int) -> np.ndarray:
    return Circle().sample(np.random.default_rng(seed), n)


def imperfect(n: int, seed: int) -> np.ndarray:
    """A generator that misses a sixth of the circle and lies beside it, its points in order along the curve."""
    rng = np.random.default_rng(seed)
    angle = np.sort(rng.uniform(0, 2 * np.pi * 5 / 6, n))
    radius = 0.97 + 0.02 * rng.standard_normal(n)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def test_every_metric_states_its_number_of_points() -> None:
    assert {metric.points for metric in METRICS.values()} == {1000, POINTS}
    for metric in METRICS.values():
        for other in {1000, 2000} - {metric.points}:
            assert f"{other:,} fakes" not in metric.definition, metric.key


def test_a_perfect_generator_scores_as_its_reference_says_whatever_number_is_given(reference: References) -> None:
    for n in SIZES:
        values = score(Circle(), perfect(n, seed=n), perfect(n, seed=n + 1), reference)
        for key, value in values.items():
            low, high = reference[key]["low"], reference[key]["high"]
            room = 0.02 if key in BLIND else 1.5 * (high - low)
            assert low - room <= value <= high + room, (key, n)


def test_an_imperfect_generator_scores_alike_whatever_number_is_given(reference: References) -> None:
    shuffle = np.random.default_rng(0).permutation
    usual = [score(Circle(), shuffle(imperfect(2000, 10 + i)), perfect(2000, 30 + i), reference) for i in range(6)]
    for n in SIZES[1:]:
        values = score(Circle(), imperfect(n, seed=1), perfect(n, seed=2), reference)
        for key, value in values.items():
            known = [row[key] for row in usual]
            spread = max(np.std(known, ddof=1), 1e-9)
            assert abs(value - np.mean(known)) <= 6 * spread + 1e-9, (key, n)


def test_more_points_are_drawn_from_the_same_way_every_time(reference: References) -> None:
    fake, real = imperfect(5000, 1), perfect(5000, 2)
    first = score(Circle(), fake, real, reference)
    assert score(Circle(), fake, real, reference) == first
    scaled = score(Circle(scale=2.0), 2 * fake, 2 * real, reference)
    assert scaled == pytest.approx(first, abs=1e-6)


def test_fewer_points_are_refused_with_the_number_that_it_takes(reference: References, tmp_path: Path) -> None:
    words = r"fake: 1,999 points are not enough; it must be at least 2,000, or use references\(dataset, points=1999\)"
    for known in (reference, Store(tmp_path).references(Circle())):
        with pytest.raises(ConfigError, match=words):
            score(Circle(), perfect(1999, 0), perfect(1999, 1), known)
    with pytest.raises(ConfigError, match="points: 19 is not allowed; it must be 20 to 2,000"):
        references(Circle(), pairs=1, points=19)


def test_fewer_points_are_scored_beside_a_reference_of_as_many(reference: References) -> None:
    """On a curve without noise fewer neighbours lie farther apart, so that only such a reference is theirs."""
    few = references(Circle(), pairs=20, points=300)
    assert few.points == 300 and few["w1"]["mean"] > 1.5 * reference["w1"]["mean"]
    for n in (300, 1000):
        values = score(Circle(), perfect(n, 5), perfect(n, 6), few)
        for key, value in values.items():
            low, high = few[key]["low"], few[key]["high"]
            room = 0.1 if key in BLIND else 1.5 * (high - low)
            assert low - room <= value <= high + room, (key, n)


class Repeated(Curve):
    """A parabola measured on a coarse grid, so that its points come many times over, as rounded real data do."""

    label: ClassVar[str] = "Repeated"

    def curve(self, t: np.ndarray) -> np.ndarray:
        x = 2 * t - 1
        return np.stack([x, x * x], axis=1)

    def sample(self, rng: np.random.Generator | np.random.RandomState, n: int) -> np.ndarray:
        return np.round(super().sample(rng, n), 2)


@pytest.fixture(scope="module")
def repeated() -> References:
    return references(Repeated(), pairs=8)


@pytest.mark.filterwarnings("error")
def test_repeated_points_score_as_their_reference_says(repeated: References) -> None:
    """Copies of a real share one ball, which reaches other points, so perfect samples have a density of about 1."""
    assert repeated["density"]["mean"] == pytest.approx(1, abs=0.1)
    for seed in range(3):
        real, fake = (Repeated().sample(np.random.default_rng([seed, side]), 2000) for side in range(2))
        assert len(np.unique(real, axis=0)) < 400
        for key, value in score(Repeated(), fake, real, repeated).items():
            low, high = repeated[key]["low"], repeated[key]["high"]
            room = 0.02 if key in BLIND else 1.5 * (high - low)
            assert low - room <= value <= high + room, key


@pytest.mark.filterwarnings("error")
def test_nothing_is_divided_by_zero_where_all_points_are_copies(repeated: References) -> None:
    copies = np.tile([[0.5, 0.25]], (2000, 1))
    fresh = Repeated().sample(np.random.default_rng(0), 2000)
    for fake, real in ((copies, copies), (copies, fresh), (fresh, copies)):
        assert all(math.isfinite(value) for value in score(Repeated(), fake, real, repeated).values())
    assert all(math.isfinite(v) for row in collapsed(Repeated(), repeated).values() for v in row.values())
