"""The families of a configuration: what a member of each provides. A member is one class with a ``kind``."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from gancore.parts.base import Choice, OfData, Static

Array = NDArray[np.float64]
Random = np.random.Generator | np.random.RandomState


class Support(Protocol):
    """Where a distribution has its probability, in unit coordinates, cut into cells of equal probability."""

    cells: int
    """Cells of equal probability."""
    near: float
    """Distance up to which a point counts as on the support."""
    words: str
    """What a point is near to, as ``the curve`` or ``a mode``."""

    def locate(self, unit_points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of unit points [n, 2] to the support, and the cell [n] of the nearest place on it."""
        ...


class Dataset(Choice):
    """A distribution in the plane.

    Unit coordinates are dataset coordinates divided by ``scale``; metrics are of unit points.
    """

    label: ClassVar[str]
    """Name for people."""
    what: ClassVar[str] = "distribution"
    """What kind of thing it is, in a caption: ``curve``, ``mixture``."""

    scale: OfData[float] = Field(default=1.0, ge=0.01, le=100)
    """All points are multiplied by this; metrics divide by it again."""
    size: Static[int] = Field(default=10_000, ge=100, le=200_000)
    """Points in the training set."""
    noise: OfData[float] = Field(default=0.0, ge=0, le=1)
    """Standard deviation of Gaussian noise on the points, before scaling."""
    seed: OfData[int] = Field(default=0, ge=0, lt=2**31)
    """Seed of the training set (not of the run)."""

    @abstractmethod
    def sample(self, rng: Random, n: int) -> Array:
        """Fresh points [n, 2], scaled, with the dataset's noise."""

    @abstractmethod
    def outline(self, n: int) -> Array:
        """About ``n`` noise-free unit points [m, 2], spread evenly over the probability: what it looks like."""

    def points(self) -> NDArray[np.float32]:
        """The training set [size, 2], decided by the dataset's fields alone."""
        return self.sample(np.random.RandomState(self.seed), self.size).astype(np.float32)

    def unit(self, points: ArrayLike) -> Array:
        """Points [n, 2] divided by ``scale``."""
        return np.asarray(points, dtype=np.float64) / self.scale

    def extent(self) -> tuple[Array, Array]:
        """Lower left and upper right corner [2] of what there is to see, in unit coordinates."""
        outline = self.outline(4096)
        return outline.min(axis=0), outline.max(axis=0)

    def support(self) -> Support | None:
        """Where its probability is, or None where nobody knows (points of one's own)."""
        return None

    def log_density(self, unit_points: ArrayLike) -> Array | None:
        """Natural logarithm of the density [n] at unit points [n, 2]; None where it has none (a curve)."""
        return None

    def modes(self) -> tuple[Array, float] | None:
        """Centres [K, 2] and standard deviation of equally likely modes, in unit coordinates; None without modes."""
        return None

    def middle(self) -> Array:
        """One noise-free unit point [1, 2] in the middle of the probability: where a collapsed generator may sit."""
        return self.outline(1)[:1]

    def mean(self) -> Array:
        """The mean [1, 2] of the noise-free distribution, in unit coordinates."""
        return self.outline(2**14).mean(axis=0, keepdims=True)

    def _finish(self, clean: Array, rng: Random) -> Array:
        """Noise, then scale, on noise-free unit points [n, 2]."""
        if self.noise:
            clean = clean + self.noise * rng.standard_normal(size=clean.shape)
        return clean * self.scale


Inputs = Mapping[str, Any]
"""A part's inputs of R runs: name → tensor [R]."""


class Loss(Choice):
    """What the two networks minimise: per-point losses from logits [R, B, 1]; tensors in, tensors out."""

    paired: ClassVar[bool] = False
    """Whether a point's loss depends on a point of the other kind: then both kinds need one update, and the
    generator's loss sees real logits too."""
    boundary: ClassVar[float | None] = 0.0
    """The output above which a point is taken for real; None for a critic, whose output is no decision."""

    @abstractmethod
    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """Losses of the real and of the fake points. Where the loss is not paired one of both may be of no points."""

    @abstractmethod
    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """Losses of the fake points; ``real`` is None unless the loss is paired."""


Critic = Callable[[Any], Any]
"""Points [R, B, 2] → logits [R, B, 1] of the discriminator in training."""


class Penalty(Choice):
    """What is added to the discriminator's loss."""

    uses: ClassVar[tuple[str, ...]] = ("real",)
    """``real``, ``fake`` or both: with separate updates it joins the update on the last of them."""
    uniforms: ClassVar[int] = 0
    """Uniform variates in [-1, 1] that it takes a point, drawn from a stream of their own."""
    passes: ClassVar[float] = 0.0
    """Forward passes of the discriminator on a batch that it costs, for the time left."""
    active: ClassVar[bool] = True
    """Whether it does anything; its value is logged then."""

    @abstractmethod
    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """The weighted penalty [R] for real and fake points [R, B, 2]; ``draws`` [R, B, uniforms] or None."""


Weights = Sequence[Any]
"""Tensors [R, ...]."""


class Optimizer(Choice):
    """How a network's weights follow their gradients."""

    slots: ClassVar[tuple[str, ...]] = ()
    """Names of what it keeps for every weight, each of the weight's shape and zero at first."""
    counts: ClassVar[bool] = False
    """Whether it uses the number of the update."""

    @abstractmethod
    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """Weights and slots after update number ``count`` (1, 2, ..., in the weights' dtype)."""
