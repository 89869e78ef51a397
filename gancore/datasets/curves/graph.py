"""Graph: a curve y = f(x) on a range of x."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Sequence
from typing import Self

import numpy as np
from pydantic import Field, model_validator

from gancore.datasets.traced import Along, Trace, Traced
from gancore.parts import OfData
from gancore.parts.dataset import Array
from gancore.parts.errors import ConfigError
from gancore.words import typed


class Graph(Traced):
    """A curve y = f(x); a member defines ``kind``, ``label`` and ``height``."""

    along: OfData[Along] = "parameter"
    """Whether x is uniform (parameter), or the probability even along the curve's length."""
    low: OfData[float] = Field(default=-1.0, ge=-100, le=100)
    """Smallest x."""
    high: OfData[float] = Field(default=1.0, ge=-100, le=100)
    """Largest x; at least 0.001 more than the smallest."""

    @model_validator(mode="after")
    def _has_length(self) -> Self:
        if self.high - self.low < 1e-3:
            allowed = f"it must be at least 0.001 more than low, which is {typed(self.low)}"
            raise ConfigError.refused("high", self.high, allowed)
        return self

    @abstractmethod
    def height(self, x: Array) -> Array:
        """y [n] at x [n]; smooth."""

    def traces(self) -> Sequence[Trace]:
        """The graph, its parameter x."""
        return [Trace(lambda x: np.stack([x, self.height(x)], axis=1), self.low, self.high)]
