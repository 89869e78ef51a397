"""What a discriminator sees of a whole batch: one class each, with a ``kind``. Reals and fakes are told apart."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from typing import Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.parts.base import Choice, Static
from gancore.parts.layers.base import Array, Arrays, Layer, Look, Start, with_weights

PROJECTION = 3000
"""Number of the stream of minibatch discrimination's kernel."""
FLOOR = 1e-8
"""Added to a variance below a root, as in Karras et al. 2018."""


class Minibatch(Choice):
    """What the last layer of the discriminator sees of the batch besides a point's own features."""

    of_batch: ClassVar[bool] = True
    """Whether it sees anything of it."""

    @abstractmethod
    def layer(self, place: str, width: int) -> BatchFeatures | None:
        """The layer behind features of this width; None for none."""


class NoMinibatch(Minibatch):
    """None."""

    kind: Literal["none"] = "none"
    of_batch: ClassVar[bool] = False

    def layer(self, place: str, width: int) -> BatchFeatures | None:
        """None."""
        return None


class MinibatchStd(Minibatch):
    """Their standard deviation over the batch, averaged over the features (Karras et al. 2018)."""

    kind: Literal["std"] = "std"

    def layer(self, place: str, width: int) -> BatchFeatures:
        """One number, the same for every point of a batch."""
        return Deviation(place, width)


class MinibatchDiscrimination(Minibatch):
    """How near other points' features are (Salimans et al. 2016, section 3.2)."""

    kind: Literal["discrimination"] = "discrimination"

    kernels: Static[int] = Field(default=16, ge=1, le=128)
    """Numbers that each point gets; B in the paper, 100 there."""
    dims: Static[int] = Field(default=5, ge=1, le=32)
    """Dimensions that distances are taken in; C in the paper."""

    def layer(self, place: str, width: int) -> BatchFeatures:
        """One number a kernel."""
        return Closeness(place, width, self.kernels, self.dims)


@dataclass(frozen=True)
class BatchFeatures(Layer):
    """Puts ``more`` numbers behind a point's features."""

    place: str
    width: int

    @property
    def more(self) -> int:
        """Numbers that are added to each point."""
        return 1

    @property
    def values(self) -> int:
        """The features again, with what is added."""
        return 2 * (self.width + self.more)

    def __call__(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """[..., n, width] → [..., n, width + more]; each kind of points sees its own alone."""
        look.seen[self.place] = values
        if look.companions is not None:
            added = self.among(look, values, look.companions[self.place], arrays)
            return look.ops.concatenate([values, added], axis=-1)
        each = values.shape[-2] // look.kinds
        kinds = [values[..., i * each : (i + 1) * each, :] for i in range(look.kinds)]
        added = [self.of(look, kind, arrays) for kind in kinds]
        added = added[0] if len(added) == 1 else look.ops.concatenate(added, axis=-2)
        return look.ops.concatenate([values, added], axis=-1)

    @abstractmethod
    def of(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """What a batch's features add to each of its points: [..., n, more]."""

    @abstractmethod
    def among(self, look: Look, values: Any, companions: Any, arrays: Arrays) -> Any:
        """The same for points that stand among others, each alone."""


@dataclass(frozen=True)
class Deviation(BatchFeatures):
    """Minibatch standard deviation."""

    def of(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """The same number for all."""
        ops = look.ops
        centred = values - ops.mean(values, axis=-2, keepdims=True)
        variance = ops.mean(centred * centred, axis=-2, keepdims=True)
        mean = ops.mean(ops.sqrt(variance + FLOOR), axis=-1, keepdims=True)
        return mean + ops.zeros_like(values[..., :1])

    def among(self, look: Look, values: Any, companions: Any, arrays: Arrays) -> Any:
        """That of the others, of which one point changes little."""
        return self.of(look, companions, arrays)[..., :1, :] + look.ops.zeros_like(values[..., :1])

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """By Keras' operations; of the batch that a file's model is called with."""
        look = Look(keras.ops)
        return keras.ops.concatenate([values, self.of(look, values, arrays)], axis=-1)


@dataclass(frozen=True)
class Closeness(BatchFeatures):
    """Minibatch discrimination: Σ exp(-‖M_i - M_j‖₁) over the batch, for each kernel's M = f T."""

    kernels: int
    dims: int

    @property
    def more(self) -> int:
        """One a kernel."""
        return self.kernels

    @property
    def arrays(self) -> tuple[Array, ...]:
        """T [width, kernels · dims]."""
        return (Array("kernel", (self.width, self.kernels * self.dims)),)

    @property
    def values(self) -> int:
        """Projections; what pairs take grows with the batch and is counted apart."""
        return super().values + self.kernels * self.dims

    def start(self, name: str, begin: Start, arrays: Arrays) -> np.ndarray:
        """As a dense layer's kernel."""
        return begin.initial.kernel(begin.stream(PROJECTION), self.width, self.kernels * self.dims)

    def of(self, look: Look, values: Any, arrays: Arrays) -> Any:
        """Each point beside all, itself too, as in the paper."""
        projected = look.product(values, arrays["kernel"])
        return self._sums(look.ops, projected, projected)

    def among(self, look: Look, values: Any, companions: Any, arrays: Arrays) -> Any:
        """Itself and the others."""
        return self._sums(look.ops, *(look.product(one, arrays["kernel"]) for one in (values, companions))) + 1

    def _sums(self, ops: Any, ones: Any, others: Any) -> Any:
        """[..., n, kernels] from projections [..., n, kernels · dims] and those [..., m, ...] that are summed over."""
        distance = 0.0
        for dim in range(self.dims):
            columns = slice(dim * self.kernels, (dim + 1) * self.kernels)
            one, other = ops.expand_dims(ones[..., columns], -2), ops.expand_dims(others[..., columns], -3)
            distance = distance + ops.abs(one - other)
        return ops.sum(ops.exp(-distance), axis=-2)

    def keras(self, keras: Any, values: Any, arrays: Arrays, kept: list[Any]) -> Any:
        """A dense layer for the projections, and Keras' operations; of the batch that a file's model is called with."""
        dense = keras.layers.Dense(self.kernels * self.dims, use_bias=False)
        projected = with_weights(dense, values, arrays["kernel"])
        return keras.ops.concatenate([values, self._sums(keras.ops, projected, projected)], axis=-1)
