"""One Gaussian."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, ValidationInfo, field_validator

from gancore.datasets.mixture import Mixture
from gancore.parts import OfData
from gancore.parts.dataset import Array
from gancore.words import typed


class Gaussian(Mixture):
    """One Gaussian of any mean and covariance."""

    kind: Literal["gaussian"] = "gaussian"
    label: ClassVar[str] = "Gaussian"

    mean_x: OfData[float] = Field(default=0.0, ge=-100, le=100)
    """Horizontal mean, before scaling."""
    mean_y: OfData[float] = Field(default=0.0, ge=-100, le=100)
    """Vertical mean, before scaling."""
    variance_x: OfData[float] = Field(default=0.1, ge=1e-6, le=100)
    """Variance along the horizontal axis, before scaling."""
    variance_y: OfData[float] = Field(default=0.1, ge=1e-6, le=100)
    """Variance along the vertical axis, before scaling."""
    covariance: OfData[float] = Field(default=0.05, ge=-100, le=100, validate_default=True)
    """Covariance of the two axes; its square is less than the product of the variances."""

    @field_validator("covariance")
    @classmethod
    def _positive(cls, value: float, info: ValidationInfo) -> float:
        known = info.data
        if "variance_x" in known and "variance_y" in known:  # else they are refused themselves
            largest = float(np.sqrt(known["variance_x"] * known["variance_y"]))
            if not abs(value) <= (1 - 1e-9) * largest:
                raise ValueError(
                    f"it must be between {typed(-largest)} and {typed(largest)}, the root of the variances' product, "
                    "or the covariance is not positive"
                )
        return value

    def centres(self) -> Array:
        """The mean, [1, 2]."""
        return np.array([[self.mean_x, self.mean_y]])

    def covariances(self) -> Array:
        """The covariance, [1, 2, 2]."""
        return np.array([[[self.variance_x, self.covariance], [self.covariance, self.variance_y]]])
