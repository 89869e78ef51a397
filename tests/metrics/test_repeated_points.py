"""Reals that are there several times, as in a small file of own points: neighbours are other points, not copies."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.datasets import Circle, OwnPoints
from gancore.metrics.base import Comparison
from gancore.store import Store

KEYS = ("precision", "density", "knn_coverage")


def test_copies_of_the_reals_change_nothing() -> None:
    rng = np.random.default_rng(0)
    fake, real = rng.normal(size=(1000, 2)), rng.normal(size=(250, 2))
    once = Comparison(Circle(), fake[:250], real, {})
    again = Comparison(Circle(), fake[:250], np.tile(real, (4, 1)), {})
    for key in KEYS:
        assert again.value(key) == pytest.approx(once.value(key))


def test_a_perfect_generator_of_sixty_points_lies_among_them(own_store) -> None:
    points = np.random.default_rng(1).normal(size=(120, 2))
    own = OwnPoints(sha256=Store(own_store).points.add(points, "few").sha256)
    rng = np.random.default_rng(2)
    comparison = Comparison(own, own.unit(own.ideal(rng, 2000)), own.unit(own.sample(rng, 2000)), {})
    assert comparison.value("precision") > 0.7 and comparison.value("knn_coverage") > 0.7
