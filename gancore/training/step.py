"""One GAN step for R runs: pure functions of weights, slots and draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gancore.config import Loss, Optimizer, Penalty, RunConfig
from gancore.parts.backend import tf
from gancore.parts.families import Inputs


class Rules(NamedTuple):
    """The two networks as functions of (weights, inputs), and the parts of a step, with their static fields alone."""

    generator: Callable[[list[Any], Any], Any]
    discriminator: Callable[[list[Any], Any], Any]
    loss: Loss
    penalty: Penalty
    g_optimizer: Optimizer
    d_optimizer: Optimizer
    combined: bool
    shared_clock: bool = False
    """Both networks' optimizers count every update of either (each keeps its own slots)."""


class Learner(NamedTuple):
    """One network's weights and what its optimizer keeps of each (slot name → tensors), [R, ...] each."""

    weights: list[Any]
    slots: dict[str, list[Any]]


class Round(NamedTuple):
    """What one round of discriminator updates draws."""

    real: Any
    """Real points [R, B, 2]."""
    latent: Any
    """Latents of the fakes [R, B, dim]."""
    uniforms: Any = None
    """What the penalty asks for, [R, B, uniforms] in [-1, 1]; None where it asks for nothing."""


class Draws(NamedTuple):
    """What one step draws: a round for each discriminator round, and the generator's latents [R, B, dim]."""

    rounds: list[Round]
    latent: Any


def measures_of(config: RunConfig) -> tuple[str, ...]:
    """What a step of this config reports, in the order of its last result's rows; accuracies as shares.

    A critic's output is no decision, so it has no accuracy; a penalty is reported where there is one.
    """
    accuracies = () if config.loss.boundary is None else ("d_acc_real", "d_acc_fake")
    penalty = ("d_penalty",) if config.penalty.active else ()
    return ("d_loss_real", "d_loss_fake", *accuracies, *penalty, "g_loss")


def per_run(values: Any) -> Any:
    """Mean over all but the run axis: [R, ...] → [R]."""
    return tf.reduce_mean(values, axis=list(range(1, len(values.shape))))


def gan_step(
    rules: Rules, generator: Learner, discriminator: Learner, draws: Draws, step: Any, inputs: Mapping[str, Inputs]
) -> tuple[Learner, Learner, Any]:
    """The networks after step number ``step`` (from 0), and the measures averaged over the rounds, [measures, R].

    ``inputs``: those of each part of the config, by its path.
    """
    rounds = len(draws.rounds)
    ticks = 1 if rules.combined else 2
    # Updates that the discriminator's optimizer has counted before this step.
    done = step * (rounds * ticks + rules.shared_clock)
    measures = []
    for index, drawn in enumerate(draws.rounds):
        fake = rules.generator(generator.weights, drawn.latent)
        discriminator, measured = _discriminator_round(rules, discriminator, drawn, fake, done + index * ticks, inputs)
        measures.append(measured)
    real_logits = None
    if rules.loss.paired:
        real_logits = rules.discriminator(discriminator.weights, draws.rounds[-1].real)
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(generator.weights)
        logits = rules.discriminator(discriminator.weights, rules.generator(generator.weights, draws.latent))
        g_loss = per_run(rules.loss.generator(real_logits, logits, inputs["loss"]))
        total = tf.reduce_sum(g_loss)
    count = done + rounds * ticks + 1 if rules.shared_clock else step + 1
    generator = _updated(rules.g_optimizer, tape, total, generator, count, inputs["g_optimizer"])
    return generator, discriminator, tf.concat([sum(measures) / rounds, g_loss[None]], axis=0)


def _discriminator_round(
    rules: Rules, learner: Learner, drawn: Round, fake: Any, done: Any, inputs: Mapping[str, Inputs]
):
    """One round of the update rule after ``done`` counted updates: the learner and its measures, [measures - 1, R].

    Losses and accuracies are those before the update they belong to, as Keras' ``train_on_batch`` reports them.
    """
    real, batch = drawn.real, drawn.real.shape[1]
    penalty = rules.penalty if rules.penalty.active else None

    def split(logits: Any) -> tuple[Any, Any]:
        return (logits[:, :batch], logits[:, batch:]) if rules.combined else (logits, logits)

    def attempt(points: Any, weigh: Callable[[Any, Any], Any], learner: Learner, count: Any, penalised: bool):
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(learner.weights)
            real_logits, fake_logits = split(rules.discriminator(learner.weights, points))
            real_loss, fake_loss = rules.loss.discriminator(real_logits, fake_logits, inputs["loss"])
            real_loss, fake_loss = per_run(real_loss), per_run(fake_loss)
            total, added = weigh(real_loss, fake_loss), None
            if penalty is not None and penalised:
                weights = learner.weights
                added = penalty(
                    lambda x: rules.discriminator(weights, x), real, fake, drawn.uniforms, inputs["penalty"]
                )
                total += added
            total = tf.reduce_sum(total)
        learner = _updated(rules.d_optimizer, tape, total, learner, count, inputs["d_optimizer"])
        return learner, real_loss, fake_loss, real_logits, fake_logits, added

    if rules.combined:
        # The mean over 2B points, as one batch of reals and fakes has it.
        learner, real_loss, fake_loss, real_logits, fake_logits, added = attempt(
            tf.concat([real, fake], axis=1), lambda r, f: (r + f) / 2, learner, done + 1, True
        )
    else:
        # The penalty joins the update on what it looks at; one that looks at both comes with the second.
        first = penalty is not None and "fake" not in penalty.uses
        learner, real_loss, _, real_logits, _, early = attempt(real, lambda r, f: r, learner, done + 1, first)
        learner, _, fake_loss, _, fake_logits, late = attempt(fake, lambda r, f: f, learner, done + 2, not first)
        added = early if first else late
    measures = [real_loss, fake_loss]
    if rules.loss.boundary is not None:
        dtype, boundary = real.dtype, rules.loss.boundary
        measures.append(per_run(tf.cast(real_logits > boundary, dtype)))
        measures.append(per_run(tf.cast(fake_logits <= boundary, dtype)))
    return learner, tf.stack(measures if added is None else [*measures, added])


def _updated(optimizer: Optimizer, tape: Any, total: Any, learner: Learner, count: Any, inputs: Inputs) -> Learner:
    gradients = tape.gradient(total, learner.weights)
    # In the dtype of the weights: the counter is an integer, the bias correction's power is not.
    count = tf.cast(count, learner.weights[0].dtype)
    return Learner(*optimizer.update(learner.weights, gradients, learner.slots, count, inputs))
