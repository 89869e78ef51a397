"""Dropout: random numbers of a layer set to zero in training."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gancore.parts.backend import tf
from gancore.parts.layers.base import Arrays, Layer, Look


@dataclass(frozen=True)
class Dropout(Layer):
    """Multiplies by what was drawn for it: 0, or 1 / (1 - rate) (Srivastava et al. 2014)."""

    place: str
    width: int
    rate: float | None = None
    """For files; the engine's masks have each run's own."""

    @property
    def values(self) -> int:
        """The masks and the product."""
        return 2 * self.width

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """As it is, where there are no masks."""
        return values if look.masks is None else values * look.mask(self.width)

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """Keras' own, which does nothing but in training."""
        return keras.layers.Dropout(self.rate)(values)


def multipliers(uniforms: Any, rate: Any) -> Any:
    """Masks [R, n, width] from uniforms in [-1, 1] and each run's rate [R]."""
    rate = tf.reshape(rate, [-1, 1, 1])
    return tf.cast((uniforms + 1) / 2 >= rate, uniforms.dtype) / (1 - rate)
