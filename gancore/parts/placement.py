"""Placement: where a distribution lies in the plane."""

from __future__ import annotations

from typing import Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gancore.parts.base import OfData, Part
from gancore.parts.patches import Patches

Array = NDArray[np.float64]


class Placement(Part):
    """The unit shape, with its noise, is stretched, turned and fitted; then ``scale`` multiplies it, and it is shifted.

    Metrics undo all of it, so they are of the shape itself.
    """

    shift_x: OfData[float] = Field(default=0.0, ge=-100, le=100)
    """Added to the horizontal coordinate, after scaling."""
    shift_y: OfData[float] = Field(default=0.0, ge=-100, le=100)
    """Added to the vertical coordinate, after scaling."""
    rotation: OfData[float] = Field(default=0.0, ge=-360, le=360)
    """Degrees by which it is turned counterclockwise about the origin."""
    stretch_x: OfData[float] = Field(default=1.0, ge=0.01, le=100)
    """Factor of the horizontal axis, before turning."""
    stretch_y: OfData[float] = Field(default=1.0, ge=0.01, le=100)
    """Factor of the vertical axis, before turning."""
    fit: OfData[Literal["none", "standardise", "box"]] = "none"
    """Each axis for itself: standardise to mean 0 and deviation 1, or box, which carries all of it (of a Gaussian three
    standard deviations) to [-1, 1]."""

    def affine(self, noisy: Patches) -> tuple[Array, Array]:
        """Matrix [2, 2] and offset [2] of what comes before scaling; ``noisy`` is the unit shape."""
        turn = np.deg2rad(self.rotation)
        cosine, sine = np.cos(turn), np.sin(turn)
        matrix = np.array([[cosine, -sine], [sine, cosine]]) * [self.stretch_x, self.stretch_y]
        if self.fit == "none":
            return matrix, np.zeros(2)
        turned = noisy.carried(matrix, np.zeros(2))
        if self.fit == "standardise":
            centre, covariance = turned.moments()
            half = np.sqrt(np.diagonal(covariance))
        else:
            low, high = turned.box()
            centre, half = (low + high) / 2, (high - low) / 2
        # What has no width along an axis, such as a line on it, is only centred there.
        factor = 1 / np.where(half > 1e-9 * half.max(), half, 1.0)
        return matrix * factor[:, None], -centre * factor


UNPLACED = Placement()
"""Where every distribution of the first releases lies."""
