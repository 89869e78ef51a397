"""A part of a circle."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.traced import Trace, Traced
from gancore.parts import OfData


class Arc(Traced):
    """A part of the circle of radius 1, from one angle over so many degrees."""

    kind: Literal["arc"] = "arc"
    label: ClassVar[str] = "Arc"

    start: OfData[float] = Field(default=0.0, ge=-360, le=360)
    """Angle in degrees at which it starts; 0 is to the right, 90 above."""
    sweep: OfData[float] = Field(default=270.0, ge=1, le=359)
    """Degrees that it goes round, anticlockwise."""

    def traces(self) -> Sequence[Trace]:
        """From its start anticlockwise."""
        low, high = np.radians([self.start, self.start + self.sweep])
        return [Trace(lambda s: np.stack([np.cos(s), np.sin(s)], axis=1), low, high)]
