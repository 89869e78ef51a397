"""Mixtures: where their modes are, and what is known of them."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.datasets import Ring


def test_eight_different_modes_lie_evenly_on_the_circle() -> None:
    centres = Ring().centres()
    assert len(np.unique(centres.round(9), axis=0)) == 8
    np.testing.assert_allclose(np.hypot(*centres.T), 1)
    np.testing.assert_allclose(np.hypot(*(centres - np.roll(centres, 1, axis=0)).T), 2 * np.sin(np.pi / 8))


def test_modes_are_equally_likely_and_as_wide_as_asked_for() -> None:
    ring = Ring(count=5, sigma=0.02, scale=3.0)
    points = ring.unit(ring.sample(np.random.default_rng(0), 50_000))
    distance, mode = ring.support().locate(points)
    assert np.abs(np.bincount(mode) / 50_000 - 0.2).max() < 0.01
    assert np.mean(distance**2) == pytest.approx(2 * 0.02**2, rel=0.02)
    assert np.mean(distance <= ring.support().near) == pytest.approx(1 - np.exp(-4.5), abs=0.002)


def test_the_distance_is_that_to_the_nearest_centre() -> None:
    ring = Ring()
    queries = np.random.default_rng(1).uniform(-2, 2, (500, 2))
    slow = [min((float(np.hypot(*(q - c))), k) for k, c in enumerate(ring.centres())) for q in queries]
    distance, mode = ring.support().locate(queries)
    np.testing.assert_allclose(distance, [d for d, _ in slow])
    assert mode.tolist() == [k for _, k in slow]


def test_the_density_integrates_to_one_and_is_highest_at_the_centres() -> None:
    ring = Ring(sigma=0.1)
    axis = np.linspace(-2, 2, 401)
    grid = np.stack(np.meshgrid(axis, axis), axis=-1).reshape(-1, 2)
    density = np.exp(ring.log_density(grid))
    assert density.sum() * (axis[1] - axis[0]) ** 2 == pytest.approx(1, abs=1e-6)
    assert np.exp(ring.log_density(ring.centres())).min() >= density.max() - 1e-9


def test_the_outline_and_the_extent_hold_what_there_is_to_see() -> None:
    ring = Ring(sigma=0.05)
    assert len(ring.outline(1)) == 8 and len(ring.outline(4096)) == 4096
    low, high = ring.extent()
    np.testing.assert_allclose([low, high], [[-1.15, -1.15], [1.15, 1.15]])
    points = ring.sample(np.random.default_rng(0), 10_000)
    assert np.mean((points >= low) & (points <= high)) > 0.998
