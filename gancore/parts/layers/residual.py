"""Residual blocks: the input of some layers is added to what they give, before the last one's activation."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from gancore.parts.layers.base import Array, Arrays, Layer, Look, Start
from gancore.parts.layers.dense import Dense

SHORTCUTS = 100
"""First number of the streams of shortcuts' kernels."""


@dataclass(frozen=True)
class Begin(Layer):
    """Keeps a block's input."""

    place: str

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """As it is."""
        look.kept.append(values)
        return values

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """As it is."""
        kept.append(values)
        return values


@dataclass(frozen=True)
class Add(Layer):
    """Adds it again; where widths differ, through ``shortcut``, a linear map without bias (He et al. 2015)."""

    place: str
    width: int
    shortcut: Dense | None

    @property
    def arrays(self) -> tuple[Array, ...]:
        """The map's kernel, if there is one."""
        return self.shortcut.arrays if self.shortcut else ()

    @property
    def values(self) -> int:
        """The map and the sum."""
        return 2 * self.width

    def start(self, name: str, begin: Start, arrays: Arrays) -> np.ndarray:
        """As a dense layer's."""
        assert self.shortcut
        return self.shortcut.start(name, begin, arrays)

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """The sum of both."""
        kept = look.kept.pop()
        return values + (self.shortcut(look, kept, arrays) if self.shortcut else kept)

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """Keras' own."""
        start = kept.pop()
        return keras.layers.Add()([values, self.shortcut.keras(keras, start, arrays, kept) if self.shortcut else start])
