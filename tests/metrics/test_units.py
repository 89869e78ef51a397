"""Scores of a person's own points do not depend on the unit or on the place that their file has them in."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.datasets import OwnPoints
from gancore.metrics.base import Comparison
from gancore.metrics.optimal_transport import _cheapest  # pyright: ignore[reportPrivateUsage]
from gancore.store import Store

KEYS = ("w1", "swd", "energy", "precision")
RNG = np.random.default_rng(0)
POINTS, FAKES = RNG.normal(size=(240, 2)), RNG.normal(size=(2000, 2)) * 0.7


@pytest.fixture
def scored(own_store):
    def scores(unit: float, place: float) -> list[float]:
        points = POINTS * unit + place
        own = OwnPoints(sha256=Store(own_store).points.add(points, f"unit {unit:g} at {place:g}").sha256)
        # A generator gives points in units of the distribution: what is asked is what the file's unit does to the reals.
        real = own.unit(own.sample(np.random.default_rng(1), 1000))
        comparison = Comparison(own, FAKES, real, {})
        return [comparison.value(key) for key in KEYS]

    return scores


def test_scores_know_no_unit_and_no_place(scored) -> None:
    metres = scored(1.0, 0.0)
    for unit, place in ((1e-9, 0.0), (1e6, 0.0), (1.0, 1e4)):
        assert scored(unit, place) == pytest.approx(metres, rel=1e-3)


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1.0, 1e6])
def test_the_cheapest_transport_is_exact_in_every_unit(unit: float) -> None:
    costs = np.abs(np.subtract.outer(np.sort(RNG.normal(size=60)), np.sort(RNG.normal(size=60))))
    assert _cheapest(costs * unit) == pytest.approx(np.diag(costs).mean() * unit, rel=1e-9)
