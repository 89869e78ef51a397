"""A figure eight."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np

from gancore.datasets.traced import Trace, Traced


class FigureEight(Traced):
    """The lemniscate of Gerono, (cos s, sin 2s / 2): a lying eight that crosses itself at the origin."""

    kind: Literal["figure_eight"] = "figure_eight"
    label: ClassVar[str] = "Figure eight"

    def traces(self) -> Sequence[Trace]:
        """Once around."""
        return [Trace(lambda s: np.stack([np.cos(s), np.sin(2 * s) / 2], axis=1), 0, 2 * np.pi)]
