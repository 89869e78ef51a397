"""A distribution: a spiral."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets import Curve
from gancore.parts import OfData


class Spiral(Curve):
    """An Archimedean spiral of radius 1, its angle uniform."""

    kind: Literal["spiral"] = "spiral"
    label: ClassVar[str] = "Spiral"

    turns: OfData[float] = Field(default=2.0, gt=0, le=10)
    """Turns from the centre to the rim."""

    def curve(self, t):
        """Unit points [n, 2]: the radius grows from 0.1 to 1 with the angle."""
        angle, radius = 2 * np.pi * self.turns * t, 0.1 + 0.9 * t
        return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)
