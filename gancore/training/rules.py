"""Steps that are made of more than one plain one: extragradient's, and consensus optimisation's."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple, cast

from gancore.config import Optimizer
from gancore.parts.backend import tf
from gancore.parts.families import Inputs
from gancore.parts.layers import packed
from gancore.training.state import Draws, Learner, Rules
from gancore.training.step import fit_step, gan_step, generator_loss, judgement


class _From(NamedTuple):
    """An optimizer that steps from given weights, by gradients that were taken elsewhere."""

    optimizer: Optimizer
    weights: list[Any]

    def whole_update(self, weights: Any, gradients: Any, *rest: Any) -> Any:
        """``Optimizer.whole_update``."""
        return self.optimizer.whole_update(self.weights, gradients, *rest)


class _Pushed(NamedTuple):
    """An optimizer whose gradients are added to."""

    optimizer: Optimizer
    push: Sequence[Any]

    def whole_update(self, weights: Any, gradients: Any, *rest: Any) -> Any:
        """``Optimizer.whole_update``."""
        pushed = [gradient + more for gradient, more in zip(gradients, self.push, strict=True)]
        return self.optimizer.whole_update(weights, pushed, *rest)


def whole_step(
    rules: Rules, generator: Learner, discriminator: Learner, draws: Draws, step: Any, inputs: Mapping[str, Inputs]
) -> tuple[Learner, Learner, Any]:
    """``gan_step``, by the update rule's kind and with what it adds to the gradients."""
    if not rules.loss.judged:
        generator, measures = fit_step(rules, generator, draws, step, inputs)
        return generator, discriminator, measures
    if rules.update.looks == 1:
        return gan_step(
            _pushed(rules, generator, discriminator, draws, inputs), generator, discriminator, draws, step, inputs
        )
    first, second = _looks(draws)
    at = _pushed(rules, generator, discriminator, first, inputs)
    ahead, judge, measures = gan_step(at, generator, discriminator, first, step, inputs)
    there = _pushed(rules, ahead, judge, second, inputs)
    there = there._replace(
        g_optimizer=cast("Optimizer", _From(there.g_optimizer, generator.weights)),
        d_optimizer=cast("Optimizer", _From(there.d_optimizer, discriminator.weights)),
    )
    generator, discriminator, _ = gan_step(there, ahead, judge, second, step, inputs, look=1)
    return generator, discriminator, measures


def _looks(draws: Draws) -> tuple[Draws, Draws]:
    """What each of two looks at the gradients draws, of one round and one batch of latents each."""
    (latent,) = draws.more
    first = Draws(draws.rounds[:1], draws.latent, (), draws.noise[:1], draws.masks[:1])
    return first, Draws(draws.rounds[1:], latent, (), draws.noise[1:], draws.masks[1:])


def _pushed(
    rules: Rules, generator: Learner, discriminator: Learner, draws: Draws, inputs: Mapping[str, Inputs]
) -> Rules:
    """The rules with consensus optimisation's part of the gradients, where there is one."""
    if not rules.update.on("consensus"):
        return rules
    of_generator, of_discriminator = consensus(rules, generator, discriminator, draws, inputs)
    return rules._replace(
        g_optimizer=cast("Optimizer", _Pushed(rules.g_optimizer, of_generator)),
        d_optimizer=cast("Optimizer", _Pushed(rules.d_optimizer, of_discriminator)),
    )


def consensus(
    rules: Rules, generator: Learner, discriminator: Learner, draws: Draws, inputs: Mapping[str, Inputs]
) -> tuple[list[Any], list[Any]]:
    """The gradients, for generator and discriminator, of γ/2·‖v‖²: v is each network's gradient of its own loss.

    (Mescheder et al. 2017, equation 8.) The losses are those of the step's one update of each network.
    """
    drawn, every = draws.rounds[0], [*generator.weights, *discriminator.weights]
    count = len(generator.weights)
    with tf.GradientTape(watch_accessed_variables=False) as outer:
        outer.watch(every)
        with tf.GradientTape(watch_accessed_variables=False, persistent=True) as inner:
            inner.watch(every)
            own = _discriminator_loss(rules, generator, discriminator, drawn, inputs)
            real = drawn.real if rules.loss.paired else None
            known = real, draws.latent, draws.noise[0], draws.masks[0]
            theirs, _ = generator_loss(rules, generator, lambda fake: discriminator, *known, inputs)
            own, theirs = tf.reduce_sum(own), tf.reduce_sum(theirs)
        field: list[Any] = [*inner.gradient(theirs, generator.weights), *inner.gradient(own, discriminator.weights)]
        squares = sum(tf.reduce_sum(gradient * gradient, axis=[1, 2]) for gradient in field)
        total = tf.reduce_sum(inputs["update"]["consensus"] / 2 * squares)
    push = outer.gradient(total, every, unconnected_gradients=tf.UnconnectedGradients.ZERO)
    return push[:count], push[count:]


def _discriminator_loss(
    rules: Rules, generator: Learner, discriminator: Learner, drawn: Any, inputs: Mapping[str, Inputs]
) -> Any:
    """The discriminator's loss [R] of a combined update, as a function of both networks' weights."""
    fake = rules.generator(generator.weights, drawn.latent, generator.state, drawn.masks.generator)
    real = drawn.real
    if drawn.noise is not None:
        real, fake = real + drawn.noise[..., :2], fake + drawn.noise[..., 2:]
    real, fake = packed(tf, real, rules.packing), packed(tf, fake, rules.packing)
    rows, masks = real.shape[1], drawn.masks.discriminator
    masks = None if masks is None else masks[:, : 2 * rows]
    flips = None if drawn.flips is None else drawn.flips[:, :rows]
    return judgement(rules, discriminator, real, fake, flips, masks, inputs["loss"]).total
