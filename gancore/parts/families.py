"""The families of a configuration: what a member of each provides. A member is one class with a ``kind``."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable, Mapping, Sequence
from typing import Any, ClassVar, NamedTuple

from numpy.typing import NDArray
from pydantic import Field

from gancore.parts.base import Choice, Static
from gancore.parts.dataset import Array, Dataset, Modes, Random, Support

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

    @abstractmethod
    def round(self, act: Act, learner: Any, real: Any, fake: Any, done: Any) -> tuple[Any, Outcome]:
        """The learner after one round on points [R, B, 2], ``done`` updates after the first; the losses before each."""
