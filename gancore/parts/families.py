"""The families of a configuration: what a member of each provides. A member is one class with a ``kind``."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Any, ClassVar, Literal, NamedTuple

from numpy.typing import NDArray
from pydantic import Field

from gancore.parts.backend import lanes, root, tf
from gancore.parts.base import Choice, Off, PerRun, Since, Static, Worth
from gancore.parts.dataset import Array, Dataset, Modes, Random, Support
from gancore.parts.errors import ConfigError, quoted
from gancore.parts.schedules import Constant, Schedule

__all__ = [
    "Act",
    "Array",
    "Critic",
    "Dataset",
    "Inputs",
    "Latent",
    "Loss",
    "Modes",
    "Optimizer",
    "Outcome",
    "Penalty",
    "Random",
    "Support",
    "Update",
    "Weights",
]

Inputs = Mapping[str, Any]
"""A part's inputs of R runs: name → tensor [R]."""


class Loss(Choice):
    """What the two networks minimise: per-point losses from logits [R, B, 1]; tensors in, tensors out."""

    judged: ClassVar[bool] = True
    """Whether a discriminator judges points, and is trained. Where none does, ``generator`` compares points with
    targets [R, B, 2] in the place of real logits, and a run has no measures of a discriminator."""
    paired: ClassVar[bool] = False
    """Whether a point's loss depends on a point of the other kind: then both kinds need one update, and the
    generator's loss sees real logits too."""
    boundary: ClassVar[float | None] = 0.0
    """The output above which a point is taken for real; None for a critic, whose output is no decision."""
    logit: ClassVar[bool] = True
    """Whether the sigmoid of the output is the probability that a point is real."""
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
"""Points [R, B, 2] → logits [R, B, 1] of the discriminator in training; with packing, packs [R, B / m, 2 m] →
[R, B / m, 1]."""


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
        """The weighted penalty [R] for real and fake points [R, B, 2], or packs; ``draws`` [R, B, uniforms] or None."""


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
    smooth: ClassVar[bool] = True
    """Whether a step has a derivative along the gradient that it takes, which unrolling needs."""

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
            gradients = [gradient * (limit / tf.maximum(root(squares), limit)) for gradient in gradients]
        return gradients


class Latent(Choice):
    """The generator's input."""

    dim: Static[int] = Field(default=128, ge=1, le=1024)
    """Dimensions of the latent vector."""

    @abstractmethod
    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """Vectors [R, batch, dim] of a stream: ``key`` [R, 2] and the count of a step decide them."""

    @property
    def shared(self) -> int:
        """Independent uniform numbers that a vector tells by ``shares``; 0 where nobody knows how it would."""
        return 0

    def shares(self, latents: Any, count: int) -> Any:
        """The first ``count`` of those numbers [R, B, count], in [0, 1], of vectors [R, B, dim]."""
        raise NotImplementedError(f"{type(self).__name__}: a latent that is shared defines shares")

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
    looks: ClassVar[int] = 1
    """Gradients of each network that an update is made of, each on points and latents of its own."""

    d_steps: Annotated[Static[int], Worth((5,), "Arjovsky et al. 2017, WGAN")] = Field(default=1, ge=1, le=20)
    """Discriminator rounds for each generator update, each on fresh points."""
    shared_adam_clock: Static[bool] = False
    """One Adam step counter for both networks, as where Keras 2 shared one optimizer object between two models."""
    g_steps: Annotated[Static[int], Since("0.3.0", neutral=1)] = Field(default=1, ge=1, le=20)
    """Generator updates in a step, each on fresh latents."""
    order: Annotated[Static[Literal["alternating", "simultaneous"]], Since("0.3.0", neutral="alternating")] = (
        "alternating"
    )
    """Whether the generator sees the discriminator after its updates in the step (alternating) or before them."""

    unrolled: Annotated[Static[int], Since("0.4.0", neutral=0)] = Field(default=0, ge=0, le=20)
    """Discriminator rounds that the generator's gradient is taken through, and that are then undone (Unrolled GAN, Metz
    et al. 2017); 0 for none."""
    consensus: Annotated[PerRun[float], Off(0.0), Since("0.4.0", neutral=0.0)] = Field(default=0.0, ge=0, le=1000)
    """Weight γ of consensus optimisation (Mescheder et al. 2017): both networks also minimise γ/2 times the squared
    length of both networks' gradients together; 0 for none."""

    @property
    def rounds(self) -> int:
        """Rounds of real points that a step draws."""
        return self.d_steps * self.looks

    @property
    def turns(self) -> int:
        """Batches of latents that a step draws for the generator."""
        return self.g_steps * self.looks

    def refuse(self, path: str) -> None:
        """A consensus of networks that do not move together, once each; raises ConfigError."""
        if self.consensus:
            self.needs_one_update(path, f"{path}.consensus")
            if self.order != "simultaneous":
                self.refused(path, "order", f"{path}.consensus, which is of both networks' gradients at one moment")
            if self.unrolled:
                self.refused(path, "unrolled", f"{path}.consensus, which would need third derivatives")

    def needs_one_update(self, path: str, because: str) -> None:
        """Refuse more than one update of each network in a step, or separate ones; raises ConfigError."""
        if not self.together:
            self.refused(path, "kind", because)
        for name in ("d_steps", "g_steps"):
            if getattr(self, name) != 1:
                self.refused(path, name, f"{because}, for which each network is updated once in a step")

    def refused(self, path: str, name: str, because: str) -> None:
        """Raises ConfigError for a field that does not go with another setting."""
        use = {"kind": "combined", "order": "simultaneous", "unrolled": "0", "shared_adam_clock": "False"}.get(
            name, "1"
        )
        value = getattr(self, name)
        raise ConfigError.of(
            f"{path}.{name}", f"{quoted(value)} is not allowed with {because}; use {use}", value, f"use {use}"
        )

    @abstractmethod
    def round(self, act: Act, learner: Any, real: Any, fake: Any, done: Any) -> tuple[Any, Outcome]:
        """The learner after one round on points [R, B, 2], ``done`` updates after the first; the losses before each."""
