"""A trefoil."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from gancore.datasets.traced import Trace, Traced


class Trefoil(Traced):
    """The trefoil knot from above, (sin s + 2 sin 2s, cos s - 2 cos 2s) / 3: three loops that cross three times."""

    kind: Literal["trefoil"] = "trefoil"
    label: ClassVar[str] = "Trefoil"

    def traces(self) -> Sequence[Trace]:
        """Once around."""
        return [
            Trace(
                lambda s: np.stack([np.sin(s) + 2 * np.sin(2 * s), np.cos(s) - 2 * np.cos(2 * s)], axis=1) / 3,
                0,
                2 * np.pi,
            )
        ]
