"""One GAN step for R runs: pure functions of weights, slots and draws."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any, NamedTuple

from gancore.config import Optimizer, RunConfig
from gancore.parts.backend import tf
from gancore.parts.families import Inputs, Outcome
from gancore.parts.layers import packed
from gancore.parts.losses import with_flips
from gancore.training.state import DiscriminatorUpdate, Draws, GeneratorUpdate, Learner, Masks, Round, Rules


def measures_of(config: RunConfig) -> tuple[str, ...]:
    """What a step of this config reports, in the order of its last result's rows; accuracies as shares.

    A critic's output is no decision, so it has no accuracy; a penalty is reported where there is one, and nothing of a
    discriminator where there is none.
    """
    if not config.loss.judged:
        return ("g_loss",)
    accuracies = () if config.loss.boundary is None else ("d_acc_real", "d_acc_fake")
    penalty = ("d_penalty",) if config.penalty.active else ()
    return ("d_loss_real", "d_loss_fake", *accuracies, *penalty, "g_loss")


def per_run(values: Any) -> Any:
    """Mean over all but the run axis: [R, ...] → [R]."""
    return tf.reduce_mean(values, axis=list(range(1, len(values.shape))))


def gan_step(
    rules: Rules,
    generator: Learner,
    discriminator: Learner,
    draws: Draws,
    step: Any,
    inputs: Mapping[str, Inputs],
    look: int = 0,
) -> tuple[Learner, Learner, Any]:
    """The networks after step number ``step`` (from 0), and the measures averaged over the rounds, [measures, R].

    ``inputs``: those of each part of the config, by its path. ``look``: which of the step's ``Update.looks`` it is.
    """
    latents = [draws.latent, *draws.more]
    rounds, updates = len(draws.rounds), len(latents)
    turn = step if rules.update.looks == 1 else step * rules.update.looks + look
    # With a shared clock both networks' optimizers count every update of either.
    ticks, shared = rules.update.ticks, rules.update.shared_adam_clock
    # Updates that the discriminator's optimizer has counted before this step.
    done = turn * (rounds * ticks + (updates if shared else 0))
    measures, before = [], discriminator
    for index, drawn in enumerate(draws.rounds):
        fake = rules.generator(generator.weights, drawn.latent, generator.state, drawn.masks.generator)
        discriminator, measured = discriminator_round(
            rules, discriminator, drawn, fake, done + index * ticks, step, inputs
        )
        measures.append(measured)
    ahead = rules.update.order != "simultaneous"
    judge = discriminator if ahead else before
    losses: list[Any] = []
    for index, (latent, noise, masks) in enumerate(zip(latents, draws.noise, draws.masks, strict=True)):
        count = done + rounds * ticks + index + 1 if shared else turn * updates + index + 1
        real = draws.rounds[-1].real if rules.loss.paired else None

        def judge_of(
            fake: Any, counted: Any = done + (rounds * ticks if ahead else 0) + (index if shared else 0)
        ) -> Any:
            return unrolled(rules, judge, draws.rounds[-1], fake, counted, step, inputs)

        generator, loss = _generator_update(rules, generator, judge_of, real, latent, noise, masks, count, step, inputs)
        losses.append(loss)
    g_loss: Any = losses[0] if updates == 1 else sum(losses) / updates
    return generator, discriminator, tf.concat([sum(measures) / rounds, g_loss[None]], axis=0)


def fit_step(
    rules: Rules, generator: Learner, draws: Draws, step: Any, inputs: Mapping[str, Inputs]
) -> tuple[Learner, Any]:
    """The generator after step number ``step`` without a discriminator, and its loss as the only measure, [1, R]."""
    latents, losses = [draws.latent, *draws.more], []
    for index, (latent, masks, target) in enumerate(zip(latents, draws.masks, draws.targets, strict=True)):
        count = step * len(latents) + index + 1
        generator, loss = _generator_update(rules, generator, None, target, latent, None, masks, count, step, inputs)
        losses.append(loss)
    return generator, tf.reduce_mean(tf.stack(losses), axis=0)[None]


def _generator_update(
    rules: Rules,
    learner: Learner,
    judge_of: Callable[[Any], Learner] | None,
    real: Any,
    latent: Any,
    noise: Any,
    masks: Masks,
    count: Any,
    step: Any,
    inputs: Mapping[str, Inputs],
) -> tuple[Learner, Any]:
    """The generator after one update by what a discriminator says of it, or by targets; its loss [R] before."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(learner.weights)
        fake, state = rules.generator.moved(learner.weights, latent, learner.state, masks.generator)
        loss = loss_of_fakes(rules, fake, judge_of, real, noise, masks, inputs)
        total = tf.reduce_sum(loss)
    gradients = tape.gradient(total, learner.weights)
    moved = _updated(rules.g_optimizer, "g_optimizer", gradients, learner, count, step, inputs)._replace(state=state)
    if rules.heard is not None:

        def loss_of(fake: Any) -> Any:
            return loss_of_fakes(rules, fake, judge_of, real, noise, masks, inputs)

        rules.heard(GeneratorUpdate(fake, loss_of, loss, gradients, learner, moved))
    return moved, loss


def generator_loss(
    rules: Rules,
    learner: Learner,
    judge_of: Callable[[Any], Learner] | None,
    real: Any,
    latent: Any,
    noise: Any,
    masks: Masks,
    inputs: Mapping[str, Inputs],
) -> tuple[Any, list[Any]]:
    """The generator's loss [R] and its state after; see ``loss_of_fakes``."""
    fake, state = rules.generator.moved(learner.weights, latent, learner.state, masks.generator)
    return loss_of_fakes(rules, fake, judge_of, real, noise, masks, inputs), state


def loss_of_fakes(
    rules: Rules,
    fake: Any,
    judge_of: Callable[[Any], Learner] | None,
    real: Any,
    noise: Any,
    masks: Masks,
    inputs: Mapping[str, Inputs],
) -> Any:
    """The generator's loss [R] of its fakes [R, B, 2].

    ``judge_of``: fakes → the discriminator that judges; None where ``real`` are the fakes' targets.
    """
    rows = fake.shape[1] // rules.packing
    if judge_of is None:
        return per_run(rules.loss.generator(real, fake, inputs["loss"]))
    judge = judge_of(fake)

    def judged(points: Any, first: int) -> Any:
        own = _rows(masks.discriminator, first, first + rows)
        return rules.discriminator(judge.weights, packed(tf, points, rules.packing), judge.state, own)

    real_logits = None if real is None else judged(_noisy(real, noise, 0), rows)
    fake_logits = judged(_noisy(fake, noise, 2), 0)
    return per_run(rules.loss.generator(real_logits, fake_logits, inputs["loss"]))


def unrolled(
    rules: Rules, judge: Learner, drawn: Round, fake: Any, done: Any, step: Any, inputs: Mapping[str, Inputs]
) -> Learner:
    """The discriminator after the rounds that are unrolled, as a function of the fakes [R, B, 2] of each of them.

    Every round sees the real points, and what else is drawn, of the step's last one, as in the authors' program.
    """
    rules = rules._replace(heard=None)  # these updates are undone
    for index in range(rules.update.unrolled):
        judge, _ = discriminator_round(rules, judge, drawn, fake, done + index * rules.update.ticks, step, inputs)
    return judge


def _noisy(points: Any, noise: Any, first: int) -> Any:
    """Points [R, B, 2] with two columns of the noise [R, B, 4] added, if there is any."""
    return points if noise is None else points + noise[..., first : first + 2]


def _rows(masks: Any, start: int, end: int) -> Any:
    """Some rows of dropout's masks [R, rows, ...], if there are any."""
    return None if masks is None else masks[:, start:end]


class Judged(NamedTuple):
    """What the discriminator says of points, and what that costs it."""

    total: Any
    """What an update minimises, without a penalty: [R]."""
    real_loss: Any
    """[R], as the next; of points of one kind alone only that one's means anything."""
    fake_loss: Any
    real_logits: Any
    """[R, rows, 1], as the next."""
    fake_logits: Any
    state: list[Any]
    """What it keeps besides, after this evaluation."""


def judgement(rules: Rules, learner: Learner, reals: Any, fakes: Any, flips: Any, masks: Any, loss: Inputs) -> Judged:
    """The discriminator's loss of real points, fakes [R, rows, 2 m] or both; one of them may be None.

    ``flips`` and ``masks`` (of those points) as in a ``Round``; ``loss``: the loss's inputs.
    """
    both = reals is not None and fakes is not None
    points: Any = [points for points in (reals, fakes) if points is not None]
    batch = points[0].shape[1]
    points = tf.concat(points, axis=1) if both else points[0]
    logits, state = rules.discriminator.moved(learner.weights, points, learner.state, masks, 1 + both)
    real_logits, fake_logits = (logits[:, :batch], logits[:, batch:]) if both else (logits, logits)
    losses = with_flips(rules.loss, real_logits, fake_logits, flips, loss)
    real_loss, fake_loss = per_run(losses[0]), per_run(losses[1])
    weighted = real_loss
    if rules.loss.on("real_weight"):
        weighted *= loss["real_weight"]
    total = (weighted + fake_loss) / 2 if both else fake_loss if reals is None else weighted
    return Judged(total, real_loss, fake_loss, real_logits, fake_logits, state)


def discriminator_round(
    rules: Rules, learner: Learner, drawn: Round, fake: Any, done: Any, step: Any, inputs: Mapping[str, Inputs]
):
    """One round of the update rule after ``done`` counted updates: the learner and its measures, [measures - 1, R].

    Losses and accuracies are those before the update they belong to, as ``train_on_batch`` gives them from Keras 3.15
    on; before, it gave the mean over all of its calls so far.
    """
    penalty, masks = rules.penalty, drawn.masks.discriminator
    real, fake = _noisy(drawn.real, drawn.noise, 0), _noisy(fake, drawn.noise, 2)
    # From here on a row is what gets one logit: a point, or a pack of them.
    real, fake = packed(tf, real, rules.packing), packed(tf, fake, rules.packing)
    batch = real.shape[1]
    flips = _rows(drawn.flips, 0, batch)

    def penalised(weights: list[Any], state: list[Any]) -> Any:
        def critic(points: Any) -> Any:
            return rules.discriminator(weights, points, state, _rows(masks, 2 * batch, 3 * batch))

        return penalty(critic, real, fake, drawn.uniforms, inputs["penalty"])

    def act(learner: Learner, reals: Any, fakes: Any, count: Any) -> tuple[Learner, Outcome]:
        both = reals is not None and fakes is not None
        # Alone on the points that the penalty looks at, on the later of the two where it looks at both.
        joins = penalty.active and (both or (reals is None) == ("fake" in penalty.uses))
        added = None
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(learner.weights)
            rows = _rows(masks, batch if reals is None else 0, 2 * batch if fakes is not None else batch)
            said = judgement(rules, learner, reals, fakes, flips, rows, inputs["loss"])
            total = said.total
            if joins and penalty.interval == 1:
                added = penalised(learner.weights, learner.state)
                total += added
            summed = tf.reduce_sum(total)
        gradients = tape.gradient(summed, learner.weights)
        if joins and penalty.interval > 1:
            of_weights = partial(penalised, state=learner.state)
            added, slopes = _now_and_then(penalty.interval, step, learner.weights, of_weights)
            gradients = [gradient + slope for gradient, slope in zip(gradients, slopes, strict=True)]
        moved = _updated(rules.d_optimizer, "d_optimizer", gradients, learner, count, step, inputs)._replace(
            state=said.state
        )
        outcome = Outcome(said.real_loss, said.fake_loss, said.real_logits, said.fake_logits, added)
        if rules.heard is not None:
            rules.heard(DiscriminatorUpdate(reals, fakes, outcome, total, gradients, learner, moved))
        return moved, outcome

    learner, outcome = rules.update.round(act, learner, real, fake, done)
    measures = [outcome.real_loss, outcome.fake_loss]
    if rules.loss.boundary is not None:
        dtype, boundary = drawn.real.dtype, rules.loss.threshold(inputs["loss"])
        measures.append(per_run(tf.cast(outcome.real_logits > boundary, dtype)))
        measures.append(per_run(tf.cast(outcome.fake_logits <= boundary, dtype)))
    return learner, tf.stack(measures if outcome.penalty is None else [*measures, outcome.penalty])


def _now_and_then(
    interval: int, step: Any, weights: list[Any], penalised: Callable[[list[Any]], Any]
) -> tuple[Any, list[Any]]:
    """A penalty [R] and its gradient at every so many steps, times as many, and zeros in between."""

    def evaluated() -> tuple[Any, list[Any]]:
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(weights)
            value = interval * penalised(weights)
            total = tf.reduce_sum(value)
        return value, tape.gradient(total, weights, unconnected_gradients=tf.UnconnectedGradients.ZERO)

    def skipped() -> tuple[Any, list[Any]]:
        return tf.zeros(weights[0].shape[:1], weights[0].dtype), [tf.zeros_like(weight) for weight in weights]

    return tf.cond(step % interval == 0, evaluated, skipped)


def _updated(
    optimizer: Optimizer,
    name: str,
    gradients: list[Any],
    learner: Learner,
    count: Any,
    step: Any,
    inputs: Mapping[str, Inputs],
) -> Learner:
    """A learner after one update by the optimizer of this name."""
    # In the dtype of the weights: the counter is an integer, the bias correction's power is not.
    count = tf.cast(count, learner.weights[0].dtype)
    of_schedule = inputs[f"{name}.schedule"]
    moved = optimizer.whole_update(learner.weights, gradients, learner.slots, count, step, inputs[name], of_schedule)
    return Learner(*moved, learner.state)
