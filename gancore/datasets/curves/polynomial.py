"""A polynomial."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.curves.graph import Graph
from gancore.parts import OfData
from gancore.parts.dataset import Array

Coefficient = Annotated[float, Field(ge=-1000, le=1000)]


class Polynomial(Graph):
    """y = c0 + c1·x + c2·x² + ..., the coefficients from the constant upwards."""

    kind: Literal["polynomial"] = "polynomial"
    label: ClassVar[str] = "Polynomial"

    coefficients: OfData[Annotated[tuple[Coefficient, ...], Field(min_length=1, max_length=16)]] = (0.0, -1.0, 0.0, 2.0)
    """c0, c1, c2, ...: the constant first; 0,-1,0,2 is 2x³ - x."""

    def height(self, x: Array) -> Array:
        """y [n] at x [n]."""
        return np.asarray(np.polynomial.polynomial.polyval(x, self.coefficients), np.float64)
