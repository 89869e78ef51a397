"""A disc."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.datasets.area import EDGE, ROWS, Area
from gancore.datasets.areas.round import from_disc, round_patches, to_disc
from gancore.datasets.traced import Trace
from gancore.parts.patches import Array, Patches


class Disc(Area):
    """The disc of radius 1, evenly."""

    kind: Literal["disc"] = "disc"
    label: ClassVar[str] = "Disc"

    def place(self, u: Array, v: Array) -> Array:
        """Points [n, 2] at u, v [n]."""
        return to_disc(u, v)

    def inverse(self, points: Array) -> tuple[Array, Array]:
        """The u and v [n] of points [n, 2]."""
        return from_disc(points)

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which points [n, 2] lie in the disc."""
        return np.hypot(*points.T) <= 1 + EDGE

    def foot(self, points: Array) -> Array:
        """The point of the circle [n, 2] nearest to each point [n, 2] outside."""
        return points / np.hypot(*points.T)[:, None]

    def patches(self) -> Patches:
        """In rings."""
        return round_patches(lambda points: points, np.sqrt, ROWS)

    def edge(self) -> Sequence[Trace]:
        """The circle around it."""
        return [Trace(lambda s: np.stack([np.cos(s), np.sin(s)], axis=1), 0, 2 * np.pi)]

    def log_density(self, unit_points: ArrayLike) -> Array:
        """-ln π within, without the dataset's noise."""
        return np.where(self.inside(np.asarray(unit_points, np.float64)), -np.log(np.pi), -np.inf)
