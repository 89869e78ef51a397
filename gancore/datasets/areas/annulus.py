"""An annulus."""

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


class Annulus(Area):
    """The ring between two circles around the origin, the outer one of radius 1.

    Even over its area, or over its radius: the latter is denser inside, as the noisy circle z/|z| + noise is.
    """

    kind: Literal["annulus"] = "annulus"
    label: ClassVar[str] = "Annulus"
    stretched: ClassVar[int] = 16
    directed: ClassVar[bool] = True

    inner: OfData[float] = Field(default=0.6, ge=0.05, le=0.99)
    """Radius of the inner circle."""
    uniform_in: OfData[Literal["area", "radius"]] = "area"
    """Whether it is uniform over the area, or every radius is as likely as any other."""

    def place(self, u: Array, v: Array) -> Array:
        """Points [n, 2] at the angle 2πu, v from the inner to the outer circle."""
        if self.uniform_in == "area":
            radius = np.sqrt(self.inner**2 + (1 - self.inner**2) * v)
        else:
            radius = self.inner + (1 - self.inner) * v
        return np.stack([radius * np.cos(2 * np.pi * u), radius * np.sin(2 * np.pi * u)], axis=1)

    def inverse(self, points: Array) -> tuple[Array, Array]:
        """The u and v [n] of points [n, 2]."""
        radius, power = np.hypot(*points.T), 2 if self.uniform_in == "area" else 1
        share = (radius**power - self.inner**power) / (1 - self.inner**power)
        return np.arctan2(points[:, 1], points[:, 0]) / (2 * np.pi) % 1, share

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which points [n, 2] lie between the circles."""
        radius = np.hypot(*points.T)
        return (radius >= self.inner - EDGE) & (radius <= 1 + EDGE)

    def foot(self, points: Array) -> Array:
        """The point of the nearer circle [n, 2] for each point [n, 2] outside."""
        return to_ring(points, self.inner, 1.0)

    def normals(self, unit_points: Array) -> Array:
        """Away from the centre."""
        return unit_points / np.hypot(*unit_points.T)[:, None]

    def edge(self) -> Sequence[Trace]:
        """Both circles."""
        return circles(1.0, self.inner)

    def log_density(self, unit_points: ArrayLike) -> Array:
        """Of the annulus without the dataset's noise; -inf outside."""
        points = np.asarray(unit_points, np.float64)
        if self.uniform_in == "area":
            value = np.full(len(points), -np.log(np.pi * (1 - self.inner**2)))
        else:
            radius = np.maximum(np.hypot(*points.T), self.inner / 2)
            value = -np.log(2 * np.pi * (1 - self.inner) * radius)
        return np.where(self.inside(points), value, -np.inf)


def to_ring(points: Array, inner: float, outer: float) -> Array:
    """The point [n, 2] between two circles nearest to each point [n, 2]; of the centre one to the right."""
    radius = np.hypot(*points.T)
    centre = radius == 0
    right = np.where(centre[:, None], [1.0, 0.0], points)
    return right * (np.clip(radius, inner, outer) / np.where(centre, 1, radius))[:, None]


def circles(*radii: float) -> list[Trace]:
    """Circles around the origin."""
    return [Trace(lambda s, r=r: r * np.stack([np.cos(s), np.sin(s)], axis=1), 0, 2 * np.pi) for r in radii]
