"""The question's GAN as plainly as Keras says it: one run, one step at a time. Slow on purpose.

It knows nothing of lanes or compiled loops; the draws come from outside, so that the fast engine
can be held against it.
"""

from __future__ import annotations

import keras
import numpy as np
import tensorflow as tf

from gancore.config import RunConfig


def dense_stack(widths, activation, last, inputs, dtype):
    layers = [keras.Input((inputs,), dtype=dtype)]
    for width in widths:
        layers += [keras.layers.Dense(width, dtype=dtype), keras.layers.LeakyReLU(negative_slope=0.2, dtype=dtype)]
        assert activation == "leaky_relu"
    return keras.Sequential([*layers, keras.layers.Dense(last[0], activation=last[1], dtype=dtype)])


class Reference:
    """One run: build, ``step(draws)``, look at the weights."""

    def __init__(self, config: RunConfig, generator_weights, discriminator_weights, dtype="float32"):
        self.config = config
        g, d = config.generator, config.discriminator
        self.generator = dense_stack(g.hidden, g.activation, (2, "tanh"), config.latent.dim, dtype)
        self.discriminator = dense_stack(d.hidden, d.activation, (1, None), 2, dtype)
        if generator_weights is not None:  # otherwise as Keras starts them
            self.set_weights(generator_weights, discriminator_weights)
        self.g_optimizer = self._optimizer(config.g_optimizer)
        self.d_optimizer = self._optimizer(config.d_optimizer)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.ticks = 0
        self.cross_entropy = keras.losses.BinaryCrossentropy(from_logits=True, dtype=dtype)

    def set_weights(self, generator_weights, discriminator_weights):
        self.generator.set_weights([np.squeeze(w, 0) if w.shape[0] == 1 else w for w in generator_weights])
        self.discriminator.set_weights([np.squeeze(w, 0) if w.shape[0] == 1 else w for w in discriminator_weights])

    @staticmethod
    def _optimizer(spec):
        if spec.kind == "sgd":
            return keras.optimizers.SGD(spec.learning_rate, spec.momentum, spec.nesterov)
        return keras.optimizers.Adam(spec.learning_rate, spec.beta_1, spec.beta_2, spec.epsilon)

    def _penalty(self, real):
        """Half of γ times the mean squared gradient of each real point's logit."""
        if self.config.penalty.kind == "none":
            return 0.0
        points = tf.convert_to_tensor(real)
        with tf.GradientTape() as tape:
            tape.watch(points)
            logits = self.discriminator(points)
        slope = tape.gradient(logits, points)
        return self.config.penalty.gamma / 2 * tf.reduce_mean(tf.reduce_sum(slope**2, axis=1))

    def _update(self, model, optimizer, logits_of, labels, real=None):
        """One update of a model towards labels [n, 1]; the share of points on the right side of 0 before it.

        ``real``: points at which the discriminator is penalised.
        """
        if self.config.update.shared_adam_clock:
            optimizer.iterations.assign(self.ticks)
        self.ticks += 1
        with tf.GradientTape() as tape:
            logits = logits_of()
            loss = self.cross_entropy(labels, logits) + (0.0 if real is None else self._penalty(real))
        optimizer.apply_gradients(
            zip(tape.gradient(loss, model.trainable_variables), model.trainable_variables, strict=True)
        )
        return tf.reduce_mean(tf.cast((logits > 0) == (labels > 0), tf.float32))

    def step(self, rounds, latent):
        """One step on rounds of (real points [B, 2], latents [B, dim]) and the generator's latents [B, dim].

        Returns the discriminator's accuracy in the last round.
        """
        ones, zeros = np.ones((latent.shape[0], 1)), np.zeros((latent.shape[0], 1))
        d, g = self.discriminator, self.generator
        for real, noise in rounds:
            fake = g(noise)
            if self.config.update.kind == "combined":
                both, labels = tf.concat([real, fake], axis=0), np.concatenate([ones, zeros])
                accuracy = self._update(d, self.d_optimizer, lambda both=both: d(both), labels, real)
            else:
                right = self._update(d, self.d_optimizer, lambda real=real: d(real), ones, real)
                accuracy = (right + self._update(d, self.d_optimizer, lambda fake=fake: d(fake), zeros)) / 2
        self._update(g, self.g_optimizer, lambda: d(g(latent)), ones)
        return accuracy
