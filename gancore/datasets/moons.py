"""The two moons of the question."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import NDArray

from gancore.datasets.base import Array, Box, Curve


class Moons(Curve):
    """Two half circles, each holding half of the probability, each axis scaled to [-1, 1].

    The training set is an even grid of angles, as in scikit-learn's
    ``make_moons(10_000, shuffle=False, noise=None)``, so ``seed`` moves only its noise;
    ``sample`` draws the angles uniformly.
    """

    kind: Literal["moons"] = "moons"
    label: ClassVar[str] = "Two moons"
    pieces: ClassVar[tuple[tuple[float, float], ...]] = ((0.0, 0.5), (0.5, 1.0))

    def curve(self, t: Array) -> Array:
        """Unit points [n, 2]: the upper moon for t < 0.5, the lower one from there."""
        lower = t >= 0.5
        return _box().to_unit(_moons(2 * np.pi * np.where(lower, t - 0.5, t), lower))

    def points(self) -> NDArray[np.float32]:
        """The training set [size, 2]: the upper moon's grid, then the lower one's."""
        points = self._finish(_box().to_unit(_grid(self.size)), np.random.RandomState(self.seed))
        return points.astype(np.float32)


# scikit-learn's formulas rather than scikit-learn: importing it takes 2 s, which a page cannot afford.
def _moons(angle: Array, lower: NDArray[np.bool_]) -> Array:
    x, y = np.cos(angle), np.sin(angle)
    return np.stack([np.where(lower, 1 - x, x), np.where(lower, 1 - y - 0.5, y)], axis=1)


def _grid(n: int) -> Array:
    """make_moons' n points, the upper moon first."""
    counts = n // 2, n - n // 2
    angle = np.concatenate([np.linspace(0, np.pi, count) for count in counts])
    return _moons(angle, np.repeat([False, True], counts))


@lru_cache(maxsize=1)
def _box() -> Box:
    return Box.of(_grid(10_000))
