"""A mixture of Gaussians that are listed one by one."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator, model_serializer, model_validator
from pydantic_core import PydanticCustomError

from gancore.datasets.mixture import Mixture
from gancore.parts import OfData
from gancore.parts.base import Part
from gancore.parts.dataset import Array
from gancore.parts.errors import quoted

Coordinate = Annotated[float, Field(ge=-100, le=100)]
Variance = Annotated[float, Field(ge=1e-6, le=100)]

MOST = 100
"""Gaussians of a mixture."""
LONGEST = 10_000
"""Characters of a mixture as text."""


class Blob(Part):
    """One Gaussian: its weight, its mean, and either its deviation along each axis or its covariance."""

    written: ClassVar[str] = "weight x y σ, or weight x y and the covariance's xx xy yy; / between Gaussians"
    """How a list of them is typed."""

    weight: OfData[float] = Field(default=1.0, ge=0, le=1e6)
    """Its probability, but for a factor that all have."""
    mean: OfData[tuple[Coordinate, Coordinate]] = (0.0, 0.0)
    """Where it lies, before scaling."""
    sigma: OfData[float | None] = Field(default=None, ge=1e-3, le=10)
    """Standard deviation along each axis."""
    covariance: OfData[tuple[Variance, Coordinate, Variance] | None] = None
    """Variance along x, covariance, and variance along y; or a matrix of two rows."""

    @field_validator("mean", mode="before")
    @classmethod
    def _two(cls, value: Any) -> Any:
        if not isinstance(value, list | tuple) or len(value) != 2:
            raise ValueError("it must be two numbers, such as [0.5, -0.5]")
        return value

    @field_validator("covariance", mode="before")
    @classmethod
    def _matrix(cls, value: Any) -> Any:
        if isinstance(value, list | tuple) and len(value) == 2 and all(isinstance(row, list | tuple) for row in value):
            rows = [list(row) for row in value]
            if [len(row) for row in rows] != [2, 2] or rows[0][1] != rows[1][0]:
                raise ValueError("it must be a symmetric matrix, such as [[0.02, 0.01], [0.01, 0.02]]")
            return [rows[0][0], rows[0][1], rows[1][1]]
        if value is not None and not (isinstance(value, list | tuple) and len(value) == 3):
            raise ValueError("it must be three numbers, xx, xy and yy, or a matrix of two rows")
        return value

    @field_validator("covariance")
    @classmethod
    def _positive(cls, value: tuple[float, float, float] | None) -> tuple[float, float, float] | None:
        if value is not None and not value[1] ** 2 <= (1 - 1e-9) * value[0] * value[2]:
            raise ValueError("it must be positive: xy² less than xx times yy")
        return value

    @model_validator(mode="after")
    def _one_width(self) -> Blob:
        if (self.sigma is None) == (self.covariance is None):
            raise PydanticCustomError("width", "it must have one of sigma and covariance")
        return self

    @model_serializer(mode="wrap")
    def _without_nothing(self, handler: Any) -> dict[str, Any]:
        """What is not given is left out, since TOML has no null."""
        return {name: value for name, value in handler(self).items() if value is not None}


class Blobs(Mixture):
    """Gaussians of one's own, each with its weight, mean and covariance."""

    kind: Literal["blobs"] = "blobs"
    label: ClassVar[str] = "Gaussians of one's own"

    gaussians: OfData[tuple[Blob, ...]] = Field(
        default=(
            Blob(weight=0.5, mean=(-0.5, -0.4), sigma=0.1),
            Blob(weight=0.3, mean=(0.5, -0.2), covariance=(0.02, 0.01, 0.02)),
            Blob(weight=0.2, mean=(0.0, 0.6), sigma=0.05),
        ),
        max_length=MOST,
    )
    """The Gaussians, as tables in a file, or as text: 0.3 -0.5 0 0.1 / 0.7 0.5 0 0.02 0.01 0.02."""

    @field_validator("gaussians", mode="before")
    @classmethod
    def _read(cls, value: Any) -> Any:
        if isinstance(value, str):
            value = _rows(value)
        if not isinstance(value, list | tuple) or not 1 <= len(value) <= MOST:
            raise ValueError(f"it must be 1 to {MOST} Gaussians: {Blob.written}")
        return [_named(item) for item in value]

    @field_validator("gaussians")
    @classmethod
    def _weighed(cls, value: tuple[Blob, ...]) -> tuple[Blob, ...]:
        if not sum(blob.weight for blob in value) > 0:
            raise ValueError("it must have a weight above 0; all are 0")
        return value

    def centres(self) -> Array:
        """The means [K, 2] of those with a weight above 0."""
        return np.array([blob.mean for blob in self._weighty()], np.float64)

    def covariances(self) -> Array:
        """Their covariances [K, 2, 2]."""
        return np.array([_covariance(blob) for blob in self._weighty()])

    def weights(self) -> Array:
        """Their shares [K] of the weights' sum."""
        weights = np.array([blob.weight for blob in self._weighty()])
        return weights / weights.sum()

    def _weighty(self) -> list[Blob]:
        return [blob for blob in self.gaussians if blob.weight > 0]


def _covariance(blob: Blob) -> list[list[float]]:
    if blob.covariance is None:
        variance = float(blob.sigma or 0) ** 2
        return [[variance, 0.0], [0.0, variance]]
    xx, xy, yy = blob.covariance
    return [[xx, xy], [xy, yy]]


def _rows(text: str) -> Any:
    """``0.3 -0.5 0 0.1 / 0.7 0.5 0 0.1`` → the numbers of each Gaussian; commas and semicolons do as well, and JSON."""
    if len(text) > LONGEST:
        raise ValueError(f"it must be at most {LONGEST:,} characters")
    if text.lstrip().startswith("["):
        try:
            return json.loads(text)
        except (ValueError, RecursionError):
            raise ValueError(f"it must be JSON, as it starts with [, or Gaussians: {Blob.written}") from None
    return [re.split(r"[\s,]+", row.strip(" \t,")) for row in re.split(r"[/;\n]", text) if row.strip(" \t,")]


def _named(row: Any) -> Any:
    """Four or six numbers as a Gaussian's fields; a table as it is."""
    if isinstance(row, Blob):
        return row
    if isinstance(row, Mapping) and set(row) <= set(Blob.model_fields):
        return row
    if not isinstance(row, list | tuple) or len(row) not in (4, 6):
        what = f"one has {len(row)}" if isinstance(row, list | tuple) else f"{quoted(str(row))} is none"
        tables = "a table of weight, mean, and sigma or covariance"
        raise ValueError(f"each must be four or six numbers ({Blob.written}) or {tables}; {what}")
    width = {"sigma": row[3]} if len(row) == 4 else {"covariance": list(row[3:])}
    return {"weight": row[0], "mean": list(row[1:3]), **width}
