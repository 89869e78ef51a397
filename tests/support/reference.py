"""The question's GAN as plainly as Keras says it: one run, one step at a time. Slow on purpose.

It knows nothing of lanes or compiled loops; the draws come from outside, so that the fast engine
can be held against it. A step is TensorFlow's graph of what stands here, op by op and without XLA: run eagerly, four
fifths of a test were Keras finding its way to the next op.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf
from support import plain_parts as parts

from gancore.config import RunConfig


def dense_stack(widths, activation, last, inputs, dtype):
    layers = [keras.Input((inputs,), dtype=dtype)]
    for width in widths:
        layers += [keras.layers.Dense(width, dtype=dtype), keras.layers.LeakyReLU(negative_slope=0.2, dtype=dtype)]
        assert activation == "leaky_relu"
    return keras.Sequential([*layers, keras.layers.Dense(last[0], activation=last[1], dtype=dtype)])


class Reference:
    """One run: build, ``step(rounds, latents)``, look at the weights."""

    def __init__(self, config: RunConfig, generator_weights, discriminator_weights, dtype="float32"):
        self.config = config
        g, d = config.generator, config.discriminator
        self.generator = dense_stack(g.hidden, g.activation, (2, "tanh"), config.latent.dim, dtype)
        self.discriminator = dense_stack(d.hidden, d.activation, (1, None), 2, dtype)
        if generator_weights is not None:  # otherwise as Keras starts them
            self.set_weights(generator_weights, discriminator_weights)
        self.g_optimizer = parts.optimizer(config.g_optimizer)
        self.d_optimizer = parts.optimizer(config.d_optimizer)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.ticks = self.steps = 0
        self._graph = tf.function(self._step, autograph=False)

    def set_weights(self, generator_weights, discriminator_weights):
        self.generator.set_weights([np.squeeze(w, 0) if w.shape[0] == 1 else w for w in generator_weights])
        self.discriminator.set_weights([np.squeeze(w, 0) if w.shape[0] == 1 else w for w in discriminator_weights])

    def _update(self, model, optimizer, spec, tick, rate, loss_of):
        """One update of a model down the gradient of a loss, the clock's ``tick``-th."""
        if self.config.update.shared_adam_clock:
            optimizer.iterations.assign(tick)
        if spec.schedule.kind != "constant" or spec.schedule.warmup:
            optimizer.learning_rate.assign(rate)
        with tf.GradientTape() as tape:
            loss = loss_of()
        variables = model.trainable_variables
        optimizer.apply(tape.gradient(loss, variables, unconnected_gradients="zero"), variables)
        if spec.clip_weights:
            for variable in variables:
                variable.assign(tf.clip_by_value(variable, -spec.clip_weights, spec.clip_weights))

    def _discriminator_loss(self, reals, fakes, drawn, flips, seen, penalised):
        """The loss of one update on real points, fakes or both; ``seen`` (all points of the round) is penalised."""
        config, d = self.config, self.discriminator
        real, fake = d(reals if reals is not None else fakes), d(fakes if fakes is not None else reals)
        of_real, of_fake, _ = parts.losses(config.loss, real, fake)
        if flips is not None:
            real_as_fake, fake_as_real = reversed(parts.losses(config.loss, fake, real)[:2])
            turned = (flips + 1) / 2 < config.loss.flip
            of_real = tf.where(turned[:, :1], real_as_fake, of_real)
            of_fake = tf.where(turned[:, 1:], fake_as_real, of_fake)
        real_loss = getattr(config.loss, "real_weight", 1.0) * tf.reduce_mean(of_real)
        fake_loss = tf.reduce_mean(of_fake)
        both = reals is not None and fakes is not None
        loss = (real_loss + fake_loss) / 2 if both else real_loss if fakes is None else fake_loss
        uses, every = config.penalty.uses, getattr(config.penalty, "every", 1)
        last = both or (reals is None) == ("fake" in uses)
        if penalised and last:
            loss += every * parts.penalty(config.penalty, d, *seen, drawn)
        return loss

    def _right(self, points, real):
        """The share of points [n, 2] on the right side of 0."""
        return tf.reduce_mean(tf.cast((self.discriminator(points) > 0) == real, tf.float32))

    def step(self, rounds, latent, more=(), noise=(None,)):
        """One step on rounds of (real points [B, 2], latents [B, dim], and what parts drew) and generator's latents.

        ``noise``: that of each generator update [B, 4]. Returns the discriminator's accuracy in the last round.
        """
        config = self.config
        penalised = config.penalty.kind != "none" and self.steps % getattr(config.penalty, "every", 1) == 0
        rates = [tf.constant(parts.rate(spec, self.steps)) for spec in (config.d_optimizer, config.g_optimizer)]
        arguments = rounds, latent, more, noise, tf.constant(self.ticks), rates, penalised
        accuracy = self._step(*arguments) if tf.inside_function() else self._op_by_op(*arguments)
        pieces = 1 if config.update.kind == "combined" else 2
        self.ticks += pieces * len(rounds) + 1 + len(more)
        self.steps += 1
        return accuracy

    def _op_by_op(self, *arguments):
        """The graph as it stands here: what TensorFlow would put in an op's place rounds otherwise."""
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        try:
            return self._graph(*arguments)
        finally:
            tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})

    def _step(self, rounds, latent, more, noise, tick, rates, penalised):
        config, d, g = self.config, self.discriminator, self.generator
        before = [tf.identity(variable) for variable in d.trainable_variables]
        for real, latents, *rest in rounds:
            uniforms, flips, blur = [*rest, None, None, None][:3]
            fake = g(latents)
            if blur is not None:
                real, fake = real + blur[:, :2], fake + blur[:, 2:]
            known = uniforms, flips, (real, fake), penalised
            pieces = [(real, fake)] if config.update.kind == "combined" else [(real, None), (None, fake)]
            accuracies = []
            for reals, fakes in pieces:
                for points, is_real in ((reals, True), (fakes, False)):
                    accuracies += [] if points is None else [self._right(points, is_real)]
                loss = lambda reals=reals, fakes=fakes, known=known: self._discriminator_loss(reals, fakes, *known)  # noqa: E731
                self._update(d, self.d_optimizer, config.d_optimizer, tick, rates[0], loss)
                tick += 1
            accuracy = sum(accuracies) / 2
        after = [tf.identity(variable) for variable in d.trainable_variables]
        if config.update.order == "simultaneous":
            self._assign(before)
        real = rounds[-1][0]
        for latents, blur in zip((latent, *more), noise, strict=True):
            added = (0.0, 0.0) if blur is None else (blur[:, :2], blur[:, 2:])

            def loss(latents=latents, added=added):
                return tf.reduce_mean(parts.losses(config.loss, d(real + added[0]), d(g(latents) + added[1]))[2])

            self._update(g, self.g_optimizer, config.g_optimizer, tick, rates[1], loss)
            tick += 1
        if config.update.order == "simultaneous":
            self._assign(after)
        return accuracy

    def _assign(self, values):
        for variable, value in zip(self.discriminator.trainable_variables, values, strict=True):
            variable.assign(value)
