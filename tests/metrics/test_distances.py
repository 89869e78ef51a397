"""Distances and coverage against exact answers: transport, slices, the support, the largest gap."""

from __future__ import annotations

from unittest import mock

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linear_sum_assignment
from scipy.spatial.distance import cdist
from support.scores import REFERENCES, reals

from gancore.config import ConfigError
from gancore.datasets import Circle, Moons, Parabola, Ring
from gancore.metrics import BATCHES, Comparison
from gancore.metrics.even import STRATA, strata


def value(key, dataset, fake, real=None, reference=REFERENCES):
    fake = np.asarray(fake, dtype=float)
    real = fake if real is None else np.asarray(real, dtype=float)
    return Comparison(dataset, fake, real, reference).value(key)


def cheapest(fake, even):
    """The mean cost of the cheapest pairing where every even point takes as many fakes, by another solver."""
    costs = np.repeat(cdist(fake, even), len(fake) // len(even), axis=1)
    return costs[linear_sum_assignment(costs)].mean()


def test_w1_of_a_generator_stuck_at_the_centre_is_the_radius():
    assert value("w1", Circle(), np.zeros((1000, 2))) == pytest.approx(1, abs=1e-6)


def test_w1_of_a_generator_stuck_on_the_rim_is_the_mean_chord():
    # The chord 2 sin(θ/2) has mean 4/π.
    assert value("w1", Circle(), np.tile([[1.0, 0.0]], (1000, 1))) == pytest.approx(4 / np.pi, abs=2e-5)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32 - 1), share=st.integers(1, 4))
def test_w1_is_the_cheapest_transport(seed, share):
    fake = np.random.default_rng(seed).normal(size=(STRATA * share, 2))
    expected = cheapest(fake, Circle().even(STRATA))
    assert value("w1", Circle(), fake) == pytest.approx(expected, rel=1e-9)


def test_w1_of_a_uniform_disc_is_a_third_of_the_radius():
    """Every point moves outwards to the rim: 1 - E[r] with E[r] = 2/3."""
    middles = (np.arange(1000) + 0.5) / 1000
    even = Circle().curve(middles) * np.random.default_rng(0).permutation(np.sqrt(middles))[:, None]
    assert value("w1", Circle(), even) == pytest.approx(1 / 3, abs=5e-4)


def test_w1_is_the_mean_over_batches_where_there_are_more_fakes():
    rng = np.random.default_rng(0)
    batches = rng.normal(size=(4, 300, 2))
    each = [value("w1", Circle(), batch) for batch in batches]
    known = Comparison(Circle(), batches[0], batches[0], REFERENCES, batches[1:].reshape(-1, 2))
    assert known.value("w1") == pytest.approx(np.mean(each[:BATCHES]), rel=1e-12), "no more than BATCHES"
    some = Comparison(Circle(), batches[0], batches[0], REFERENCES, batches[1:3].reshape(-1, 2)[:500])
    assert some.value("w1") == pytest.approx(np.mean(each[:2]), rel=1e-12), "and whole ones"
    assert Comparison(Circle(), batches[0], batches[0], REFERENCES).value("w1") == each[0]


def test_small_distances_far_from_the_origin_are_kept():
    """A solver that is given float32 distances, or squares of them, finds nothing between clouds that lie far out."""
    here, there = Circle(), Circle(center_x=5, center_y=-5)
    fake = Circle().curve((np.arange(1000) + 0.5) / 1000) * 1.02
    for key in ("w1", "swd", "energy", "mmd2"):
        expected = value(key, here, fake)
        assert value(key, there, fake + [5, -5]) == pytest.approx(expected, rel=1e-4, abs=1e-7), key
    assert value("w1", there, fake + [5, -5]) == pytest.approx(0.02, abs=3e-3)
    wide = Circle(scale=100.0)
    assert value("w1", wide, wide.unit(100 * fake)) == pytest.approx(value("w1", here, fake), rel=1e-12)


def test_distances_of_a_translation_are_known():
    """w1 is its length; swd its mean projection, 2/π of the length."""
    even = Parabola().even(2000)
    shifted = np.random.default_rng(0).permutation(even) + [0.3, -0.4]
    assert value("w1", Parabola(), shifted) == pytest.approx(0.5, abs=1e-5)
    assert value("swd", Parabola(), shifted) == pytest.approx(0.5 * 2 / np.pi, rel=1e-3)


def test_distances_of_the_even_points_are_zero():
    for key, n in (("w1", STRATA), ("swd", 500)):
        assert value(key, Moons(), np.random.default_rng(0).permutation(Moons().even(n))) == pytest.approx(0, abs=1e-6)


@pytest.mark.parametrize(("count", "points"), [(1, 200), (7, 196), (8, 200), (25, 200), (100, 200)])
def test_equally_likely_modes_have_as_many_points_each(count, points):
    ring = Ring(count=count, sigma=1e-4)
    assert strata(ring) == points
    modes = cdist(ring.even(points), ring.centres()).argmin(axis=1)
    assert set(np.bincount(modes, minlength=count)) == {points // count}


def test_swd_is_never_above_w1():
    fake = np.random.default_rng(4).normal(size=(1000, 2))
    real = reals(Circle(), 1000)
    assert 0 < value("swd", Circle(), fake, real) < value("w1", Circle(), fake, real)


def test_w1_excess_is_measured_from_the_mean_reference():
    assert value("w1_excess", Circle(), np.zeros((1000, 2))) == pytest.approx(0.9, abs=1e-6)
    with pytest.raises(ConfigError, match="references: 'w1' is missing"):
        value("w1_excess", Circle(), np.zeros((1000, 2)), reference={})


def test_a_transport_that_does_not_converge_is_an_error():
    from gancore.metrics.optimal_transport import load

    with (
        mock.patch.object(load(), "emd2", return_value=[0.5, {"warning": "numItermax reached"}]),
        pytest.raises(RuntimeError, match="w1: the exact transport did not converge: numItermax reached"),
    ):
        value("w1", Circle(), np.zeros((10, 2)))


def test_distances_to_the_support_of_rings_of_other_radii():
    inner, outer = 0.98 * reals(Circle(), 90), 1.5 * reals(Circle(), 10)
    fake = np.concatenate([inner, outer])
    assert value("curve_mean", Circle(), fake) == pytest.approx((90 * 0.02 + 10 * 0.5) / 100)
    assert value("curve_p95", Circle(), fake) == pytest.approx(0.5)
    assert value("near", Circle(), fake) == pytest.approx(0.9)


def test_the_near_threshold_is_inclusive_at_five_hundredths():
    for radius, expected in ((1.049999, 1.0), (1.050001, 0.0), (0.950001, 1.0), (0.949999, 0.0)):
        assert value("near", Circle(), [[radius, 0.0]]) == expected


def test_coverage_counts_the_cells_hit():
    middles = (np.arange(64) + 0.5) / 64
    assert value("coverage", Circle(), Circle().curve(middles)) == 1
    assert value("coverage", Circle(), Circle().curve(middles[:16])) == 0.25
    assert value("coverage", Circle(), Circle().curve(np.repeat(middles[:1], 99))) == 1 / 64
    assert value("coverage", Circle(), 1.1 * Circle().curve(middles)) == 0, "a far fake covers nothing"


def test_max_gap_of_a_closed_curve_runs_through_the_seam():
    def gap(t):
        return value("max_gap", Circle(), Circle().curve(np.array(t)))

    assert gap([0.2, 0.5, 0.8]) == pytest.approx(0.4)
    assert gap([0.1, 0.5, 0.9]) == pytest.approx(0.4)
    assert gap([0.7]) == 1
    assert value("max_gap", Circle(), [[0.0, 0.0]]) == 1, "nothing near"


def test_max_gap_of_an_open_curve_ends_with_it():
    def gap(t):
        return value("max_gap", Parabola(), Parabola().curve(np.array(t)))

    assert gap([0.0, 0.5, 0.9]) == pytest.approx(0.5)
    assert gap([0.3, 0.5, 0.9]) == pytest.approx(0.4)
    assert gap([0.3, 0.5, 0.6]) == pytest.approx(0.4)
    assert gap([0.3]) == pytest.approx(0.7)
    assert value("max_gap", Parabola(), [[0.0, 9.0]]) == 1, "nothing near"


def test_max_gap_of_the_moons_stays_within_a_moon():
    def gap(t):
        return value("max_gap", Moons(), Moons().curve(np.array(t)))

    upper = np.linspace(0, 0.4999, 200)
    assert gap(upper) == pytest.approx(0.5), "the lower moon is lost"
    assert gap([0.2, 0.4, 0.6, 0.9]) == pytest.approx(0.3), "0.4 and 0.6 are no neighbours"
    assert value("max_gap", Moons(), [[9.0, 9.0]]) == 0.5, "nothing near"
