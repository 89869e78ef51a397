"""What is computed once for several metrics, or in another way, gives the numbers that it gave to the last bit."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.spatial import KDTree
from scipy.spatial.distance import cdist

from gancore import metrics
from gancore.config import RunConfig, with_changes
from gancore.metrics import Comparison, applicable
from gancore.metrics.base import NEIGHBOURS, SUBSET

KINDS = ("circle", "parabola", "moons", "swiss_roll", "ring", "spiral")


def compared(kind: str, repeated: bool = False) -> Comparison:
    """2,000 fakes beside 2,000 reals; ``repeated``: reals of which many are there several times."""
    dataset = with_changes(RunConfig(), {"dataset.kind": kind}).dataset
    rng = np.random.default_rng(5)
    real = dataset.unit(dataset.sample(rng, metrics.POINTS))
    if repeated:
        real = real[rng.integers(0, 700, len(real))]
    fake = dataset.unit(dataset.sample(rng, metrics.POINTS)) + 0.1 * rng.standard_normal((metrics.POINTS, 2))
    return Comparison(dataset, fake, real, {})


def plain_neighbours(comparison: Comparison) -> dict[str, float]:
    """The metrics of nearest neighbours as their definitions say it, each from the points alone."""
    fakes, reals = comparison.fake[:SUBSET], comparison.real[:SUBSET]
    different = reals[np.sort(np.unique(reals, axis=0, return_index=True)[1])]

    def radius(points: np.ndarray) -> np.ndarray:
        return np.asarray(KDTree(points).query(points, k=NEIGHBOURS + 1)[0])[:, NEIGHBOURS]

    inside = cdist(fakes, different) < radius(different)
    return {
        "precision": float(inside.any(axis=1).mean()),
        "recall": float((cdist(fakes, reals) < radius(fakes)[:, None]).any(axis=0).mean()),
        "density": float(inside.sum(axis=1).mean() / NEIGHBOURS),
        "knn_coverage": float(inside.any(axis=0).mean()),
    }


@pytest.mark.parametrize("repeated", [False, True])
@pytest.mark.parametrize("kind", KINDS)
def test_neighbours_are_looked_for_once_and_give_what_each_alone_gave(kind: str, repeated: bool) -> None:
    comparison = compared(kind, repeated)
    plain = plain_neighbours(comparison)
    assert {key: comparison.value(key) for key in plain} == plain


def test_metrics_do_not_depend_on_which_were_asked_before() -> None:
    keys = [key for key, one in applicable(compared("ring").dataset).items() if one.when != "some"]
    together = compared("ring")
    for key in reversed(keys):
        together.value(key)
    assert {key: together.value(key) for key in keys} == {key: compared("ring").value(key) for key in keys}


def test_what_several_metrics_ask_for_is_made_once() -> None:
    comparison, asked = compared("circle"), list[int]()

    def make(given: Comparison) -> int:
        asked.append(len(given.fake))
        return len(asked)

    assert comparison.shared(make) == comparison.shared(make) == 1
    assert asked == [metrics.POINTS]
    assert compared("circle").shared(make) == 2
