"""The grid of Gaussians, the second standard benchmark of mode collapse."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.mixture import RoundMixture
from gancore.parts import OfData
from gancore.parts.dataset import Array


class Grid(RoundMixture):
    """Equally likely Gaussians of one width on a square grid around the origin (Srivastava et al. 2017, VEEGAN)."""

    kind: Literal["grid"] = "grid"
    label: ClassVar[str] = "Grid of Gaussians"

    count: OfData[int] = Field(default=5, ge=1, le=10)
    """Modes along each side; the grid has as many squared."""
    spacing: OfData[float] = Field(default=0.5, gt=0, le=10)
    """Distance of neighbouring modes, before scaling."""

    def centres(self) -> Array:
        """Centres [count², 2], column by column from the lower left."""
        axis: Array = np.float64(self.spacing) * (np.arange(self.count) - (self.count - 1) / 2)
        return np.asarray(np.stack(np.meshgrid(axis, axis, indexing="ij"), axis=-1).reshape(-1, 2), np.float64)
