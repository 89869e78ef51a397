"""Mixture: equally likely Gaussian modes of one width."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from gancore.parts import OfData
from gancore.parts.families import Array, Dataset, Random

WIDTHS = 3.0
"""Standard deviations up to which a point belongs to a mode."""


class Mixture(Dataset):
    """A mixture of equally likely round Gaussians; a member defines ``kind``, ``label`` and ``centres``."""

    what: ClassVar[str] = "mixture"

    sigma: OfData[float] = Field(default=0.01, gt=0, le=1)
    """Standard deviation of each mode along each axis, before scaling."""

    @abstractmethod
    def centres(self) -> Array:
        """The modes' centres [K, 2], in unit coordinates."""

    def sample(self, rng: Random, n: int) -> Array:
        """Fresh points [n, 2]: a mode by chance, then a normal around it; scaled, with the dataset's noise."""
        centres = self.centres()
        mode = (rng.uniform(size=n) * len(centres)).astype(np.intp)
        return self._finish(centres[mode] + self.sigma * rng.standard_normal(size=(n, 2)), rng)

    def outline(self, n: int) -> Array:
        """The centres and, where more points are asked for, rings at even quantiles of each mode's radius."""
        centres = self.centres()
        rings = max(0, n // len(centres) - 1)
        quantile = (np.arange(rings) + 0.5) / max(1, rings)
        radius = self.sigma * np.sqrt(-2 * np.log1p(-quantile))
        angle = np.pi * (3 - np.sqrt(5)) * np.arange(rings)
        around = np.concatenate([np.zeros((1, 2)), (radius * np.stack([np.cos(angle), np.sin(angle)])).T])
        return (centres[:, None] + around).reshape(-1, 2)

    def extent(self) -> tuple[Array, Array]:
        """Three standard deviations beyond the outermost centres."""
        centres, reach = self.centres(), WIDTHS * self.sigma
        return centres.min(axis=0) - reach, centres.max(axis=0) + reach

    def support(self) -> MixtureSupport:
        """A cell a mode; near is up to three standard deviations from its centre."""
        centres = self.centres()
        return MixtureSupport(centres, len(centres), WIDTHS * self.sigma)

    def log_density(self, unit_points: ArrayLike) -> Array:
        """Of the mixture without the dataset's noise."""
        from scipy.special import logsumexp

        points, centres = np.asarray(unit_points, np.float64), self.centres()
        squares = np.square(points[:, None] - centres).sum(axis=-1) / self.sigma**2
        return logsumexp(-squares / 2, axis=1) - np.log(2 * np.pi * self.sigma**2 * len(centres))

    def modes(self) -> tuple[Array, float]:
        """Centres [K, 2] and standard deviation."""
        return self.centres(), self.sigma

    def middle(self) -> Array:
        """The first centre [1, 2]: a generator that collapsed to one mode."""
        return self.centres()[:1]

    def mean(self) -> Array:
        """The centres' mean [1, 2]."""
        return self.centres().mean(axis=0, keepdims=True)


@dataclass(frozen=True, eq=False)
class MixtureSupport:
    """Modes as cells of equal probability."""

    centres: Array
    cells: int
    near: float
    words: str = "a mode"
    counted: str = "modes"

    def locate(self, unit_points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of unit points [n, 2] to the nearest centre, and that mode [n]."""
        from scipy.spatial.distance import cdist

        distance = np.asarray(cdist(np.asarray(unit_points, np.float64), self.centres), np.float64)
        mode = distance.argmin(axis=1)
        return distance[np.arange(len(mode)), mode], mode
