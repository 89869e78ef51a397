"""Lissajous curves."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.traced import Trace, Traced
from gancore.parts import OfData


class Lissajous(Traced):
    """(sin(a·s + phase), sin(b·s)), s in [0, 2π]."""

    kind: Literal["lissajous"] = "lissajous"
    label: ClassVar[str] = "Lissajous curve"

    a: OfData[int] = Field(default=3, ge=1, le=9)
    """Horizontal swings."""
    b: OfData[int] = Field(default=2, ge=1, le=9)
    """Vertical swings."""
    phase: OfData[float] = Field(default=90.0, ge=-360, le=360)
    """Degrees by which the horizontal swing is ahead."""

    def traces(self) -> Sequence[Trace]:
        """Once around."""
        ahead, again = np.radians(self.phase), math.gcd(self.a, self.b)
        a, b = self.a // again, self.b // again  # a curve that is run through several times is the same curve
        return [Trace(lambda s: np.stack([np.sin(a * s + ahead), np.sin(b * s)], axis=1), 0, 2 * np.pi)]
