"""A straight line."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from gancore.datasets.traced import Trace, Traced
from gancore.parts import OfData
from gancore.parts.errors import ConfigError


class Line(Traced):
    """The straight line from one point to another, evenly."""

    kind: Literal["line"] = "line"
    label: ClassVar[str] = "Line"

    start_x: OfData[float] = Field(default=-1.0, ge=-100, le=100)
    """Where it starts, horizontally."""
    start_y: OfData[float] = Field(default=-0.5, ge=-100, le=100)
    """Where it starts, vertically."""
    end_x: OfData[float] = Field(default=1.0, ge=-100, le=100)
    """Where it ends, horizontally."""
    end_y: OfData[float] = Field(default=0.5, ge=-100, le=100)
    """Where it ends, vertically."""

    @model_validator(mode="after")
    def _has_length(self) -> Line:
        if np.hypot(self.end_x - self.start_x, self.end_y - self.start_y) < 1e-3:
            raise ConfigError.of("end_x", "the line must end at least 0.001 from where it starts", self.end_x)
        return self

    def traces(self) -> Sequence[Trace]:
        """From its start to its end."""
        start, way = np.array([self.start_x, self.start_y]), [self.end_x - self.start_x, self.end_y - self.start_y]
        return [Trace(lambda s: start + s[:, None] * way)]
