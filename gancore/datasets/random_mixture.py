"""A mixture drawn at random."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.mixture import Mixture
from gancore.parts import OfData
from gancore.parts.dataset import Array, Modes


class RandomMixture(Mixture):
    """Gaussians of random weights, centres in [-1, 1]² and covariances; ``shape_seed`` decides them all."""

    kind: Literal["random_mixture"] = "random_mixture"
    label: ClassVar[str] = "Random mixture"

    count: OfData[int] = Field(default=8, ge=1, le=100)
    """Modes."""
    sigma: OfData[float] = Field(default=0.05, gt=0, le=1)
    """Geometric mean of a mode's deviations along its two axes, before scaling."""
    shape_seed: OfData[int] = Field(default=0, ge=0, lt=2**31)
    """Seed of the mixture itself (``seed`` is that of its points)."""

    def centres(self) -> Array:
        """Centres [count, 2], uniform in [-1, 1]²."""
        return _drawn(self.count, self.sigma, self.shape_seed).centres

    def covariances(self) -> Array:
        """Covariances [count, 2, 2], up to four times as long as wide, turned anyhow."""
        return _drawn(self.count, self.sigma, self.shape_seed).covariances

    def weights(self) -> Array:
        """Probabilities [count], of Dirichlet's distribution with concentration 4."""
        return _drawn(self.count, self.sigma, self.shape_seed).weights


@lru_cache(maxsize=32)
def _drawn(count: int, sigma: float, seed: int) -> Modes:
    # RandomState, whose numbers no release of numpy changes.
    random = np.random.RandomState(seed)
    centres = random.uniform(-1, 1, (count, 2))
    weights = random.standard_gamma(4, count)
    root = 2 ** random.uniform(0, 1, count)
    angle = random.uniform(0, np.pi, count)
    cosine, sine = np.cos(angle), np.sin(angle)
    along = np.stack([cosine, sine], axis=1) * root[:, None]
    across = np.stack([-sine, cosine], axis=1) / root[:, None]
    covariances = sigma**2 * sum(axis[:, :, None] * axis[:, None, :] for axis in (along, across))
    return Modes(centres, np.asarray(covariances), weights / weights.sum())
