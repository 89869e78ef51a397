"""A letter S."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from gancore.datasets.area import EDGE, Area
from gancore.datasets.traced import Trace
from gancore.parts import OfData
from gancore.parts.dataset import Array

SWEEP = 1.5 * np.pi
"""Angle of each of its two arcs."""


class SCurve(Area):
    """A band along the S of scikit-learn's ``make_s_curve`` seen from the side, evenly over its area.

    Two arcs of three quarters of a circle, (sin t, sign(t)·(cos t - 1)) with t in [-1.5π, 1.5π], so scaled that the
    band is 2 high.
    """

    kind: Literal["s_curve"] = "s_curve"
    label: ClassVar[str] = "S-curve"
    parts: ClassVar[int] = 2
    stretched: ClassVar[int] = 16

    width: OfData[float] = Field(default=0.4, ge=0.01, le=1)
    """Width of the band, the arcs' radius being 1 before scaling."""

    @property
    def _half(self) -> float:
        """Half of the height before scaling."""
        return 2 + self.width / 2

    def place(self, u: Array, v: Array) -> Array:
        """Points [n, 2]: u from the upper end to the lower one, v from the outside of the upper arc."""
        t = (2 * u - 1) * SWEEP
        lower = u >= 0.5
        least, most = 1 - self.width / 2, 1 + self.width / 2
        # v leads from the outside in above, and on below, where that is from the inside out.
        share = np.where(lower, v, 1 - v)
        radius = np.sqrt(least**2 + (most**2 - least**2) * share)
        side = np.where(lower, 1.0, -1.0)
        return np.stack([radius * np.sin(t), side * (radius * np.cos(t) - 1)], axis=1) / self._half

    def _round(self, points: Array) -> tuple[Array, Array, Array]:
        """Which points [n, 2] belong to the lower arc, and the angle |t| and radius [n] about its arc's centre."""
        x, y = points.T * self._half
        # The arcs meet where t is 0: to the right of the line through both centres is the lower one's start.
        both = [(np.arctan2(side * x, side * y + 1) % (2 * np.pi), np.hypot(x, side * y + 1)) for side in (1.0, -1.0)]
        (angle, radius), (other_angle, other_radius) = both
        badness = [
            np.abs(r - 1) + 10 * (np.minimum(np.maximum(a - SWEEP, 0), 2 * np.pi - a) * (a > SWEEP)) for a, r in both
        ]
        lower = badness[0] <= badness[1]
        return lower, np.where(lower, angle, other_angle), np.where(lower, radius, other_radius)

    def inverse(self, points: Array) -> tuple[Array, Array]:
        """The u and v [n] of points [n, 2]."""
        lower, angle, radius = self._round(points)
        angle = np.where(angle > (SWEEP + 2 * np.pi) / 2, 0, np.minimum(angle, SWEEP))
        least, most = 1 - self.width / 2, 1 + self.width / 2
        share = (radius**2 - least**2) / (most**2 - least**2)
        u = (1 + np.where(lower, angle, -angle) / SWEEP) / 2
        u = np.where(lower, np.maximum(u, 0.5), np.minimum(u, np.nextafter(0.5, 0)))
        return u, np.where(lower, share, 1 - share)

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which points [n, 2] lie in the band."""
        _, angle, radius = self._round(points)
        around = (angle <= SWEEP + EDGE) | (angle >= 2 * np.pi - EDGE)
        return around & (np.abs(radius - 1) <= self.width / 2 + EDGE)

    def edge(self) -> Sequence[Trace]:
        """Both sides and both ends, from one to the next."""

        def at(s: Array) -> Array:
            # Four stretches: along v = 0, across the lower end, back along v = 1, across the upper end.
            u = np.interp(s, [0, 1, 2, 3, 4, 5, 6], [0, 0.5, 1, 1, 0.5, 0, 0])
            v = np.interp(s, [0, 2, 3, 5, 6], [0, 0, 1, 1, 0])
            return self.place(u, v)

        return [Trace(at, 0, 6, (1.0, 2.0, 3.0, 4.0, 5.0))]

    def log_density(self, unit_points: ArrayLike) -> Array:
        """Of the band without the dataset's noise; -inf outside."""
        # An arc's area is its angle times its width, its middle radius being 1.
        area = 2 * SWEEP * self.width / self._half**2
        return np.where(self.inside(np.asarray(unit_points, np.float64)), -np.log(area), -np.inf)
