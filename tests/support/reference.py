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
from support.plain_networks import PlainNetwork

from gancore.config import RunConfig, at_step


class Reference:
    """One run: build, ``step(rounds, latents)``, look at the weights."""

    def __init__(self, config: RunConfig, generator_weights, discriminator_weights, dtype="float32"):
        self.whole, self.config = config, at_step(config, 0)
        g, d = config.generator, config.discriminator
        self.generator = PlainNetwork(g, config.latent.dim, 2, dtype, g.output, g.output_scale)
        self.discriminator = PlainNetwork(d, 2, 1, dtype, packing=d.packing, minibatch=d.minibatch)
        if generator_weights is not None:  # otherwise as Keras starts them
            self.set_weights(generator_weights, discriminator_weights)
        self.g_optimizer = parts.optimizer(config.g_optimizer)
        self.d_optimizer = parts.optimizer(config.d_optimizer)
        self.g_optimizer.build(self.generator.trainable_variables)
        self.d_optimizer.build(self.discriminator.trainable_variables)
        self.ticks = self.steps = 0
        self.origins = None
        self._graph = tf.function(self._step, autograph=False)
        self.average = [weight.astype(np.float64) for weight in self.generator.get_weights()]

    def set_weights(self, generator_weights, discriminator_weights):
        self.generator.set_weights(generator_weights)
        self.discriminator.set_weights(discriminator_weights)
        self.average = [weight.astype(np.float64) for weight in self.generator.get_weights()]

    def set_state(self, generator_state, discriminator_state):
        self.generator.set_state(generator_state)
        self.discriminator.set_state(discriminator_state)

    def _update(self, model, optimizer, spec, tick, rate, loss_of):
        """One update of a model down the gradient of a loss, the clock's ``tick``-th."""
        if self.config.update.shared_adam_clock:
            optimizer.iterations.assign(tick)
        if spec.schedule.kind != "constant" or spec.schedule.warmup:
            optimizer.learning_rate.assign(rate)
        with tf.GradientTape() as tape:
            loss = loss_of()
        variables = model.trainable_variables
        gradients = tape.gradient(loss, variables, unconnected_gradients="zero")
        if self.origins is not None:  # the gradients there move the weights from here
            self._assign(self.origins[0 if model is self.generator else 1], variables)
        optimizer.apply(gradients, variables)
        if spec.clip_weights:
            for variable in variables:
                variable.assign(tf.clip_by_value(variable, -spec.clip_weights, spec.clip_weights))

    def _logits(self, reals, fakes, masks, moving):
        """Logits of reals and of fakes, each of points that are told apart as the network does; None for no points."""
        d, pieces = self.discriminator, [points for points in (reals, fakes) if points is not None]
        rows = [points.shape[0] // d.packing for points in pieces]
        if masks is not None:
            masks = masks[: sum(rows)] if reals is not None else masks[rows[0] : 2 * rows[0]]
        logits = tf.split(d(tf.concat(pieces, axis=0), masks, moving, len(pieces)), len(pieces))
        return (logits[0] if reals is not None else None), (logits[-1] if fakes is not None else None)

    def _discriminator_loss(self, reals, fakes, drawn, flips, seen, penalised, masks):
        """The loss of one update on real points, fakes or both; ``seen`` (all points of the round) is penalised."""
        config, packing = self.config, self.discriminator.packing
        before = [tf.identity(variable) for variable in self.discriminator.state]
        real, fake = self._logits(reals, fakes, masks, True)
        real, fake = (real if real is not None else fake), (fake if fake is not None else real)
        of_real, of_fake, _ = parts.losses(config.loss, real, fake)
        if flips is not None:
            real_as_fake, fake_as_real = reversed(parts.losses(config.loss, fake, real)[:2])
            turned = (flips[: flips.shape[0] // packing] + 1) / 2 < config.loss.flip
            of_real = tf.where(turned[:, :1], real_as_fake, of_real)
            of_fake = tf.where(turned[:, 1:], fake_as_real, of_fake)
        real_loss = getattr(config.loss, "real_weight", 1.0) * tf.reduce_mean(of_real)
        fake_loss = tf.reduce_mean(of_fake)
        both = reals is not None and fakes is not None
        loss = (real_loss + fake_loss) / 2 if both else real_loss if fakes is None else fake_loss
        uses, every = config.penalty.uses, getattr(config.penalty, "every", 1)
        last = both or (reals is None) == ("fake" in uses)
        if penalised and last:
            after = [tf.identity(variable) for variable in self.discriminator.state]
            self._assign(before, self.discriminator.state)  # the same network as the loss'
            rows = seen[0].shape[0] // packing
            own = None if masks is None else masks[2 * rows :]
            packs = [tf.reshape(points, (rows, 2 * packing)) for points in seen]
            critic = lambda points: self.discriminator(points, own)  # noqa: E731
            loss += every * parts.penalty(config.penalty, critic, *packs, drawn)
            self._assign(after, self.discriminator.state)
        return loss

    def _right(self, points, real):
        """The share of points [n, 2] on the right side of 0."""
        return tf.reduce_mean(tf.cast((self.discriminator(points) > 0) == real, tf.float32))

    def step(self, rounds, latent, more=(), noise=(None,), masks=((None, None),), targets=()):
        """One step on rounds of (real points [B, 2], latents [B, dim], and what parts drew) and generator's latents.

        ``noise``: that of each generator update [B, 4], ``targets``: what its fakes should be, where nothing judges
        them. Returns the discriminator's accuracy in the last round.
        """
        self._change()
        config = self.config
        penalised = config.penalty.kind != "none" and self.steps % getattr(config.penalty, "every", 1) == 0
        rates = [tf.constant(parts.rate(spec, self.steps)) for spec in (config.d_optimizer, config.g_optimizer)]
        arguments = rounds, latent, more, noise, masks, tf.constant(self.ticks), rates, penalised, targets
        accuracy = self._step(*arguments) if tf.inside_function() else self._op_by_op(*arguments)
        pieces = 2 if config.update.kind == "separate" else 1
        self.ticks += pieces * len(rounds) + 1 + len(more)
        if config.ema.active:
            self._move_average(self.steps - config.ema.start)
        self.steps += 1
        return accuracy

    def _change(self):
        """Take the settings of this step; what Keras' optimizers keep stays."""
        now = at_step(self.whole, self.steps) if self.whole.changes else self.config
        if now == self.config:
            return
        self.config = now
        self._graph = tf.function(self._step, autograph=False)
        for optimizer, spec in ((self.g_optimizer, now.g_optimizer), (self.d_optimizer, now.d_optimizer)):
            optimizer.learning_rate.assign(spec.learning_rate)
            for name in ("beta_1", "beta_2", "epsilon", "momentum"):
                if hasattr(spec, name):
                    setattr(optimizer, name, getattr(spec, name))

    def _op_by_op(self, *arguments):
        """The graph as it stands here: what TensorFlow would put in an op's place rounds otherwise."""
        tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": True})
        try:
            return self._graph(*arguments)
        finally:
            tf.config.optimizer.set_experimental_options({"disable_meta_optimizer": False})

    def _move_average(self, averaged):
        """Keep the averaged weights; ``averaged``: steps that are in them, below 0 before their start."""
        ema = self.config.ema
        warm = averaged / (averaged + ema.warmup) if ema.warmup and averaged > 0 else 0.0 if ema.warmup else 1.0
        keep = min(ema.decay, warm) if averaged >= 0 else 0.0
        pairs = zip(self.average, self.generator.get_weights(), strict=True)
        self.average = [keep * mean + (1 - keep) * weight for mean, weight in pairs]

    def _step(self, rounds, latent, more, noise, masks, tick, rates, penalised, targets):
        if targets:
            return self._fit((latent, *more), masks, rates[1], targets)
        if self.config.update.kind != "extragradient":
            return self._look(rounds, latent, more, noise, masks, tick, rates, penalised)
        known = tick, rates, penalised
        start = [
            [tf.identity(variable) for variable in model.trainable_variables]
            for model in (self.generator, self.discriminator)
        ]
        accuracy = self._look(rounds[:1], latent, (), noise[:1], masks[:1], *known)
        self.origins = start
        self._look(rounds[1:], more[0], (), noise[1:], masks[1:], *known)
        self.origins = None
        return accuracy

    def _fit(self, latents, masks, rate, targets):
        for latent, (of_g, _), target in zip(latents, masks, targets, strict=True):

            def loss(latent=latent, of_g=of_g, target=target):
                return tf.reduce_mean(keras.losses.mean_squared_error(target, self.generator(latent, of_g, True)))

            self._update(self.generator, self.g_optimizer, self.config.g_optimizer, None, rate, loss)
        return tf.constant(0.0)

    def _look(self, rounds, latent, more, noise, masks, tick, rates, penalised):
        config, d, g = self.config, self.discriminator, self.generator
        before = [tf.identity(variable) for variable in (*d.trainable_variables, *d.state)]
        for real, latents, *rest in rounds:
            uniforms, flips, blur, dropped = (*rest, *(None, None, None, (None, None))[len(rest) :])
            fake = g(latents, dropped[0])
            if blur is not None:
                real, fake = real + blur[:, :2], fake + blur[:, 2:]
            known = uniforms, flips, (real, fake), penalised, dropped[1]
            pieces = [(real, None), (None, fake)] if config.update.kind == "separate" else [(real, fake)]
            accuracies = []
            for reals, fakes in pieces:
                for points, is_real in ((reals, True), (fakes, False)):
                    accuracies += [] if points is None else [self._right(points, is_real)]
                loss = lambda reals=reals, fakes=fakes, known=known: self._discriminator_loss(reals, fakes, *known)  # noqa: E731
                self._update(d, self.d_optimizer, config.d_optimizer, tick, rates[0], loss)
                tick += 1
            accuracy = sum(accuracies) / 2
        after = [tf.identity(variable) for variable in (*d.trainable_variables, *d.state)]
        if config.update.order == "simultaneous":
            self._assign(before)
        real = rounds[-1][0]
        for latents, blur, (of_g, of_d) in zip((latent, *more), noise, masks, strict=True):
            added = (0.0, 0.0) if blur is None else (blur[:, :2], blur[:, 2:])
            of_fake, of_real = (None, None) if of_d is None else tf.split(of_d, 2)

            def loss(latents=latents, added=added, of_g=of_g, of_real=of_real, of_fake=of_fake):
                fake = g(latents, of_g, True) + added[1]
                return tf.reduce_mean(parts.losses(config.loss, d(real + added[0], of_real), d(fake, of_fake))[2])

            self._update(g, self.g_optimizer, config.g_optimizer, tick, rates[1], loss)
            tick += 1
        if config.update.order == "simultaneous":
            self._assign(after)
        return accuracy

    def _assign(self, values, variables=None):
        everything = [*self.discriminator.trainable_variables, *self.discriminator.state]
        for variable, value in zip(everything if variables is None else variables, values, strict=True):
            variable.assign(value)
