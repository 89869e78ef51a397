"""The swiss roll of the question."""

from __future__ import annotations

from functools import lru_cache
from typing import ClassVar, Literal

import numpy as np

from gancore.datasets.base import Array, Box, Curve


class SwissRoll(Curve):
    """(t cos t, t sin t) with t uniform in [1.5π, 4.5π], each axis scaled to [-1, 1].

    With the default size and seed, columns 0 and 2 of scikit-learn's
    ``make_swiss_roll(10_000, noise=0, random_state=0)`` so scaled; the scaling of that sample serves
    every other size and seed (Marsland 2014, chapter 6).
    """

    kind: Literal["swiss_roll"] = "swiss_roll"
    label: ClassVar[str] = "Swiss roll"

    def curve(self, t: Array) -> Array:
        """Unit points [n, 2] at the angle 1.5π(1 + 2t)."""
        return _box().to_unit(_spiral(t))


# scikit-learn's formulas rather than scikit-learn: importing it takes 2 s, which a page cannot afford.
def _spiral(t: Array) -> Array:
    """make_swiss_roll's columns 0 and 2 from its uniform draws t [n]."""
    angle = 1.5 * np.pi * (1 + 2 * t)
    return np.stack([angle * np.cos(angle), angle * np.sin(angle)], axis=1)


@lru_cache(maxsize=1)
def _box() -> Box:
    return Box.of(_spiral(np.random.RandomState(0).uniform(size=10_000)))
