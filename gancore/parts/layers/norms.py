"""Normalisation between a dense layer and its activation: one class each, with a ``kind``."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.parts.base import Choice, Static
from gancore.parts.layers.base import Array, Arrays, Layer, Look, Start, with_weights


class Norm(Choice):
    """What every hidden layer's values are normalised by, before its activation."""

    of_batch: ClassVar[bool] = False
    """Whether a point's values depend on the other points of its batch."""

    @abstractmethod
    def layer(self, place: str, width: int) -> Layer | None:
        """The layer of this width; None for none."""


class NoNorm(Norm):
    """None."""

    kind: Literal["none"] = "none"

    def layer(self, place: str, width: int) -> Layer | None:
        """None."""
        return None


class BatchNorm(Norm):
    """Each unit over the points of an update, and over past ones when sampling (Ioffe and Szegedy 2015).

    Separate updates normalise reals and fakes apart, combined ones together.
    """

    kind: Literal["batch"] = "batch"
    of_batch: ClassVar[bool] = True

    momentum: Static[float] = Field(default=0.99, ge=0, lt=1)
    """What an update leaves of the running averages, which sampling takes; a network's own updates move them."""
    epsilon: Static[float] = Field(default=1e-3, gt=0, le=1)
    """Added to the variance."""

    def layer(self, place: str, width: int) -> Layer:
        """Over the batch."""
        return _Batch(place, width, self.epsilon, self.momentum)


class LayerNorm(Norm):
    """Each point over the units of its layer (Ba et al. 2016)."""

    kind: Literal["layer"] = "layer"

    epsilon: Static[float] = Field(default=1e-3, gt=0, le=1)
    """Added to the variance."""

    def layer(self, place: str, width: int) -> Layer:
        """Over the units."""
        return _Units(place, width, self.epsilon)


@dataclass(frozen=True)
class _Units(Layer):
    """γ (x - mean) / √(variance + ε) + β over the last axis."""

    place: str
    width: int
    epsilon: float

    @property
    def arrays(self) -> tuple[Array, ...]:
        """γ and β."""
        return Array("gamma", (self.width,)), Array("beta", (self.width,))

    @property
    def values(self) -> int:
        """Centred and scaled."""
        return 2 * self.width

    def start(self, name: str, begin: Start, arrays: Arrays) -> np.ndarray:
        """γ and a variance at one, β and a mean at zero."""
        return np.ones(self.width) if name in ("gamma", "variance") else np.zeros(self.width)

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """Over each point's own units."""
        mean, variance = _moments(look, values, -1)
        return self.scaled(look, values, mean, variance, arrays)

    def scaled(self, look: Look, values: Any, mean: Any, variance: Any, arrays: Arrays) -> Any:
        """Normalised by these moments."""
        slope = arrays["gamma"] / look.ops.sqrt(variance + self.epsilon)
        return (values - mean) * slope + arrays["beta"]

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """Keras' own."""
        layer = keras.layers.LayerNormalization(epsilon=self.epsilon)
        return with_weights(layer, values, arrays["gamma"], arrays["beta"])


@dataclass(frozen=True)
class _Batch(_Units):
    """The same over the axis of points, or by running averages."""

    momentum: float = 0.99

    @property
    def arrays(self) -> tuple[Array, ...]:
        """γ and β, and the running mean and variance."""
        running = (Array(name, (self.width,), trained=False) for name in ("mean", "variance"))
        return (*super().arrays, *running)

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """Over the batch in training."""
        if not look.training:
            return self.scaled(look, values, arrays["mean"], arrays["variance"], arrays)
        moments = dict(zip(("mean", "variance"), _moments(look, values, -2), strict=True))
        for name, now in moments.items():
            past = self.momentum * arrays[name] + (1 - self.momentum) * look.detach(now)
            look.moved[f"{self.place}/{name}"] = past
        return self.scaled(look, values, moments["mean"], moments["variance"], arrays)

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """Keras' own."""
        layer = keras.layers.BatchNormalization(momentum=self.momentum, epsilon=self.epsilon)
        return with_weights(layer, values, *(arrays[array.name] for array in self.arrays))


def _moments(look: Look, values: Any, axis: int) -> tuple[Any, Any]:
    """Mean and variance (of n, not n - 1) over an axis, which stays as one of length 1."""
    mean = look.ops.mean(values, axis=axis, keepdims=True)
    centred = values - mean
    return mean, look.ops.mean(centred * centred, axis=axis, keepdims=True)
