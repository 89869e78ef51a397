"""A cardioid."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from gancore.datasets.traced import Trace, Traced

HALF = 0.75 * np.sqrt(3)
"""Half of the height of r = 1 - cos s."""
MIDDLE = -0.875
"""Half way between its left end at -2 and its right one at 1/4."""


class Cardioid(Traced):
    """r = 1 - cos s, with the middle of its box at the origin and a height of 2; its cusp points to the right."""

    kind: Literal["cardioid"] = "cardioid"
    label: ClassVar[str] = "Cardioid"

    def traces(self) -> Sequence[Trace]:
        """Once around, from the cusp."""

        def at(s):
            r = 1 - np.cos(s)
            return np.stack([r * np.cos(s) - MIDDLE, r * np.sin(s)], axis=1) / HALF

        return [Trace(at, 0, 2 * np.pi)]
