"""The ring of Gaussians that mode collapse is usually shown on."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.mixture import Mixture
from gancore.parts import OfData
from gancore.parts.families import Array


class Ring(Mixture):
    """Equally likely Gaussians, evenly spaced on the unit circle (Metz et al. 2017); ``scale`` is its radius.

    The first angle is not repeated: a known public script places eight modes at seven angles.
    """

    kind: Literal["ring"] = "ring"
    label: ClassVar[str] = "Ring of Gaussians"

    count: OfData[int] = Field(default=8, ge=1, le=100)
    """Modes on the ring."""

    def centres(self) -> Array:
        """Centres [count, 2] at the angles 2πk/count."""
        angle = 2 * np.pi * np.arange(self.count) / self.count
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)
