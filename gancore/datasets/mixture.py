"""Mixture: Gaussian modes of any weights and covariances."""

from __future__ import annotations

from abc import abstractmethod
from typing import ClassVar

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from gancore.datasets.modes import WIDTHS, ModeSupport, mode_support
from gancore.datasets.patches import Patches, of_mixture
from gancore.parts import OfData
from gancore.parts.dataset import Array, Dataset, Modes, Random
from gancore.parts.patches import cholesky


class Mixture(Dataset):
    """A mixture of Gaussians; a member defines ``kind``, ``label``, ``centres`` and ``covariances``."""

    what: ClassVar[str] = "mixture"
    family: ClassVar[str] = "Mixtures"

    @abstractmethod
    def centres(self) -> Array:
        """The modes' centres [K, 2], in unit coordinates."""

    @abstractmethod
    def covariances(self) -> Array:
        """The modes' covariances [K, 2, 2], in unit coordinates."""

    def weights(self) -> Array:
        """The modes' probabilities [K], which sum to 1 and are more than 0: equal ones."""
        return np.full(len(self.centres()), 1 / len(self.centres()))

    def modes(self) -> Modes:
        """Centres, covariances and weights."""
        return Modes(self.centres(), self.covariances(), self.weights())

    def patches(self) -> Patches:
        """As many rows of each mode as its weight says."""
        return of_mixture(self.centres(), self.covariances(), self.weights())

    @property
    def coordinates(self) -> int:
        """The quantile, which decides the mode, and two for where in it."""
        return 3

    def sample(self, rng: Random, n: int) -> Array:
        """Fresh points [n, 2]: a mode by chance, then a normal around it; placed, with the dataset's noise."""
        centres, weights, share = self.centres(), self.weights(), rng.uniform(size=n)
        if np.all(weights == weights[0]):
            mode = (share * len(centres)).astype(np.intp)
        else:
            mode = np.minimum(np.searchsorted(np.cumsum(weights), share, side="right"), len(weights) - 1)
        a, b, c = cholesky(self.covariances())[mode].T
        x, y = rng.standard_normal(size=(n, 2)).T
        return self._finish(centres[mode] + np.stack([a * x, b * x + c * y], axis=1), rng)

    def outline(self, n: int) -> Array:
        """The centres and, where more points are asked for, rings at even quantiles of each mode's radius."""
        centres, weights = self.centres(), self.weights()
        if np.all(weights == weights[0]):
            rings = np.full(len(centres), max(0, n // len(centres) - 1))
        else:
            rings = np.maximum(0, np.round(weights * n).astype(np.intp) - 1)
        factors = cholesky(self.covariances())
        around = [_rings(factor, int(count)) for factor, count in zip(factors, rings, strict=True)]
        return np.concatenate([centre + points for centre, points in zip(centres, around, strict=True)])

    def extent(self) -> tuple[Array, Array]:
        """Three standard deviations beyond the outermost centres."""
        centres = self.centres()
        reach = WIDTHS * np.sqrt(np.diagonal(self.covariances(), axis1=1, axis2=2))
        return (centres - reach).min(axis=0), (centres + reach).max(axis=0)

    def support(self) -> ModeSupport:
        """Modes, or 64 cells where modes are not equally probable; near is up to three standard deviations."""
        return mode_support(self)

    def log_density(self, unit_points: ArrayLike) -> Array:
        """Of the mixture without the dataset's noise."""
        from scipy.special import logsumexp

        modes = self.modes()
        logs = np.log(modes.weights) - np.log(2 * np.pi) - np.log(np.linalg.det(modes.covariances)) / 2
        return logsumexp(logs - np.square(modes.widths(unit_points)) / 2, axis=1)

    def middle(self) -> Array:
        """The centre [1, 2] of the likeliest mode, the first of equals: a generator that collapsed to one."""
        return self.centres()[[np.argmax(self.weights())]]

    def mean(self) -> Array:
        """The mean [1, 2] of the mixture."""
        return self.weights()[None] @ self.centres()


class RoundMixture(Mixture):
    """A mixture of round Gaussians of one width; a member defines ``kind``, ``label`` and ``centres``."""

    sigma: OfData[float] = Field(default=0.01, gt=0, le=1)
    """Standard deviation of each mode along each axis, before scaling."""

    def covariances(self) -> Array:
        """σ² times the unit matrix, [K, 2, 2]."""
        return np.tile(self.sigma**2 * np.eye(2), (len(self.centres()), 1, 1))


def _rings(factor: Array, rings: int) -> Array:
    """0, and a point at each of ``rings`` even quantiles of the radius, [rings + 1, 2], for a Cholesky factor [3]."""
    a, b, c = factor
    quantile = (np.arange(rings) + 0.5) / max(1, rings)
    radius = np.sqrt(-2 * np.log1p(-quantile))
    angle = np.pi * (3 - np.sqrt(5)) * np.arange(rings)
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    return np.concatenate([np.zeros((1, 2)), np.stack([a * x, b * x + c * y], axis=1)])
