"""Quantiles: a distribution as a known function of a few uniform numbers, the first of them the quantile of a point."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gancore.parts.patches import Array, Patches


class Quantiles(NamedTuple):
    """Rows of equal probability in an order without needless jumps, of which the share before a point is its quantile.

    A point of a row is ``origin + u·first + w·second + x·third + y·fourth`` with u and w in [0, 1) and standard normals
    x and y.
    """

    vectors: Array
    """[T, 5, 2]: origin, first, second, third and fourth of each row."""
    across: int = 1
    """Rows beside each other for one stretch of the quantile, which a second number tells apart; it divides T."""

    @classmethod
    def of(cls, patches: Patches, across: int = 1) -> Quantiles:
        """The rows of patches, in their order."""
        third, fourth = patches.spread[:, :2], patches.spread[:, 2:] * [0.0, 1.0]
        return cls(np.stack([patches.origin, patches.first, patches.second, third, fourth], axis=1), across)

    @property
    def middle(self) -> Array:
        """The mean [T, 2] of each row."""
        return self.vectors[:, 0] + (self.vectors[:, 1] + self.vectors[:, 2]) / 2

    def with_noise(self, deviation: float, normals: Array | None = None) -> Quantiles:
        """With independent noise of this deviation beside that of the rows; along normals [T, 2] where given.

        Noise along normals needs rows that have none.
        """
        vectors = self.vectors.copy()
        if normals is not None:
            vectors[:, 3] = deviation * normals
            return self._replace(vectors=vectors)
        factors = vectors[:, 3:].transpose(0, 2, 1)
        total = np.linalg.cholesky(factors @ factors.transpose(0, 2, 1) + deviation**2 * np.eye(2))
        vectors[:, 3:] = total.transpose(0, 2, 1)
        return self._replace(vectors=vectors)

    def carried(self, matrix: Array, shift: Array) -> Quantiles:
        """The rows of the points ``matrix @ point + shift``, with a matrix [2, 2] and a shift [2]."""
        vectors = self.vectors @ matrix.T
        vectors[:, 0] += shift
        return self._replace(vectors=vectors)

    def table(self) -> NDArray[np.float32]:
        """What the engine looks targets up in, [T, 10]."""
        return self.vectors.reshape(len(self.vectors), 10).astype(np.float32)
