"""Random Fourier features of a network's input."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from pydantic import Field

from gancore.parts.base import AtStart, Part, Static
from gancore.parts.layers.base import Array, Arrays, Layer, Look, Start, with_weights

FREQUENCIES = 2000
"""Number of the stream that they are drawn from."""


class Fourier(Part):
    """Cosines and sines of the input in random directions in place of the input itself (Tancik et al. 2020)."""

    frequencies: Static[int] = Field(default=0, ge=0, le=1024)
    """Random frequencies, each of which gives a cosine and a sine; 0 for the input as it is."""
    scale: AtStart[float] = Field(default=1.0, gt=0, le=1000)
    """Standard deviation of the frequencies, in turns for a way of length 1; the seed draws them."""


@dataclass(frozen=True)
class Features(Layer):
    """cos 2πxF and sin 2πxF."""

    place: str
    inputs: int
    count: int

    @property
    def arrays(self) -> tuple[Array, ...]:
        """The frequencies F [in, count], which stay as they are drawn."""
        return (Array("frequencies", (self.inputs, self.count), trained=False),)

    @property
    def values(self) -> int:
        """Phases, cosines and sines."""
        return 3 * self.count

    def start(self, name: str, begin: Start, arrays: Arrays) -> np.ndarray:
        """Normal, of a stream of their own."""
        return begin.frequencies * begin.stream(FREQUENCIES).standard_normal((self.inputs, self.count))

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """[..., n, in] → [..., n, 2 · count]."""
        phases = look.product(values, arrays["frequencies"]) * (2 * np.pi)
        return look.ops.concatenate([look.ops.cos(phases), look.ops.sin(phases)], axis=-1)

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """A dense layer for the phases, and Keras' operations."""
        dense = keras.layers.Dense(self.count, use_bias=False, trainable=False)
        phases = with_weights(dense, values, 2 * np.pi * arrays["frequencies"])
        return keras.ops.concatenate([keras.ops.cos(phases), keras.ops.sin(phases)], axis=-1)
