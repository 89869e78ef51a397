"""Spirals, of one arm or several."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from pydantic import Field, model_validator

from gancore.datasets.traced import Trace, Traced
from gancore.parts import OfData
from gancore.parts.errors import ConfigError
from gancore.words import typed

MOST = 32
"""Turns of all arms together."""


class Spiral(Traced):
    """Archimedean spirals whose radius grows evenly with the angle to 1; several arms are equally likely.

    Two arms are the "two spirals" of Lang and Witbrock (1988).
    """

    kind: Literal["spiral"] = "spiral"
    label: ClassVar[str] = "Spiral"

    turns: OfData[float] = Field(default=2.0, ge=0.1, le=10)
    """Turns of an arm from the centre to the rim."""
    inner: OfData[float] = Field(default=0.1, ge=0, le=0.9)
    """Radius at which an arm starts."""
    arms: OfData[int] = Field(default=1, ge=1, le=8)
    """Arms, each turned against the one before it by the same angle."""

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Spiral:
        if self.turns * self.arms > MOST:
            most = typed(MOST / self.arms, 4)
            allowed = f"with {self.arms} arms it must be at most {most}: together they make {MOST} turns"
            raise ConfigError.refused("turns", self.turns, allowed)
        return self

    def traces(self) -> Sequence[Trace]:
        """An arm each, from the inside; their parameter is the share of the turns."""
        return [self._arm(2 * np.pi * k / self.arms) for k in range(self.arms)]

    def _arm(self, first: float) -> Trace:
        def at(s):
            angle, radius = first + 2 * np.pi * self.turns * s, self.inner + (1 - self.inner) * s
            return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)

        return Trace(at, share=1.0)
