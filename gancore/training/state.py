"""What a step is given, and what it changes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from gancore.config import Loss, Optimizer, Penalty, Update
from gancore.parts.families import Outcome
from gancore.recording.raw import RAW, RAW_GENERATOR

if TYPE_CHECKING:
    from gancore.training.networks import LaneNetwork


class Rules(NamedTuple):
    """The two networks, and the parts of a step, with their static fields alone."""

    generator: LaneNetwork
    discriminator: LaneNetwork
    loss: Loss
    penalty: Penalty
    g_optimizer: Optimizer
    d_optimizer: Optimizer
    update: Update
    packing: int = 1
    """Points that the discriminator judges together."""
    heard: Callable[[DiscriminatorUpdate | GeneratorUpdate], None] | None = None
    """What is told of each update that a step makes, in their order; None where nobody listens, as in training."""


class Learner(NamedTuple):
    """One network's weights and what its optimizer keeps of each (slot name → tensors), [R, ...] each."""

    weights: list[Any]
    slots: dict[str, list[Any]]
    state: list[Any] = []
    """What the network keeps that no gradient moves (running statistics, vectors); its own updates move it."""


class DiscriminatorUpdate(NamedTuple):
    """One update of the discriminator; what it did not see is None."""

    reals: Any
    """Real points that it saw, with what noise there is, [R, B, 2]; packs where there are any. As the next."""
    fakes: Any
    outcome: Outcome
    """Losses, and logits of the points that it saw; of points of one kind alone only that one's mean anything."""
    total: Any
    """What it minimised, [R], a lazy penalty aside."""
    gradients: list[Any]
    """[R, ...] each, before they are clipped or pushed, as are the generator's."""
    before: Learner
    after: Learner


class GeneratorUpdate(NamedTuple):
    """One update of the generator."""

    fakes: Any
    """[R, B, 2]."""
    loss_of: Callable[[Any], Any]
    """Fakes [R, B, 2] → the loss [R] that it minimised: the mean over them."""
    loss: Any
    """That of its own fakes, [R]."""
    gradients: list[Any]
    before: Learner
    after: Learner


class Masks(NamedTuple):
    """What dropout multiplies by in one update; None where a network has none."""

    generator: Any = None
    """[R, B, the widths of its hidden layers together]."""
    discriminator: Any = None
    """[R, rows, widths]: a row each for fakes and for real points, or, in a round of the discriminator, for real
    points, for fakes and for what the penalty looks at."""


class Round(NamedTuple):
    """What one round of discriminator updates draws."""

    real: Any
    """Real points [R, B, 2]."""
    latent: Any
    """Latents of the fakes [R, B, dim]."""
    uniforms: Any = None
    """What the penalty asks for, [R, B, uniforms] in [-1, 1]; None where it asks for nothing."""
    flips: Any = None
    """What decides whose labels are exchanged, [R, B, 2] in [-1, 1]; None where none are."""
    noise: Any = None
    """What is added to real points and fakes, [R, B, 4]; None for no instance noise."""
    masks: Masks = Masks()
    """Dropout's."""


class Draws(NamedTuple):
    """What one step draws."""

    rounds: list[Round]
    """One for each discriminator round."""
    latent: Any
    """The generator's latents [R, B, dim] in its first update."""
    more: Sequence[Any] = ()
    """Those in its further updates."""
    noise: Sequence[Any] = (None,)
    """What each generator update adds to real points and fakes, [R, B, 4], or None."""
    masks: Sequence[Masks] = (Masks(),)
    """Dropout's of each generator update."""
    targets: Sequence[Any] = ()
    """The points [R, B, 2] that belong to the latents of each generator update, where no discriminator judges."""


class LaneInputs(NamedTuple):
    """Per-run inputs, each with the run axis first."""

    data: Any
    """Training points [R, N, 2]; where they are fresh, the table [R, T, 9] that they are drawn from; where no
    discriminator judges, that of quantiles [R, T, 10]."""
    keys: Any
    """Stream keys [R, len(ON_DEVICE), 2]."""
    parts: dict[str, dict[str, Any]]
    """Path of a part → name → numbers [R]."""
    across: Any = ()
    """Of quantiles, ``Quantiles.across`` [R]."""


class TrainState(NamedTuple):
    """What a step changes."""

    generator: Learner
    discriminator: Learner
    step: Any
    """Steps done, a scalar: all lanes keep pace."""
    sums: Any
    """Measures summed since the last row, [measures, R]."""
    bad_step: Any
    """Step at which a lane's losses first were not finite, or -1: [R]."""
    average: Any = ()
    """The generator's averaged weights, [R, ...] each; none where the config has no average."""


def averaged(state: TrainState) -> Learner:
    """The generator with its averaged weights; what it keeps besides is the trained one's."""
    return state.generator._replace(weights=state.average)


def weights_of(rules: Rules, state: TrainState, runs: int) -> list[dict[str, np.ndarray]]:
    """Of each run, ``NETWORK/PLACE/ARRAY`` → array: what was trained, and the networks' state.

    Where there is an average, that is the generator, and what was trained is the raw one.
    """
    learners = {"generator": state.generator, "discriminator": state.discriminator}
    if state.average:
        learners |= {"generator": averaged(state), RAW_GENERATOR: state.generator}
    named = [dict[str, np.ndarray]() for _ in range(runs)]
    for name, learner in learners.items():
        network = getattr(rules, name.removeprefix(RAW)).network
        for array, stacked in zip(network.trained + network.state, learner.weights + learner.state, strict=True):
            flat = len(network.arrays[array].shape) == 1
            values = stacked.numpy()
            for run in range(runs):
                named[run][f"{name}/{array}"] = values[run, 0] if flat else values[run]
    return named
