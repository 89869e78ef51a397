"""The families of a configuration: what a member of each provides. A member is one class with a ``kind``."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from gancore.parts.backend import lanes, tf
from gancore.parts.base import Choice, OfData, Off, PerRun, Since, Static
from gancore.parts.schedules import Constant, Schedule

Array = NDArray[np.float64]
Random = np.random.Generator | np.random.RandomState


class Support(Protocol):
    """Where a distribution has its probability, in unit coordinates, cut into cells of equal probability."""

    @property
    def cells(self) -> int:
        """Cells of equal probability."""
        ...

    @property
    def near(self) -> float:
        """Distance up to which a point counts as on the support."""
        ...

    @property
    def words(self) -> str:
        """What a point is near to, as ``the curve`` or ``a mode``."""
        ...

    @property
    def counted(self) -> str:
        """What the cells are where they are things that one counts, as ``modes``; empty where coverage is a share."""
        ...

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
    bounded: ClassVar[bool] = True
    """Whether the discriminator's best loss is finite whatever its slope; if not, something has to limit the slope."""

    @abstractmethod
    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """Losses of the real and of the fake points. Where the loss is not paired one of both may be of no points."""

    @abstractmethod
    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """Losses of the fake points; ``real`` is None unless the loss is paired."""

    def threshold(self, inputs: Inputs) -> Any:
        """``boundary``, or that of each run as [R, 1, 1]."""
        return self.boundary


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

    @property
    def interval(self) -> int:
        """Steps from one evaluation to the next; its weight is multiplied by this."""
        return 1

    @abstractmethod
    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """The weighted penalty [R] for real and fake points [R, B, 2]; ``draws`` [R, B, uniforms] or None."""


Weights = Sequence[Any]
"""Tensors [R, ...]."""


class Optimizer(Choice):
    """How a network's weights follow their gradients.

    Of what all of them share, the gradient is clipped first, by value and then by norm, and the weights last.
    """

    slots: ClassVar[tuple[str, ...]] = ()
    """Names of what it keeps for every weight, each of the weight's shape and zero at first."""
    counts: ClassVar[bool] = False
    """Whether it uses the number of the update."""

    schedule: Annotated[Schedule, Since("0.3.0", neutral={"kind": "constant", "warmup": 0})] = Field(
        default_factory=Constant
    )
    """How the learning rate follows the steps of the run."""
    clip_value: Annotated[PerRun[float], Off(0.0), Since("0.3.0", neutral=0.0)] = Field(default=0.0, ge=0, le=1e6)
    """Largest size of a single number in the gradient; 0 for no limit."""
    clip_norm: Annotated[PerRun[float], Off(0.0), Since("0.3.0", neutral=0.0)] = Field(default=0.0, ge=0, le=1e6)
    """Largest length of the network's whole gradient, which is shortened to it; 0 for no limit."""
    clip_weights: Annotated[PerRun[float], Off(0.0), Since("0.3.0", neutral=0.0)] = Field(default=0.0, ge=0, le=1e6)
    """Largest size of a weight or bias after each update (weight clipping, Arjovsky et al. 2017); 0 for no limit."""

    @abstractmethod
    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """Weights and slots after update number ``count`` (1, 2, ..., in the weights' dtype)."""

    def whole_update(
        self,
        weights: Weights,
        gradients: Weights,
        slots: Mapping[str, Weights],
        count: Any,
        step: Any,
        inputs: Inputs,
        of_schedule: Inputs,
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """``update`` with what all optimizers share, at step ``step`` (from 0); each run's numbers are of its own."""
        gradients = self.clipped(gradients, inputs)
        if self.schedule.moves:
            factor = self.schedule.factor(tf.cast(step, weights[0].dtype), of_schedule)
            inputs = {**inputs, "learning_rate": inputs["learning_rate"] * factor}
        moved, slots = self.update(weights, gradients, slots, count, inputs)
        if self.on("clip_weights"):
            (limit,) = lanes(inputs, "clip_weights")
            moved = [tf.clip_by_value(weight, -limit, limit) for weight in moved]
        return moved, dict(slots)

    def clipped(self, gradients: Weights, inputs: Inputs) -> Weights:
        """Gradients [R, ...] within the limits; the norm is over all weights of a run, as Keras' global_clipnorm."""
        if self.on("clip_value"):
            (limit,) = lanes(inputs, "clip_value")
            gradients = [tf.clip_by_value(gradient, -limit, limit) for gradient in gradients]
        if self.on("clip_norm"):
            squares = sum(tf.reduce_sum(gradient * gradient, axis=[1, 2], keepdims=True) for gradient in gradients)
            (limit,) = lanes(inputs, "clip_norm")
            gradients = [gradient * (limit / tf.maximum(tf.sqrt(squares), limit)) for gradient in gradients]
        return gradients


class Latent(Choice):
    """The generator's input."""

    dim: Static[int] = Field(default=128, ge=1, le=1024)
    """Dimensions of the latent vector."""

    @abstractmethod
    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """Vectors [R, batch, dim] of a stream: ``key`` [R, 2] and the count of a step decide them."""

    @abstractmethod
    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """Standard normal vectors [..., dim] carried to this distribution by numpy, for pictures."""


class Outcome(NamedTuple):
    """What one update of the discriminator gives besides its weights; None for points that it did not see."""

    real_loss: Any
    """[R], as the next."""
    fake_loss: Any
    real_logits: Any
    """[R, B, 1], as the next."""
    fake_logits: Any
    penalty: Any
    """[R], or None where the penalty was not part of the update."""


Act = Callable[[Any, Any, Any, Any], tuple[Any, Outcome]]
"""(learner, real points or None, fakes or None, the update's number) → the learner after one update, and its outcome.

On both kinds the loss is the mean over all points, as of one batch of reals and fakes.
"""


class Update(Choice):
    """How the discriminator is updated within a step."""

    ticks: ClassVar[int]
    """Updates in a round."""
    together: ClassVar[bool] = False
    """Whether real points and fakes meet in one update, as a paired loss needs it."""

    d_steps: Static[int] = Field(default=1, ge=1, le=20)
    """Discriminator rounds for each generator update, each on fresh points."""
    shared_adam_clock: Static[bool] = False
    """One Adam step counter for both networks, as where Keras 2 shared one optimizer object between two models."""
    g_steps: Annotated[Static[int], Since("0.3.0", neutral=1)] = Field(default=1, ge=1, le=20)
    """Generator updates in a step, each on fresh latents."""
    order: Annotated[Static[Literal["alternating", "simultaneous"]], Since("0.3.0", neutral="alternating")] = (
        "alternating"
    )
    """Whether the generator sees the discriminator after its updates in the step (alternating) or before them."""

    @abstractmethod
    def round(self, act: Act, learner: Any, real: Any, fake: Any, done: Any) -> tuple[Any, Outcome]:
        """The learner after one round on points [R, B, 2], ``done`` updates after the first; the losses before each."""
