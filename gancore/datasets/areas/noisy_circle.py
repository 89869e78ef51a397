"""A circle whose points are pushed outwards."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from gancore.datasets.area import EDGE, Area
from gancore.datasets.areas.annulus import circles, to_ring
from gancore.datasets.traced import Trace
from gancore.parts import OfData
from gancore.parts.dataset import Array

REACH = 5.0
"""Deviations at which it is cut off; one point in 270,000 would lie beyond."""
WITHIN = float(-np.expm1(-(REACH**2) / 2))


class NoisyCircle(Area):
    """z/|z| + spread·z for a standard normal z in the plane: angle uniform, radius 1 + spread·|z|, so never below 1."""

    kind: Literal["noisy_circle"] = "noisy_circle"
    label: ClassVar[str] = "Noisy circle"
    stretched: ClassVar[int] = 16
    directed: ClassVar[bool] = True

    spread: OfData[float] = Field(default=0.1, ge=0.001, le=1)
    """How much of z is added to the circle's point."""

    @property
    def _outer(self) -> float:
        return 1 + REACH * self.spread

    def place(self, u: Array, v: Array) -> Array:
        """Points [n, 2] at the angle 2πu, v of the probability from the circle outwards."""
        radius = 1 + self.spread * np.sqrt(-2 * np.log1p(-WITHIN * v))
        return np.stack([radius * np.cos(2 * np.pi * u), radius * np.sin(2 * np.pi * u)], axis=1)

    def inverse(self, points: Array) -> tuple[Array, Array]:
        """The u and v [n] of points [n, 2]."""
        pushed = (np.hypot(*points.T) - 1) / self.spread
        share = -np.expm1(-np.square(np.maximum(pushed, 0)) / 2) / WITHIN
        return np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) % 1, share

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which points [n, 2] lie from the circle outwards, up to five deviations."""
        radius = np.hypot(*points.T)
        return (radius >= 1 - EDGE) & (radius <= self._outer + EDGE)

    def foot(self, points: Array) -> Array:
        """The point of the nearer circle [n, 2] for each point [n, 2] outside."""
        return to_ring(points, 1.0, self._outer)

    def normals(self, unit_points: Array) -> Array:
        """Away from the centre."""
        return unit_points / np.hypot(*unit_points.T)[:, None]

    def edge(self) -> Sequence[Trace]:
        """Both circles."""
        return circles(self._outer, 1.0)

    def log_density(self, unit_points: ArrayLike) -> Array:
        """Of the circle without the dataset's noise; -inf inside the circle and beyond five deviations."""
        points = np.asarray(unit_points, np.float64)
        radius = np.maximum(np.hypot(*points.T), 1)
        pushed = (radius - 1) / self.spread
        with np.errstate(divide="ignore"):  # on the circle itself the density is 0
            value = np.log(pushed) - np.square(pushed) / 2 - np.log(2 * np.pi * radius * self.spread * WITHIN)
        return np.where(self.inside(points), value, -np.inf)
