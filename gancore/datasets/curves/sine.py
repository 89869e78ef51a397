"""A sine wave."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from gancore.datasets.curves.graph import Graph
from gancore.parts import OfData
from gancore.parts.dataset import Array
from gancore.parts.errors import ConfigError
from gancore.words import typed

WAVES = 32
"""At most, from the smallest x to the largest."""


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

    @model_validator(mode="after")
    def _can_be_followed(self) -> Sine:
        most = 2 * np.pi * WAVES / (self.high - self.low)
        if self.frequency > most * (1 + 1e-12):
            ends = f"from {typed(self.low)} to {typed(self.high)}"
            allowed = f"{ends} it must be at most {typed(most, 4)}, which makes {WAVES} waves"
            raise ConfigError.refused("frequency", self.frequency, allowed)
        return self

    def height(self, x: Array) -> Array:
        """y [n] at x [n]."""
        return self.amplitude * np.sin(self.frequency * x + self.phase)
