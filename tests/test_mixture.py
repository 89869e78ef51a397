"""Metrics of mixtures: exact on points whose modes are known, and right on a mixture's own points."""

from __future__ import annotations

import math

import numpy as np
import pytest

from gancore.config import ConfigError
from gancore.metrics import METRICS, mixture
from gancore.metrics.mixture import hq, modes, modes_with_mass, rev_kl

ANGLES = np.linspace(0, 2 * np.pi, 8, endpoint=False)
RING = np.stack([np.cos(ANGLES), np.sin(ANGLES)], axis=1)
SIGMA = 0.01


def all_four(points: np.ndarray) -> tuple[int, int, float, float]:
    return tuple(metric(points, RING, SIGMA) for metric in (modes, modes_with_mass, hq, rev_kl))  # type: ignore[return-value]


def test_the_ring_has_eight_different_modes() -> None:
    assert len(np.unique(RING.round(9), axis=0)) == 8
    assert all_four(RING) == (8, 8, 1.0, 0.0)


def test_true_samples_score_as_the_theory_says() -> None:
    rng = np.random.default_rng(0)
    n = 200_000
    points = RING[rng.integers(8, size=n)] + SIGMA * rng.standard_normal((n, 2))
    found, with_mass, share, divergence = all_four(points)
    assert (found, with_mass) == (8, 8)
    assert share == pytest.approx(1 - math.exp(-4.5), abs=4 * math.sqrt(0.989 * 0.011 / n))
    assert pytest.approx(0.98889, abs=1e-5) == mixture.TRUE_HQ
    assert divergence == pytest.approx(7 / (2 * n), abs=1e-4), "the bias of the entropy's estimate, (K - 1) / 2n"


def test_floors_are_what_the_mixture_itself_scores_and_ceilings_what_a_collapse_does() -> None:
    floors, ceilings = mixture.floors(RING, SIGMA), mixture.ceilings(RING, SIGMA)
    assert floors["modes"] == floors["modes_with_mass"] == {"mean": 8.0, "low": 8.0, "high": 8.0}
    assert floors["hq"]["mean"] == pytest.approx(mixture.TRUE_HQ, abs=4 * math.sqrt(0.989 * 0.011 / 40_000))
    assert floors["hq"]["low"] < floors["hq"]["mean"] < floors["hq"]["high"]
    assert floors["rev_kl"]["mean"] == pytest.approx(7 / 4_000, rel=0.5)
    assert ceilings["one_point"] == {"modes": 1, "modes_with_mass": 1, "hq": 1, "rev_kl": pytest.approx(math.log(8))}
    assert ceilings["mean"] == {"modes": 0, "modes_with_mass": 0, "hq": 0, "rev_kl": math.log(8)}
    floors["hq"]["mean"] = 0.0
    assert mixture.floors(RING, SIGMA)["hq"]["mean"] > 0.98, "what is kept is nobody's to change"


def test_narrow_modes_score_above_the_truth() -> None:
    rng = np.random.default_rng(1)
    points = RING[rng.integers(8, size=20_000)] + SIGMA / 2 * rng.standard_normal((20_000, 2))
    assert hq(points, RING, SIGMA) > mixture.TRUE_HQ + 0.01


def test_one_mode_alone_is_as_far_from_even_as_can_be() -> None:
    assert all_four(np.tile(RING[3], (100, 1))) == (1, 1, 1.0, pytest.approx(math.log(8)))


def test_no_point_near_a_mode() -> None:
    assert all_four(np.zeros((50, 2))) == (0, 0, 0.0, math.log(8))


def test_half_of_the_modes_are_ln_2_from_even() -> None:
    assert all_four(np.tile(RING[::2], (25, 1))) == (4, 4, 1.0, pytest.approx(math.log(2)))


def test_a_mode_needs_a_tenth_of_its_mass() -> None:
    # 800 points: 100 are expected of each mode, so 10 count and 9 do not.
    for stray, counted in ((9, 7), (10, 8)):
        points = np.concatenate(
            [np.repeat(RING[1:], 100, axis=0), np.tile(RING[:1], (stray, 1)), np.zeros((100 - stray, 2))]
        )
        assert len(points) == 800
        assert (modes(points, RING, SIGMA), modes_with_mass(points, RING, SIGMA)) == (8, counted)


def test_three_sigma_is_the_edge() -> None:
    away = RING[:1] + [[2.99 * SIGMA, 0.0]]
    beyond = RING[:1] + [[3.01 * SIGMA, 0.0]]
    assert hq(np.concatenate([away, beyond]), RING, SIGMA) == 0.5
    assert modes(beyond, RING, SIGMA) == 0


def test_points_that_are_not_finite_belong_to_no_mode() -> None:
    points = np.concatenate([RING, [[np.nan, 0.0], [np.inf, 1.0]]])
    assert all_four(points) == (8, 8, 0.8, 0.0)


def test_scale_makes_no_difference() -> None:
    rng = np.random.default_rng(2)
    points = RING[rng.integers(3, size=500)] + SIGMA * rng.standard_normal((500, 2))
    for metric in (modes, modes_with_mass, hq, rev_kl):
        assert metric(points * 8, RING * 8, SIGMA * 8) == pytest.approx(metric(points, RING, SIGMA))


def test_wrong_input_is_named() -> None:
    for arguments, said in (
        ((np.zeros((3, 3)), RING, SIGMA), r"points: the shape \(3, 3\)"),
        ((np.zeros((0, 2)), RING, SIGMA), r"points: the shape \(0, 2\)"),
        ((RING, np.zeros(2), SIGMA), r"centres: the shape \(2,\)"),
        ((RING, RING * np.nan, SIGMA), "centres: one of them is not finite"),
        ((RING, RING, 0.0), r"sigma: 0\.0 is not allowed"),
        ((RING, RING, math.nan), "sigma: nan is not allowed"),
    ):
        with pytest.raises(ConfigError, match=said):
            hq(*arguments)


def test_they_are_not_among_the_registered_metrics() -> None:
    assert not {"modes", "modes_with_mass", "hq", "rev_kl"} & set(METRICS)
