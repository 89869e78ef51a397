"""The parabola of the question."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np

from gancore.datasets.base import Array, Curve


class Parabola(Curve):
    """x uniform in [-1, 1], y = x²."""

    kind: Literal["parabola"] = "parabola"
    label: ClassVar[str] = "Parabola"

    def curve(self, t: Array) -> Array:
        """Unit points [n, 2] at x = 2t - 1."""
        x = 2 * t - 1
        return np.stack([x, x * x], axis=1)
