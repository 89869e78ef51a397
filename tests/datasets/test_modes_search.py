"""The mode that a point belongs to, and how far it is from it, are those of a search of all modes one by one."""

from __future__ import annotations

import numpy as np
import pytest
from support.distributions import distributions

from gancore.datasets.modes import mode_support

MIXTURES = [name for name, dataset in distributions().items() if dataset.modes() is not None]


@pytest.mark.parametrize("name", MIXTURES)
def test_a_point_belongs_to_the_mode_that_it_is_the_fewest_deviations_from(name: str) -> None:
    dataset, rng = distributions()[name], np.random.default_rng(8)
    support = mode_support(dataset)
    low, high = dataset.extent()
    wide = (low + high) / 2 + (high - low) * rng.uniform(-1, 1, (500, 2))
    points = np.concatenate([dataset.sample(rng, 500), wide, support.modes.centres])
    offset = points[:, None] - support.modes.centres
    away = np.sqrt(np.einsum("nki,kij,nkj->nk", offset, np.linalg.inv(support.modes.covariances), offset))
    distance, mode = support.belonging(points)
    counted = distance / (support.sigma or 1.0)
    largest = float(away.max())
    np.testing.assert_allclose(counted, away.min(axis=1), rtol=1e-6, atol=1e-7 * largest)
    np.testing.assert_allclose(away[np.arange(len(mode)), mode], away.min(axis=1), rtol=1e-6, atol=1e-5)
