"""The two ends of a network: points put together before the first layer, and what the last one's output becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gancore.parts.layers.base import Array, Arrays, Layer, Look, Start


@dataclass(frozen=True)
class Scale(Layer):
    """Multiplies by a number."""

    place: str
    factor: float

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """In the values' own dtype."""
        return values * (np.float32(self.factor) if look.ops is np else self.factor)

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """Keras' own."""
        return keras.layers.Rescaling(self.factor)(values)


@dataclass(frozen=True)
class Range(Layer):
    """A sigmoid's values carried to the range of the data, in each coordinate."""

    place: str

    @property
    def arrays(self) -> tuple[Array, ...]:
        """Lower left corner, and what is added to it for the upper right one."""
        return Array("low", (2,), trained=False), Array("span", (2,), trained=False)

    def start(self, name: str, begin: Start, arrays: Arrays) -> np.ndarray:
        """From the training points."""
        low, high = begin.box()
        return low if name == "low" else high - low

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """[..., n, 2] in [0, 1] → points."""
        return arrays["low"] + arrays["span"] * values

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """Keras' own, a number a coordinate."""
        return keras.layers.Rescaling(arrays["span"].tolist(), offset=arrays["low"].tolist())(values)


def packed(ops: Any, points: Any, count: int) -> Any:
    """Points [..., n, 2] in packs of so many neighbours: [..., n / count, 2 · count] (PacGAN: Lin et al. 2018)."""
    if count == 1:
        return points
    *lead, n, width = points.shape
    return ops.reshape(points, (*lead, n // count, width * count))
