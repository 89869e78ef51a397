"""What is measured of two networks between steps, always on the same real points and latents, so that it compares."""

from __future__ import annotations

import math
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np

from gancore.parts.backend import tf
from gancore.parts.layers import packed
from gancore.stepping.machine import Machine, Points, Standing, length, on_numpy, values
from gancore.training.state import Learner, Masks
from gancore.training.step import generator_loss, judgement, loss_of_fakes


@dataclass(frozen=True)
class Reading:
    """Losses, gradients and decisions on so many real and generated points; None where there is no such thing."""

    g_loss: float
    g_slope: float
    """Length of the generator's gradient."""
    d_loss_real: float | None = None
    d_loss_fake: float | None = None
    d_slope: float | None = None
    """Length of the discriminator's gradient, of the mean over both kinds of points; without a penalty."""
    real_for_real: float | None = None
    """Share of real points that the discriminator takes for real."""
    fake_for_real: float | None = None
    """Share of generated points that it takes for real."""
    points: int = 0
    """Of each kind."""

    def plain(self) -> dict[str, float | None]:
        """As plain data, without what is not finite."""
        known = {name: value for name, value in asdict(self).items() if value is not None}
        return {name: value if math.isfinite(value) else None for name, value in known.items()}


def reading(machine: Machine, at: Standing) -> Reading:
    """Measures two networks as a step would, without what steps draw: masks, noise and flipped labels."""
    rules, inputs = machine.rules, machine.inputs.parts
    count = len(machine.real) // rules.packing * rules.packing
    with on_numpy(machine.config):
        generator, discriminator = (_tensors(one) for one in (at.generator, at.discriminator))
        latents, real = tf.constant(machine.latents[:, :count]), tf.constant(machine.real[None, :count])
        target = real if rules.loss.paired else None
        if not rules.loss.judged:
            target = tf.constant(machine.targets[:, :count])
        judge_of = (lambda fake: discriminator) if rules.loss.judged else None
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(generator.weights)
            loss, _ = generator_loss(rules, generator, judge_of, target, latents, None, Masks(), inputs)
            total = tf.reduce_sum(loss)
        found = Reading(_one(loss), length(tape.gradient(total, generator.weights)), points=count)
        if not rules.loss.judged:
            return found
        fake = rules.generator(generator.weights, latents, generator.state)
        with tf.GradientTape(watch_accessed_variables=False) as tape:
            tape.watch(discriminator.weights)
            reals, fakes = (packed(tf, points, rules.packing) for points in (real, fake))
            said = judgement(rules, discriminator, reals, fakes, None, None, inputs["loss"])
            total = tf.reduce_sum(said.total)
        slope = length(tape.gradient(total, discriminator.weights))
        of_real, of_fake = (taken_for_real(machine, logits) for logits in (said.real_logits, said.fake_logits))
    losses = _one(said.real_loss), _one(said.fake_loss)
    return Reading(found.g_loss, found.g_slope, losses[0], losses[1], slope, of_real, of_fake, count)


def taken_for_real(machine: Machine, logits: Any) -> float | None:
    """Share of these logits that decide for real; None of a critic. Within ``on_numpy``."""
    if machine.rules.loss.boundary is None:
        return None
    threshold = values(machine.rules.loss.threshold(machine.inputs.parts["loss"]))
    return float(np.mean(values(logits) > threshold))


def pulls(machine: Machine, at: Standing) -> tuple[Points, Points]:
    """The generated points [n, 2] of the fixed latents, and where each is drawn to, [n, 2].

    That is the generator's loss of a point, downhill: the direction in which the discriminator, as it stands, would
    have it move. Of a batch's features or of packs it is the change of all of their losses.
    """
    rules = machine.rules
    with on_numpy(machine.config):
        generator, discriminator = (_tensors(one) for one in (at.generator, at.discriminator))
        count = min(len(machine.real), machine.latents.shape[1]) // rules.packing * rules.packing
        latents = tf.constant(machine.latents[:, :count])
        fake = tf.constant(values(rules.generator.sampled(generator.weights, latents, generator.state)))
        real = tf.constant(machine.real[None, :count]) if rules.loss.paired else None
        if not rules.loss.judged:
            real = tf.constant(machine.targets[:, :count])

        def loss_of(points: Any) -> Any:
            judge_of = (lambda _: discriminator) if rules.loss.judged else None
            return loss_of_fakes(rules, points, judge_of, real, None, Masks(), machine.inputs.parts)

        return values(fake)[0], downhill(loss_of, fake)


def downhill(loss_of: Any, fake: Any) -> Points:
    """Where a loss that is the mean over fakes [1, n, 2] draws each of them, [n, 2]. Within ``on_numpy``."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(fake)
        total = tf.reduce_sum(loss_of(fake))
    slope = tape.gradient(total, fake)
    return np.zeros(fake.shape[1:]) if slope is None else -values(slope)[0] * fake.shape[1]


def _tensors(learner: Learner) -> Learner:
    return Learner([tf.constant(one) for one in learner.weights], {}, [tf.constant(one) for one in learner.state])


def _one(loss: Any) -> float:
    return float(values(loss)[0])
