"""Patches: a distribution as rows of equal probability that numpy and the engine draw from alike."""

from __future__ import annotations

from typing import NamedTuple, Self

import numpy as np
from numpy.typing import ArrayLike, NDArray

Array = NDArray[np.float64]


class Patches(NamedTuple):
    """T rows of equal probability, each a parallelogram with a Gaussian around every point of it.

    A point of row i is ``origin + u·first + v·second + L·n`` with uniforms u and v in [0, 1) and standard normals
    n [2]. A curve has rows with ``second = 0`` (segments of equal probability), a mixture rows with ``first = second =
    0`` (as many of a mode as its weight says), an area small parallelograms, points of one's own rows of an origin
    alone.
    """

    origin: Array
    """[T, 2]"""
    first: Array
    """[T, 2]"""
    second: Array
    """[T, 2]"""
    spread: Array
    """[T, 3]: l11, l21 and l22 of the lower Cholesky factor L of a row's covariance."""

    @classmethod
    def of(
        cls,
        origin: ArrayLike,
        first: ArrayLike | None = None,
        second: ArrayLike | None = None,
        covariance: ArrayLike | None = None,
    ) -> Self:
        """Rows with these origins [T, 2]; what is left out is zero. ``covariance``: [2, 2] or [T, 2, 2]."""
        start = np.asarray(origin, np.float64)
        sides = [np.zeros_like(start) if side is None else np.asarray(side, np.float64) for side in (first, second)]
        spread = np.zeros((len(start), 3))
        if covariance is not None:
            spread = np.broadcast_to(cholesky(covariance), spread.shape)
        return cls(start, sides[0], sides[1], spread)

    @property
    def rows(self) -> int:
        """T."""
        return len(self.origin)

    @property
    def covariance(self) -> Array:
        """Covariance [T, 2, 2] of each row's Gaussian."""
        a, b, c = self.spread.T
        return np.stack([a * a, a * b, a * b, b * b + c * c], axis=-1).reshape(-1, 2, 2)

    @property
    def middle(self) -> Array:
        """The mean [T, 2] of each row."""
        return self.origin + (self.first + self.second) / 2

    def draw(self, row: NDArray[np.intp], uniform: Array, normal: Array) -> Array:
        """Points [n, 2] of rows [n], from uniforms [n, 2] in [0, 1) and standard normals [n, 2]."""
        a, b, c = self.spread[row].T
        points = self.origin[row] + uniform[:, :1] * self.first[row] + uniform[:, 1:] * self.second[row]
        return points + np.stack([a * normal[:, 0], b * normal[:, 0] + c * normal[:, 1]], axis=1)

    def sample(self, rng: np.random.Generator | np.random.RandomState, n: int) -> Array:
        """Independent points [n, 2]."""
        row = (rng.uniform(size=n) * self.rows).astype(np.intp)
        return self.draw(row, rng.uniform(size=(n, 2)), rng.standard_normal(size=(n, 2)))

    def even(self, n: int) -> Array:
        """Points [n, 2] that stand for equal shares of probability, the same at every call.

        Point k takes the share (k + ½)/n along the rows; what is left is quasi-random, so that any stretch of
        neighbours is spread evenly over what the rows span there.
        """
        from scipy.special import ndtri

        share = (np.arange(n) + 0.5) / n * self.rows
        row = np.minimum(share.astype(np.intp), self.rows - 1)
        flat, sharp = not self.second.any(), not self.spread.any()
        quasi = quasi_random(n, 2 * (not flat) + 2 * (not sharp))
        # Of an area's row a place by chance: what is left of the share is always the same where n divides the rows.
        uniform = np.column_stack([share - row, np.full(n, 0.5)]) if flat else quasi[:, :2]
        normal = np.zeros((n, 2)) if sharp else np.asarray(ndtri(quasi[:, -2:]), np.float64)
        return self.draw(row, uniform, normal)

    def with_noise(self, covariance: ArrayLike) -> Self:
        """The same rows with independent noise of this covariance, [2, 2] or [T, 2, 2]."""
        return self._replace(spread=cholesky(self.covariance + np.asarray(covariance, np.float64)))

    def carried(self, matrix: Array, shift: Array) -> Self:
        """The rows of the points ``matrix @ point + shift``, with a matrix [2, 2] and a shift [2]."""
        origin, first, second = (part @ matrix.T for part in (self.origin, self.first, self.second))
        return type(self)(origin + shift, first, second, cholesky(matrix @ self.covariance @ matrix.T))

    def moments(self) -> tuple[Array, Array]:
        """Mean [2] and covariance [2, 2] of the distribution, in closed form."""
        centred = self.middle - self.middle.mean(axis=0)
        sides = (np.einsum("ti,tj->ij", side, side) / 12 for side in (self.first, self.second))
        within = np.einsum("ti,tj->ij", centred, centred) + sum(sides) + self.covariance.sum(axis=0)
        return self.middle.mean(axis=0), within / self.rows

    def box(self, widths: float = 3.0) -> tuple[Array, Array]:
        """Lower left and upper right corner [2] of all rows, with so many standard deviations of their Gaussians."""
        reach = widths * np.sqrt(np.diagonal(self.covariance, axis1=1, axis2=2))
        corners = [self.origin, self.origin + self.first, self.origin + self.second]
        corners.append(corners[1] + self.second)
        low, high = (np.stack([corner + sign * reach for corner in corners]) for sign in (-1, 1))
        return low.min(axis=(0, 1)), high.max(axis=(0, 1))

    def table(self) -> NDArray[np.float32]:
        """What the engine draws from, [T, 9]: origin, first, second and spread."""
        return np.concatenate(self, axis=1).astype(np.float32)


def cholesky(covariance: ArrayLike) -> Array:
    """l11, l21 and l22, [..., 3], of covariances [..., 2, 2], which may be singular."""
    matrix = np.asarray(covariance, np.float64)
    first = np.sqrt(np.maximum(matrix[..., 0, 0], 0))
    below = np.divide(matrix[..., 1, 0], first, out=np.zeros_like(first), where=first > 0)
    return np.stack([first, below, np.sqrt(np.maximum(matrix[..., 1, 1] - below**2, 0))], axis=-1)


def quasi_random(n: int, dimensions: int) -> Array:
    """Points [n, dimensions] in (0, 1) of the additive recurrence R_d, of which every stretch is spread evenly.

    M. Roberts, The unreasonable effectiveness of quasirandom sequences, 2018: the steps are powers of the inverse of
    the root of x^(d + 1) = x + 1.
    """
    root = 1.5
    for _ in range(64):
        root = (1 + root) ** (1 / (dimensions + 1))
    steps = root ** -np.arange(1.0, dimensions + 1)
    return np.clip((0.5 + np.arange(1, n + 1)[:, None] * steps) % 1, 1e-12, 1 - 1e-12)
