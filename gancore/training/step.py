"""One GAN step for R runs: pure functions of weights, slots and draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, NamedTuple

from gancore.config import Loss, Optimizer, Penalty, RunConfig, Update
from gancore.parts.backend import tf
from gancore.parts.families import Inputs, Outcome


class Rules(NamedTuple):
    """The two networks as functions of (weights, inputs), and the parts of a step, with their static fields alone."""

    generator: Callable[[list[Any], Any], Any]
    discriminator: Callable[[list[Any], Any], Any]
    loss: Loss
    penalty: Penalty
    g_optimizer: Optimizer
    d_optimizer: Optimizer
    update: Update


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
    # With a shared clock both networks' optimizers count every update of either.
    ticks, shared = rules.update.ticks, rules.update.shared_adam_clock
    # Updates that the discriminator's optimizer has counted before this step.
    done = step * (rounds * ticks + shared)
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
    count = done + rounds * ticks + 1 if shared else step + 1
    generator = _updated(rules.g_optimizer, tape, total, generator, count, inputs["g_optimizer"])
    return generator, discriminator, tf.concat([sum(measures) / rounds, g_loss[None]], axis=0)


def _discriminator_round(
    rules: Rules, learner: Learner, drawn: Round, fake: Any, done: Any, inputs: Mapping[str, Inputs]
):
    """One round of the update rule after ``done`` counted updates: the learner and its measures, [measures - 1, R].

    Losses and accuracies are those before the update they belong to, as ``train_on_batch`` gives them from Keras 3.15
    on; before, it gave the mean over all of its calls so far.
    """
    batch = drawn.real.shape[1]

    def act(learner: Learner, real: Any, fakes: Any, count: Any) -> tuple[Learner, Outcome]:
        both = real is not None and fakes is not None
        points: Any = [points for points in (real, fakes) if points is not None]
        points = tf.concat(points, axis=1) if both else points[0]
        # Alone on the points that the penalty looks at, on the later of the two where it looks at both.
        penalised = rules.penalty.active and (both or (real is None) == ("fake" in rules.penalty.uses))
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(learner.weights)
            logits = rules.discriminator(learner.weights, points)
            real_logits, fake_logits = (logits[:, :batch], logits[:, batch:]) if both else (logits, logits)
            losses = rules.loss.discriminator(real_logits, fake_logits, inputs["loss"])
            real_loss, fake_loss = per_run(losses[0]), per_run(losses[1])
            total = (real_loss + fake_loss) / 2 if both else fake_loss if real is None else real_loss
            added = None
            if penalised:
                added = rules.penalty(
                    lambda x: rules.discriminator(learner.weights, x),
                    drawn.real,
                    fake,
                    drawn.uniforms,
                    inputs["penalty"],
                )
                total += added
            total = tf.reduce_sum(total)
        moved = _updated(rules.d_optimizer, tape, total, learner, count, inputs["d_optimizer"])
        return moved, Outcome(real_loss, fake_loss, real_logits, fake_logits, added)

    learner, outcome = rules.update.round(act, learner, drawn.real, fake, done)
    measures = [outcome.real_loss, outcome.fake_loss]
    if rules.loss.boundary is not None:
        dtype, boundary = drawn.real.dtype, rules.loss.boundary
        measures.append(per_run(tf.cast(outcome.real_logits > boundary, dtype)))
        measures.append(per_run(tf.cast(outcome.fake_logits <= boundary, dtype)))
    return learner, tf.stack(measures if outcome.penalty is None else [*measures, outcome.penalty])


def _updated(optimizer: Optimizer, tape: Any, total: Any, learner: Learner, count: Any, inputs: Inputs) -> Learner:
    gradients = tape.gradient(total, learner.weights)
    # In the dtype of the weights: the counter is an integer, the bias correction's power is not.
    count = tf.cast(count, learner.weights[0].dtype)
    return Learner(*optimizer.update(learner.weights, gradients, learner.slots, count, inputs))
