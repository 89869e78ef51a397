"""One GAN step for R runs: pure functions of weights, moments and draws."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from gancore.config import Loss
from gancore.training.backend import tf
from gancore.training.optimizers import AdamRates, Moments, adam


class Networks(NamedTuple):
    """The two networks as functions of (weights, inputs), the loss, and the update rule."""

    generator: Callable[[list[Any], Any], Any]
    discriminator: Callable[[list[Any], Any], Any]
    loss: Loss
    combined: bool
    shared_clock: bool = False
    """Both networks' Adam counts every update of either (each keeps its own moments)."""


class Learner(NamedTuple):
    """One network's weights and Adam moments, [R, ...] each."""

    weights: list[Any]
    moments: Moments


class Draws(NamedTuple):
    """What one step draws: d_steps rounds of real points [R, B, 2] and latents [R, B, dim]; the generator's latents."""

    rounds: list[tuple[Any, Any]]
    latent: Any


MEASURES = ("d_loss_real", "d_loss_fake", "d_acc_real", "d_acc_fake", "g_loss")
"""What a step reports, in the order of its last result's rows; accuracies as shares."""


def per_run(values: Any) -> Any:
    """Mean over all but the run axis: [R, ...] → [R]."""
    return tf.reduce_mean(values, axis=list(range(1, len(values.shape))))


def gan_step(
    nets: Networks,
    generator: Learner,
    discriminator: Learner,
    draws: Draws,
    step: Any,
    g_rates: AdamRates,
    d_rates: AdamRates,
) -> tuple[Learner, Learner, Any]:
    """The networks after step number ``step`` (from 0), and the measures [5, R] averaged over the rounds."""
    rounds = len(draws.rounds)
    ticks = 1 if nets.combined else 2
    # Updates that the discriminator's Adam has counted before this step.
    done = step * (rounds * ticks + nets.shared_clock)
    measures = []
    for index, (real, latent) in enumerate(draws.rounds):
        fake = nets.generator(generator.weights, latent)
        counted = done + index * ticks
        discriminator, measured = _discriminator_round(nets, discriminator, real, fake, counted, d_rates)
        measures.append(measured)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(generator.weights)
        logits = nets.discriminator(discriminator.weights, nets.generator(generator.weights, draws.latent))
        g_loss = per_run(nets.loss.generator(logits))  # type: ignore[attr-defined]
        total = tf.reduce_sum(g_loss)
    count = done + rounds * ticks + 1 if nets.shared_clock else step + 1
    generator = _updated(tape, total, generator, count, g_rates)
    return generator, discriminator, tf.concat([sum(measures) / rounds, g_loss[None]], axis=0)


def _discriminator_round(nets: Networks, learner: Learner, real: Any, fake: Any, done: Any, rates: AdamRates):
    """One round of the update rule after ``done`` counted updates: the learner and its measures [4, R].

    Losses and accuracies are those before the update they belong to, as ``train_on_batch`` gives them from Keras 3.15
    on; before, it gave the mean over all of its calls so far.
    """
    batch = real.shape[1]

    def split(logits: Any) -> tuple[Any, Any]:
        return (logits[:, :batch], logits[:, batch:]) if nets.combined else (logits, logits)

    def attempt(points: Any, weigh: Callable[[Any, Any], Any], learner: Learner, count: Any):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(learner.weights)
            real_logits, fake_logits = split(nets.discriminator(learner.weights, points))
            real_loss, fake_loss = nets.loss.discriminator(real_logits, fake_logits)  # type: ignore[attr-defined]
            real_loss, fake_loss = per_run(real_loss), per_run(fake_loss)
            total = tf.reduce_sum(weigh(real_loss, fake_loss))
        return _updated(tape, total, learner, count, rates), real_loss, fake_loss, real_logits, fake_logits

    if nets.combined:
        # The mean over 2B points, as one batch of reals and fakes has it.
        learner, real_loss, fake_loss, real_logits, fake_logits = attempt(
            tf.concat([real, fake], axis=1), lambda r, f: (r + f) / 2, learner, done + 1
        )
    else:
        learner, real_loss, _, real_logits, _ = attempt(real, lambda r, f: r, learner, done + 1)
        learner, _, fake_loss, _, fake_logits = attempt(fake, lambda r, f: f, learner, done + 2)
    dtype = real.dtype
    right = per_run(tf.cast(real_logits > 0, dtype)), per_run(tf.cast(fake_logits <= 0, dtype))
    return learner, tf.stack([real_loss, fake_loss, *right])


def _updated(tape: Any, total: Any, learner: Learner, count: Any, rates: AdamRates) -> Learner:
    gradients = tape.gradient(total, learner.weights)
    # In the dtype of the weights: the counter is an integer, the bias correction's power is not.
    count = tf.cast(count, learner.weights[0].dtype)
    return Learner(*adam(learner.weights, gradients, learner.moments, count, rates))
