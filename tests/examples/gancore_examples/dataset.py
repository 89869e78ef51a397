"""A distribution: an astroid."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets import Curve
from gancore.parts import OfData


class Astroid(Curve):
    """The star (cos³ s, sin³ s) of radius 1, its angle uniform."""

    kind: Literal["astroid"] = "astroid"
    label: ClassVar[str] = "Astroid"
    closed: ClassVar[bool] = True

    sharpness: OfData[float] = Field(default=3.0, ge=2, le=6)
    """Power of the cosine and sine; 2 is a square on its corner."""

    def curve(self, t):
        """Unit points [n, 2] at the angle 2πt."""
        around = np.stack([np.cos(2 * np.pi * t), np.sin(2 * np.pi * t)], axis=1)
        return np.sign(around) * np.abs(around) ** self.sharpness
