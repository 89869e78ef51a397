"""Scores of a person's own points do not depend on the unit or on the place that their file has them in."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.datasets import OwnPoints
from gancore.metrics.optimal_transport import _cheapest  # pyright: ignore[reportPrivateUsage]
from gancore.store import Store

RNG = np.random.default_rng(0)
POINTS = RNG.normal(size=(60, 2))


@pytest.mark.parametrize(("unit", "place"), [(1.0, 0.0), (1e-9, 0.0), (1e9, 0.0), (1.0, 1e5)])
def test_a_files_unit_and_place_leave_its_points_where_they_are(own_store, unit: float, place: float) -> None:
    """What is trained on and scored is in units of the points' own spread, where no tolerance is as large as they."""
    own = OwnPoints(sha256=Store(own_store).points.add(POINTS * unit + place, "mine").sha256)
    halves = np.concatenate(own.halves())
    expected = (POINTS - (POINTS.min(0) + POINTS.max(0)) / 2) / (np.ptp(POINTS, axis=0) / 2)
    for seen, wanted in zip(halves.T, expected.T, strict=True):
        np.testing.assert_allclose(np.sort(seen), np.sort(wanted), atol=1e-6)


@pytest.mark.parametrize("unit", [1e-9, 1e-6, 1.0, 1e6])
def test_the_cheapest_transport_is_exact_in_every_unit(unit: float) -> None:
    one, other = np.sort(RNG.normal(size=(2, 60)), axis=1)
    costs = np.abs(np.subtract.outer(one, other))
    assert _cheapest(costs * unit) == pytest.approx(np.diag(costs).mean() * unit, rel=1e-9)
