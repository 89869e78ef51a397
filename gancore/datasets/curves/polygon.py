"""Polygons: the outline of a square, and any other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field, field_validator, model_validator

from gancore.datasets.traced import Trace, Traced
from gancore.parts import OfData
from gancore.parts.dataset import Array
from gancore.parts.errors import ConfigError

Place = Annotated[float, Field(ge=-100, le=100)]
MOST = 64
"""Vertices."""


class SquareOutline(Traced):
    """The four sides of the square [-1, 1]²."""

    kind: Literal["square_outline"] = "square_outline"
    label: ClassVar[str] = "Square outline"

    def traces(self) -> Sequence[Trace]:
        """Once around, anticlockwise from the lower left corner."""
        return [through(np.array([[-1, -1], [1, -1], [1, 1], [-1, 1]], np.float64), True)]


class Polygon(Traced):
    """Straight lines from vertex to vertex; closed, they end where they start."""

    kind: Literal["polygon"] = "polygon"
    label: ClassVar[str] = "Polygon"

    vertices: OfData[Annotated[tuple[Place, ...], Field(min_length=4, max_length=2 * MOST)]] = (
        *(0.0, 1.0),
        *(-1.0, -0.75),
        *(1.0, -0.75),
    )
    """x and y of the first vertex, x and y of the second, ...: 2 to 64 vertices; a file may also have pairs."""
    ends: OfData[Literal["closed", "open"]] = "closed"
    """Whether a line leads from the last vertex to the first."""

    @field_validator("vertices", mode="before")
    @classmethod
    def _flat(cls, value: Any) -> Any:
        """Pairs, as a file has them, are the same as their numbers in a row."""
        if isinstance(value, list | tuple) and value and all(isinstance(pair, list | tuple) for pair in value):
            if any(len(pair) != 2 for pair in value):
                raise ValueError("each vertex must be a pair of numbers, x and y")
            return [number for pair in value for number in pair]
        return value

    @model_validator(mode="after")
    def _has_sides(self) -> Polygon:
        if len(self.vertices) % 2:
            allowed = f"they must be pairs of x and y, and there are {len(self.vertices)} numbers"
            raise ConfigError.of("vertices", allowed, list(self.vertices))
        steps = np.diff(self._around(), axis=0)
        if np.hypot(*steps.T).min() < 1e-3:
            allowed = "each vertex must be at least 0.001 from the one before it"
            raise ConfigError.of("vertices", allowed, list(self.vertices))
        return self

    def _around(self) -> Array:
        places = np.reshape(self.vertices, (-1, 2))
        return np.concatenate([places, places[:1]]) if self.ends == "closed" else places

    def traces(self) -> Sequence[Trace]:
        """From the first vertex; its parameter counts the sides."""
        return [through(np.reshape(self.vertices, (-1, 2)), self.ends == "closed")]


def through(vertices: Array, closed: bool) -> Trace:
    """Straight lines through vertices [n, 2]."""
    places = np.concatenate([vertices, vertices[:1]]) if closed else vertices
    number = np.arange(len(places), dtype=np.float64)

    def at(s: Array) -> Array:
        return np.stack([np.interp(s, number, axis) for axis in places.T], axis=1)

    return Trace(at, 0, len(places) - 1, tuple(number[1:-1]))
