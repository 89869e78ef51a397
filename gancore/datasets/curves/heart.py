"""A heart."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from gancore.datasets.traced import Trace, Traced


class Heart(Traced):
    """The heart curve x = 16 sin³ s, y = 13 cos s - 5 cos 2s - 2 cos 3s - cos 4s, divided by 17."""

    kind: Literal["heart"] = "heart"
    label: ClassVar[str] = "Heart"

    def traces(self) -> Sequence[Trace]:
        """Once around, from the dip at the top; its tip is a cusp as well."""

        def at(s):
            y = 13 * np.cos(s) - 5 * np.cos(2 * s) - 2 * np.cos(3 * s) - np.cos(4 * s)
            return np.stack([16 * np.sin(s) ** 3, y], axis=1) / 17

        return [Trace(at, 0, 2 * np.pi, (np.pi,))]
