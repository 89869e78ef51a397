"""An ellipse."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.traced import Trace, Traced
from gancore.parts import OfData


class Ellipse(Traced):
    """An ellipse around the origin; in its parameter the angle is uniform, as in (a cos s, b sin s)."""

    kind: Literal["ellipse"] = "ellipse"
    label: ClassVar[str] = "Ellipse"

    radius_x: OfData[float] = Field(default=1.0, ge=0.01, le=100)
    """Half of its width."""
    radius_y: OfData[float] = Field(default=0.5, ge=0.01, le=100)
    """Half of its height."""

    def traces(self) -> Sequence[Trace]:
        """Once around."""
        radii = [self.radius_x, self.radius_y]
        return [Trace(lambda s: np.stack([np.cos(s), np.sin(s)], axis=1) * radii, 0, 2 * np.pi)]
