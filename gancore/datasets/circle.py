"""The circle of the question."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field

from gancore.datasets.base import LAST, Array, Curve
from gancore.parts import OfData


class Circle(Curve):
    """Angle uniform, radius 1; ``scale`` is the radius and moves the centre with it."""

    kind: Literal["circle"] = "circle"
    label: ClassVar[str] = "Circle"
    closed: ClassVar[bool] = True

    center_x: OfData[float] = Field(default=0.0, ge=-5, le=5)
    """Horizontal position of the centre, before scaling."""
    center_y: OfData[float] = Field(default=0.0, ge=-5, le=5)
    """Vertical position of the centre, before scaling."""

    def curve(self, t: Array) -> Array:
        """Unit points [n, 2] at angle 2πt."""
        angle = 2 * np.pi * t
        return np.stack([self.center_x + np.cos(angle), self.center_y + np.sin(angle)], axis=1)

    def nearest(self, unit_points: ArrayLike) -> tuple[Array, Array]:
        """Distance and coordinate [n] of unit points [n, 2], in closed form."""
        x, y = np.asarray(unit_points, dtype=np.float64).T - [[self.center_x], [self.center_y]]
        return np.abs(np.hypot(x, y) - 1), np.minimum(np.arctan2(y, x) / (2 * np.pi) % 1, LAST)
