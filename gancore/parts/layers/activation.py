"""What stands behind a dense layer: a function of each number, or the largest of several pieces."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from gancore.parts.activations import ACTIVATIONS, LEAKY_SLOPE
from gancore.parts.layers.base import Arrays, Layer, Look


@dataclass(frozen=True)
class Activation(Layer):
    """The activation of this name."""

    place: str
    name: str
    slope: float = LEAKY_SLOPE

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """Number by number."""
        return look.activate(self.name, values, self.slope)

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """By its name, or by Keras' operations where a layer cannot name it."""
        if self.name == "leaky_relu":
            return keras.layers.LeakyReLU(self.slope)(values)
        called = ACTIVATIONS[self.name].keras
        if self.name == "linear":
            return values
        if called is None or self.name == "tanh_1.5":
            return ACTIVATIONS[self.name].tensor(keras.ops, values, self.slope)
        return keras.layers.Activation(called)(values)


@dataclass(frozen=True)
class Maxout(Layer):
    """The largest of each unit's pieces (Goodfellow et al. 2013)."""

    place: str
    units: int
    pieces: int

    @property
    def values(self) -> int:
        """All the pieces but one."""
        return self.units * (self.pieces - 1)

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """[..., n, units · pieces] → [..., n, units]."""
        return look.ops.max(look.ops.reshape(values, (*values.shape[:-1], self.units, self.pieces)), axis=-1)

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """Keras 3 has no maxout: a reshape and a pooling layer are the same."""
        pieces = keras.layers.Reshape((self.units, self.pieces))(values)
        return keras.layers.GlobalMaxPooling1D(data_format="channels_first")(pieces)
