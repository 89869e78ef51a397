"""The ring of Gaussians that mode collapse is usually shown on."""

from __future__ import annotations

from typing import Annotated, ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.datasets.mixture import RoundMixture
from gancore.parts import OfData, Since
from gancore.parts.dataset import Array


class Ring(RoundMixture):
    """Gaussians of one width, evenly spaced on the unit circle (Metz et al. 2017); ``scale`` is its radius.

    The first angle is not repeated: a known public script places eight modes at seven angles.
    """

    kind: Literal["ring"] = "ring"
    label: ClassVar[str] = "Ring of Gaussians"

    count: OfData[int] = Field(default=8, ge=1, le=100)
    """Modes on the ring."""
    imbalance: Annotated[OfData[float], Since("0.3.0", neutral=1.0)] = Field(default=1.0, ge=1, le=1000)
    """How much likelier the first mode is than the last; those between fall off evenly on a log scale."""

    def centres(self) -> Array:
        """Centres [count, 2] at the angles 2πk/count."""
        angle = 2 * np.pi * np.arange(self.count) / self.count
        return np.stack([np.cos(angle), np.sin(angle)], axis=1)

    def weights(self) -> Array:
        """Probabilities [count]: imbalance^(-k/(count - 1)) but for a factor (Cui et al. 2019)."""
        weights = self.imbalance ** (-np.arange(self.count) / max(1, self.count - 1))
        return weights / weights.sum()
