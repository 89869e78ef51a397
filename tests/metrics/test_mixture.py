"""Metrics of mixtures: exact on points whose modes are known, and right on a mixture's own points."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gancore.config import ConfigError
from gancore.datasets import Circle, Ring
from gancore.metrics import WITHOUT, Comparison, applicable, collapsed, references, score
from gancore.metrics.mixture import TRUE_HQ

RING = Ring()
CENTRES, SIGMA = RING.centres(), RING.sigma
OWN = ("modes", "modes_mass", "hq", "rev_kl")


def values(points: np.ndarray, dataset: Ring = RING) -> tuple[float, ...]:
    comparison = Comparison(dataset, np.asarray(points, float), np.asarray(points, float), {})
    return tuple(comparison.value(key) for key in OWN)


def test_points_at_the_centres_reach_every_mode_evenly() -> None:
    assert values(CENTRES) == (8, 8, 1.0, 0.0)


def test_true_samples_score_as_the_theory_says() -> None:
    n = 200_000
    found, with_mass, share, divergence = values(RING.sample(np.random.default_rng(0), n))
    assert (found, with_mass) == (8, 8)
    assert share == pytest.approx(1 - math.exp(-4.5), abs=4 * math.sqrt(0.989 * 0.011 / n))
    assert pytest.approx(0.98889, abs=1e-5) == TRUE_HQ
    assert divergence == pytest.approx(7 / (2 * n), abs=1e-4), "the bias of the entropy's estimate, (K - 1) / 2n"


def test_what_real_points_and_a_collapsed_generator_score() -> None:
    known = references(RING, pairs=4)
    of_collapsed = collapsed(RING, known)
    assert list(known) == list(applicable(RING)) == list(of_collapsed["mean"])
    assert known["modes"] == known["modes_mass"] == {"mean": 8.0, "low": 8.0, "high": 8.0}
    assert known["hq"]["mean"] == pytest.approx(TRUE_HQ, abs=4 * math.sqrt(0.989 * 0.011 / 8_000))
    assert known["learned"]["mean"] == 1.0
    one, mean = of_collapsed["one_point"], of_collapsed["mean"]
    assert [one[key] for key in OWN] == [1, 1, 1, pytest.approx(math.log(8))] and one["coverage"] == 1 / 8
    assert [mean[key] for key in OWN] == [0, 0, 0, pytest.approx(math.log(8))] and mean["near"] == 0


def test_a_score_has_what_the_distribution_can_be_judged_by() -> None:
    drawn = [RING.sample(np.random.default_rng(seed), 2000) for seed in (0, 1)]
    found = score(RING, drawn[0], drawn[1], references(RING, pairs=2))
    assert {*OWN, "w1", "near", "coverage", "learned", "js_grid"} <= set(found)
    assert not {"curve_mean", "curve_p95", "max_gap"} & set(found)
    assert all(math.isfinite(value) for value in found.values()) and found["learned"] == 1
    assert not set(OWN) & set(applicable(Circle()))


def test_a_metric_says_what_it_needs() -> None:
    with pytest.raises(ConfigError, match=WITHOUT["curve"]):
        Comparison(RING, CENTRES, CENTRES, {}).value("max_gap")
    with pytest.raises(ConfigError, match=WITHOUT["modes"]):
        Comparison(Circle(), CENTRES, CENTRES, {}).value("hq")


def test_narrow_modes_score_above_the_truth() -> None:
    assert values(Ring(sigma=0.005).sample(np.random.default_rng(1), 20_000))[2] > TRUE_HQ + 0.01


def test_one_mode_alone_is_as_far_from_even_as_can_be() -> None:
    assert values(np.tile(CENTRES[3], (100, 1))) == (1, 1, 1.0, pytest.approx(math.log(8)))


def test_no_point_near_a_mode() -> None:
    assert values(np.zeros((50, 2))) == (0, 0, 0.0, math.log(8))


def test_half_of_the_modes_are_ln_2_from_even() -> None:
    assert values(np.tile(CENTRES[::2], (25, 1))) == (4, 4, 1.0, pytest.approx(math.log(2)))


def test_a_mode_needs_a_tenth_of_its_mass() -> None:
    # 800 points: 100 are expected of each mode, so 10 count and 9 do not.
    for stray, counted in ((9, 7), (10, 8)):
        parts = [np.repeat(CENTRES[1:], 100, axis=0), np.tile(CENTRES[:1], (stray, 1)), np.zeros((100 - stray, 2))]
        assert values(np.concatenate(parts))[:2] == (8, counted)


def test_three_sigma_is_the_edge() -> None:
    away, beyond = CENTRES[:1] + [[2.99 * SIGMA, 0.0]], CENTRES[:1] + [[3.01 * SIGMA, 0.0]]
    assert values(np.concatenate([away, beyond]))[2] == 0.5
    assert values(beyond)[0] == 0


def test_scale_makes_no_difference() -> None:
    large = Ring(scale=8.0)
    points = RING.sample(np.random.default_rng(2), 500)
    assert values(large.unit(points * 8), large) == pytest.approx(values(points))
