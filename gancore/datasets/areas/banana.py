"""A banana."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from gancore.datasets.area import EDGE, ROWS, Area
from gancore.datasets.areas.round import REACH, from_normal, normal_log_density, normal_radius, round_patches, to_normal
from gancore.datasets.traced import Trace
from gancore.parts import OfData
from gancore.parts.patches import Array, Patches


class Banana(Area):
    """A normal distribution bent along a parabola (Haario, Saksman and Tamminen 1999), cut off at three deviations.

    x = a/3, y = (thickness·b + bend·(a² - 1)/3) / 3 for standard normals a and b, so that x lies within [-1, 1].
    """

    kind: Literal["banana"] = "banana"
    label: ClassVar[str] = "Banana"

    bend: OfData[float] = Field(default=0.6, ge=-2, le=2)
    """How far its ends are raised: 0 is none."""
    thickness: OfData[float] = Field(default=0.3, ge=0.05, le=2)
    """Standard deviation across, that along being 1."""

    def _bent(self, normal: Array) -> Array:
        a, b = normal.T
        return np.stack([a, self.thickness * b + self.bend * (a * a - 1) / 3], axis=1) / REACH

    def _straight(self, points: Array) -> Array:
        a, y = points.T * REACH
        return np.stack([a, (y - self.bend * (a * a - 1) / 3) / self.thickness], axis=1)

    def place(self, u: Array, v: Array) -> Array:
        """Points [n, 2] at u, v [n]."""
        return self._bent(to_normal(u, v))

    def inverse(self, points: Array) -> tuple[Array, Array]:
        """The u and v [n] of points [n, 2]."""
        return from_normal(self._straight(points))

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which points [n, 2] lie within three standard deviations."""
        return np.hypot(*self._straight(points).T) <= REACH * (1 + EDGE)

    def patches(self) -> Patches:
        """In rings of the straight normal distribution."""
        return round_patches(self._bent, normal_radius, ROWS)

    def edge(self) -> Sequence[Trace]:
        """The bent ellipse at three standard deviations."""
        return [Trace(lambda s: self._bent(REACH * np.stack([np.cos(s), np.sin(s)], axis=1)), 0, 2 * np.pi)]

    def log_density(self, unit_points: ArrayLike) -> Array:
        """Of the banana without the dataset's noise; -inf beyond three standard deviations."""
        normal = self._straight(np.asarray(unit_points, np.float64))
        return normal_log_density(normal) + np.log(REACH**2 / self.thickness)
