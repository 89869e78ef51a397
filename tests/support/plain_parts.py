"""Losses, penalties, optimizers and schedules as plainly as Keras or NumPy say them, for one run."""

from __future__ import annotations

import math

import keras
import tensorflow as tf


def cross_entropy(labels, logits):
    """Per point, from logits."""
    return tf.nn.sigmoid_cross_entropy_with_logits(labels * tf.ones_like(logits), logits)


def losses(spec, real, fake):
    """(of real points, of fakes, the generator's) from logits [n, 1] of both kinds."""
    match spec.kind:
        case "non_saturating" | "minimax":
            other = cross_entropy(1.0, fake) if spec.kind == "non_saturating" else -cross_entropy(0.0, fake)
            return cross_entropy(spec.real_label, real), cross_entropy(spec.fake_label, fake), other
        case "least_squares":
            targets = (real, spec.real_label), (fake, spec.fake_label), (fake, spec.goal)
            return tuple((values - target) ** 2 / 2 for values, target in targets)
        case "hinge":
            return tf.nn.relu(1 - real), tf.nn.relu(1 + fake), -fake
        case "wasserstein":
            return -real, fake, -fake
        case "relativistic":
            loss = cross_entropy(1.0, real - fake)
            return loss, loss, cross_entropy(1.0, fake - real)
        case "relativistic_average":
            up, down = real - tf.reduce_mean(fake), fake - tf.reduce_mean(real)
            swapped = (cross_entropy(1.0, down) + cross_entropy(0.0, up)) / 2
            return cross_entropy(1.0, up), cross_entropy(0.0, down), swapped
    raise AssertionError(f"{spec.kind} has no plain loss")


def slopes(critic, points):
    """Squared length [n] of each point's gradient of its own logit."""
    points = tf.convert_to_tensor(points)
    with tf.GradientTape() as tape:
        tape.watch(points)
        logits = critic(points)
    return tf.reduce_sum(tape.gradient(logits, points) ** 2, axis=1)


def penalty(spec, critic, real, fake, uniforms):
    """What is added to the loss of one update."""

    def around(points):
        over = tf.sqrt(slopes(critic, points)) - spec.target
        return spec.weight * tf.reduce_mean((tf.maximum(over, 0.0) if spec.one_sided else over) ** 2)

    match spec.kind:
        case "r1":
            return spec.gamma / 2 * tf.reduce_mean(slopes(critic, real))
        case "r2":
            return spec.gamma / 2 * tf.reduce_mean(slopes(critic, fake))
        case "r1_r2":
            at_real, at_fake = (tf.reduce_mean(slopes(critic, points)) for points in (real, fake))
            return spec.gamma / 2 * at_real + spec.gamma_fake / 2 * at_fake
        case "gradient":
            share = (uniforms[: real.shape[0]] + 1) / 2  # of a pack there is one
            return around((1 - share) * real + share * fake)
        case "dragan":
            radius, angle = tf.sqrt(-2 * tf.math.log((uniforms[:, :1] + 1) / 2)), math.pi * uniforms[:, 1:]
            noise = radius * tf.concat([tf.cos(angle), tf.sin(angle)], axis=1)
            return around(real + spec.sigma * tf.reshape(noise, real.shape))
    raise AssertionError(f"{spec.kind} has no plain penalty")


class OptimisticAdam(keras.optimizers.Adam):
    """Keras' Adam at a rate of 1; its direction is taken twice, and the last one undone, at the rate of the moment."""

    def build(self, variables):
        super().build(variables)
        self.last = [tf.Variable(tf.zeros_like(variable)) for variable in variables]

    def apply(self, gradients, variables):
        rate, before = tf.identity(self.learning_rate), [tf.identity(variable) for variable in variables]
        self.learning_rate.assign(1.0)
        for variable in variables:
            variable.assign(tf.zeros_like(variable))  # so that a direction loses no digits
        super().apply(gradients, variables)
        self.learning_rate.assign(rate)
        for variable, old, last in zip(variables, before, self.last, strict=True):
            direction = tf.identity(variable)
            variable.assign(old + tf.cast(rate, old.dtype) * (2 * direction - last))
            last.assign(direction)


def optimizer(spec):
    """Keras' own; its rate is set before each update."""
    fields = {name: getattr(spec, name) for name in type(spec).model_fields}
    for name in ("kind", "schedule", "clip_weights", "epsilon_inside"):
        fields.pop(name, None)
    norm, value = fields.pop("clip_norm"), fields.pop("clip_value")
    fields |= {"global_clipnorm": norm or None, "clipvalue": value or None}
    if spec.kind == "adagrad":
        fields["initial_accumulator_value"] = fields.pop("initial")
    if spec.kind == "amsgrad":
        fields["amsgrad"] = True
    if spec.kind == "optimistic_adam":
        return OptimisticAdam(**fields)
    names = {"adam": "Adam", "amsgrad": "Adam", "adamw": "AdamW", "nadam": "Nadam", "rmsprop": "RMSprop", "sgd": "SGD"}
    return getattr(keras.optimizers, names.get(spec.kind, spec.kind.title()))(**fields)


def rate(spec, step: int) -> float:
    """The learning rate of an optimizer at a step."""
    schedule, share = spec.schedule, 1.0
    after = step - schedule.warmup
    if after < 0:
        return spec.learning_rate * step / schedule.warmup
    if schedule.kind in ("linear", "cosine"):
        done = min(after / (schedule.end - schedule.warmup), 1.0)
        left = 1 - done if schedule.kind == "linear" else (1 + math.cos(math.pi * done)) / 2
        share = schedule.final + (1 - schedule.final) * left
    if schedule.kind in ("exponential", "step"):
        times = after / schedule.every
        share = schedule.decay ** (math.floor(times) if schedule.kind == "step" else times)
    return spec.learning_rate * share
