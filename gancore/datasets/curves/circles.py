"""Concentric circles."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.traced import Trace, Traced
from gancore.parts import OfData


class Circles(Traced):
    """Circles around the origin, the outermost of radius 1; two are scikit-learn's ``make_circles``."""

    kind: Literal["circles"] = "circles"
    label: ClassVar[str] = "Concentric circles"

    count: OfData[int] = Field(default=2, ge=2, le=8)
    """Circles."""
    factor: OfData[float] = Field(default=0.5, ge=0.05, le=0.95)
    """Radius of the innermost; the others' lie evenly between it and 1."""
    weights: OfData[Literal["equal", "length"]] = "equal"
    """Whether each circle holds as much of the probability as any other, or as much as it is long."""

    def traces(self) -> Sequence[Trace]:
        """A circle each, the outermost first."""
        return [self._circle(float(radius)) for radius in np.linspace(1, self.factor, self.count)]

    def _circle(self, radius: float) -> Trace:
        share = radius if self.weights == "length" else 1.0
        return Trace(lambda s: radius * np.stack([np.cos(s), np.sin(s)], axis=1), 0, 2 * np.pi, share=share)
