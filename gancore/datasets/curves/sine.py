"""A sine wave."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.curves.graph import Graph
from gancore.parts import OfData
from gancore.parts.dataset import Array


class Sine(Graph):
    """y = amplitude · sin(frequency · x + phase)."""

    kind: Literal["sine"] = "sine"
    label: ClassVar[str] = "Sine"

    amplitude: OfData[float] = Field(default=1.0, ge=0, le=100)
    """Largest y."""
    frequency: OfData[float] = Field(default=float(np.pi), gt=0, le=100)
    """Radians for each unit of x; π gives one wave between -1 and 1."""
    phase: OfData[float] = Field(default=0.0, ge=-10, le=10)
    """Radians at x = 0."""

    def height(self, x: Array) -> Array:
        """y [n] at x [n]."""
        return self.amplitude * np.sin(self.frequency * x + self.phase)
