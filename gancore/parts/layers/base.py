"""What a network is made of: layers that numpy, the engine's tensors and Keras' files evaluate alike.

A layer's code names axes from the end, so that it serves one run's arrays, inputs [n, in] and kernels [in, out], and
R runs' at once: [R, n, in] and [R, in, out].
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np

from gancore.parts.activations import ACTIVATIONS
from gancore.parts.initial import Initial

Arrays = Mapping[str, Any]
"""A layer's arrays by their names within it."""


class Start(NamedTuple):
    """What decides a network's arrays at step 0, besides their shapes."""

    initial: Initial
    """How kernels start."""
    stream: Callable[[int], np.random.Generator]
    """Number → a generator of its own; a dense layer's kernel takes its layer's number."""
    frequencies: float
    """Standard deviation of Fourier features' frequencies."""
    box: Callable[[], tuple[np.ndarray, np.ndarray]]
    """Lower left and upper right corner [2] of the training points."""


class Array(NamedTuple):
    """One array of a layer."""

    name: str
    shape: tuple[int, ...]
    """Of a single run: (in, out), or (width,), which the engine keeps as [R, 1, width]."""
    trained: bool = True
    """Whether the optimizer moves it; what it does not move is the network's state."""


@dataclass
class Look:
    """How a network is evaluated once: by which library, and in which mode."""

    ops: Any = np
    """numpy or ``keras.ops``: of both, functions of the same names are used."""
    product: Callable[[Any, Any], Any] = np.matmul
    """Inputs times kernel."""
    activate: Callable[[str, Any, float], Any] = lambda name, values, slope: ACTIVATIONS[name].numpy(values, slope)
    """(name, values, slope) → values."""
    detach: Callable[[Any], Any] = lambda values: values
    """The same values, through which no gradient is sent."""
    training: bool = False
    """Whether batch normalisation takes the batch's statistics."""
    masks: Any = None
    """What dropout multiplies by, [..., n, the sum of the widths it is applied to]; None to leave all as it is."""
    kinds: int = 1
    """Equal parts of the batch that do not see each other's points: reals and fakes in one update."""
    companions: dict[str, Any] | None = None
    """Features of a batch that points stand among, by layer, where they do not stand among each other."""
    moved: dict[str, Any] = field(default_factory=dict)
    """State after this evaluation, by the array's full name."""
    seen: dict[str, Any] = field(default_factory=dict)
    """Inputs of layers that look at a batch, by layer."""
    kept: list[Any] = field(default_factory=list)
    """Inputs of the blocks that have begun."""
    used: int = 0
    """Columns of the masks that earlier layers took."""

    def mask(self, width: int) -> Any:
        """The next columns of the masks."""
        self.used += width
        return self.masks[..., self.used - width : self.used]


class Layer(ABC):
    """One layer; ``place`` stands before the names of its arrays: the number of a dense layer, or a word."""

    place: str

    @property
    def arrays(self) -> tuple[Array, ...]:
        """Its arrays, in the order of the network's weights."""
        return ()

    def start(self, name: str, begin: Start, arrays: Arrays) -> np.ndarray:
        """The array of this name at step 0, for one run; ``arrays``: those of this layer before it. Here, zeros."""
        return np.zeros(next(array.shape for array in self.arrays if array.name == name))

    @abstractmethod
    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """Values [..., n, in] → [..., n, out]."""

    @abstractmethod
    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """The same of a Keras tensor [n, in], by Keras' own layers and operations, as it is after training.

        ``arrays`` are one run's; ``kept`` is as in ``Look``.
        """

    @property
    def values(self) -> int:
        """Numbers a point that it makes besides what a dense layer and its activation make; for the memory it takes."""
        return 0


def with_weights(layer: Any, values: Any, *weights: Any) -> Any:
    """What a Keras layer that has just been made gives for a Keras tensor, with these weights."""
    given = layer(values)
    layer.set_weights([np.asarray(one) for one in weights])
    return given
