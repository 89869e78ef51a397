"""Every distribution that is registered or has a name, for the tests of what all have in common."""

from __future__ import annotations

from functools import cache

from gancore.config import Dataset
from gancore.datasets import Blobs, Gaussian, Grid, RandomMixture, Ring
from gancore.datasets.named import NAMED
from gancore.parts.placement import UNPLACED

OTHERS: dict[str, Dataset] = {
    "unequal ring": Ring(count=7, imbalance=20),
    "wide ring": Ring(sigma=0.3),
    "one mode": Ring(count=1, sigma=0.2),
    "hundred modes": Grid(count=10, spacing=0.2),
    "grid that runs together": Grid(count=3, spacing=0.2, sigma=0.1),
    "long Gaussian": Gaussian(mean_x=2, variance_x=1, variance_y=0.01, covariance=-0.09),
    "blobs within blobs": Blobs.model_validate(
        {"gaussians": "0.2 0 0 0.02 / 1 0.1 0 0.5 / 0 9 9 1 / 3 -1 0 0.5 0.3 0.2"}
    ),
    "many random modes": RandomMixture(count=50, sigma=0.02, shape_seed=3),
}
"""Members with settings that make them another kind of thing than the defaults do."""


@cache
def members() -> dict[str, Dataset]:
    """Kind → dataset: every registered one with its defaults."""
    return {kind: member() for kind, member in sorted(Dataset.registry.items())}  # type: ignore[misc]


@cache
def constants() -> dict[str, Dataset]:
    """Name → dataset: distributions of public code, as they are, without those that are a kind at its defaults."""
    every = {name: constant.dataset for name, constant in NAMED.items()}
    return {name: dataset for name, dataset in every.items() if dataset not in members().values()}


@cache
def distributions() -> dict[str, Dataset]:
    """Name → dataset: every kind, ``OTHERS``, and the shapes of public constants, unplaced and without their noise."""
    bare = {"noise": 0.0, "scale": 1.0, "placement": UNPLACED}
    shapes = {name: dataset.model_copy(update=bare) for name, dataset in constants().items()}
    known = members().values()
    return members() | OTHERS | {name: shape for name, shape in shapes.items() if shape not in known}
