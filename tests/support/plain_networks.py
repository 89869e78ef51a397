"""The networks as plainly as Keras says them, for one run: its own layers, and a few lines where it has none."""

from __future__ import annotations

import math

import keras
import numpy as np
import tensorflow as tf

LAYERS = keras.layers


class Dense:
    """Keras' layer, or the same with the kernel divided by its largest singular value."""

    def __init__(self, inputs, units, spectral, dtype, use_bias=True):
        self.layer = LAYERS.Dense(units, use_bias=use_bias, dtype=dtype)
        self.layer.build((None, inputs))
        self.spectral = spectral
        self.u = tf.Variable(tf.zeros((1, units), dtype)) if spectral.iterations else None

    def __call__(self, x, moving):
        if self.u is None:
            return self.layer(x)
        kernel, u = self.layer.kernel.value, self.u
        for _ in range(self.spectral.iterations):
            v = tf.math.l2_normalize(u @ tf.transpose(kernel), epsilon=1e-24)
            u = tf.math.l2_normalize(v @ kernel, epsilon=1e-24)
        u, v = tf.stop_gradient(u), tf.stop_gradient(v)
        sigma = v @ kernel @ tf.transpose(u)
        if moving:
            self.u.assign(u)
        y = x @ (kernel / (sigma if self.spectral.gradient else tf.stop_gradient(sigma)))
        return y + self.layer.bias if self.layer.use_bias else y


class PlainNetwork:
    """Layers of one network; ``trainable_variables`` and ``state`` in the engine's order."""

    def __init__(self, spec, inputs, outputs, dtype, output="linear", scale=1.0, packing=1, minibatch=None):
        self.spec, self.output, self.scale, self.minibatch, self.dtype = spec, output, scale, minibatch, dtype
        self.trainable_variables, self.state = [], []
        self.frequencies = self.projection = None
        self.packing = packing
        width = inputs * packing
        if spec.fourier.frequencies:
            self.frequencies = tf.Variable(tf.zeros((width, spec.fourier.frequencies), dtype))
            self.state.append(self.frequencies)
            width = 2 * spec.fourier.frequencies
        self.pieces = spec.pieces if spec.activation == "maxout" else 1
        self.blocks, start = [], width
        for number, units in enumerate(spec.hidden):
            if spec.residual and number % spec.residual == 0:
                start = width
            wide = units * self.pieces
            dense, norm, shortcut = self._dense(width, wide), None, None
            if spec.norm.kind == "batch":
                norm = LAYERS.BatchNormalization(momentum=spec.norm.momentum, epsilon=spec.norm.epsilon, dtype=dtype)
            if spec.norm.kind == "layer":
                norm = LAYERS.LayerNormalization(epsilon=spec.norm.epsilon, dtype=dtype)
            if norm is not None:
                norm.build((None, wide))
                self.trainable_variables += norm.trainable_variables
                self.state += norm.non_trainable_variables
            if spec.residual and (number + 1) % spec.residual == 0 and start != wide:
                shortcut = self._dense(start, wide, use_bias=False)
            self.blocks.append((dense, norm, shortcut))
            width = units
        if minibatch is not None and minibatch.kind == "discrimination":
            self.projection = LAYERS.Dense(minibatch.kernels * minibatch.dims, use_bias=False, dtype=dtype)
            self.projection.build((None, width))
            self.trainable_variables += self.projection.trainable_variables
            width += minibatch.kernels
        if minibatch is not None and minibatch.kind == "std":
            width += 1
        self.last = self._dense(width, outputs)
        self.box = []
        if output == "range":
            self.box = [tf.Variable(tf.zeros((1, 2), dtype)) for _ in range(2)]
            self.state += self.box

    def _dense(self, inputs, units, use_bias=True):
        made = Dense(inputs, units, self.spec.spectral_norm, self.dtype, use_bias)
        self.trainable_variables += made.layer.trainable_variables
        self.state += [] if made.u is None else [made.u]
        return made

    @property
    def layers(self):
        """Keras' dense layers, where there are no others."""
        return [block[0].layer for block in self.blocks] + [self.last.layer]

    def set_weights(self, values):
        self._assign(self.trainable_variables, values)

    def set_state(self, values):
        self._assign(self.state, values)

    @staticmethod
    def _assign(variables, values):
        for variable, value in zip(variables, values, strict=True):
            variable.assign(np.reshape(value, variable.shape))

    def get_weights(self):
        return [np.asarray(variable) for variable in self.trainable_variables]

    def activated(self, x, units):
        if self.spec.activation == "maxout":
            return tf.reduce_max(tf.reshape(x, (-1, units, self.pieces)), axis=-1)
        if self.spec.activation == "leaky_relu":
            return LAYERS.LeakyReLU(self.spec.slope, dtype=self.dtype)(x)
        return {"sine": tf.sin}.get(self.spec.activation, keras.activations.get(self.spec.activation))(x)

    def __call__(self, x, masks=None, moving=False, kinds=1):
        """Points [n, in], or packs, of so many kinds, each of which is a batch for minibatch features.

        ``masks`` [n, widths]; ``moving``: whether the state moves, as Keras' does.
        """
        spec, column = self.spec, 0
        x = tf.reshape(x, (-1, x.shape[1] * self.packing)) if x.shape[1] == 2 and self.packing > 1 else x
        if self.frequencies is not None:
            phases = 2 * math.pi * (x @ self.frequencies)
            x = tf.concat([tf.cos(phases), tf.sin(phases)], axis=1)
        start = x
        for number, ((dense, norm, shortcut), units) in enumerate(zip(self.blocks, spec.hidden, strict=True)):
            if spec.residual and number % spec.residual == 0:
                start = x
            x = dense(x, moving)
            if norm is not None:
                x = self._normed(norm, x, moving)
            if spec.residual and (number + 1) % spec.residual == 0:
                x += start if shortcut is None else shortcut(start, moving)
            x = self.activated(x, units)
            if masks is not None:
                x *= masks[:, column : column + units]
                column += units
        x = tf.concat([self._with_batch(points) for points in tf.split(x, kinds)], axis=0)
        x = self.last(x, moving)
        if self.output == "range":
            return self.box[0] + self.box[1] * tf.sigmoid(x)
        factor = 1.5 if self.output == "tanh_1.5" else 1.0
        named = "tanh" if self.output == "tanh_1.5" else self.output
        return self.scale * factor * keras.activations.get(named)(x)

    def _normed(self, norm, x, moving):
        if self.spec.norm.kind == "layer":
            # Keras' own takes the mean for a constant within the variance: its slopes have a wrong gradient.
            centred = x - tf.reduce_mean(x, axis=-1, keepdims=True)
            variance = tf.reduce_mean(centred * centred, axis=-1, keepdims=True)
            return centred / tf.sqrt(variance + norm.epsilon) * norm.gamma + norm.beta
        before = [tf.identity(variable.value) for variable in norm.non_trainable_variables]
        x = norm(x, training=True) if before else norm(x)
        if not moving:
            for variable, value in zip(norm.non_trainable_variables, before, strict=True):
                variable.assign(value)
        return x

    def _with_batch(self, x):
        kind = "none" if self.minibatch is None else self.minibatch.kind
        if kind == "std":
            deviation = tf.reduce_mean(tf.sqrt(tf.math.reduce_variance(x, axis=0) + 1e-8))
            return tf.concat([x, deviation + tf.zeros_like(x[:, :1])], axis=1)
        if kind == "discrimination":
            kernels, dims = self.minibatch.kernels, self.minibatch.dims
            m = tf.transpose(tf.reshape(self.projection(x), (-1, dims, kernels)), (0, 2, 1))
            distances = tf.reduce_sum(tf.abs(m[:, None] - m[None]), axis=-1)
            return tf.concat([x, tf.reduce_sum(tf.exp(-distances), axis=1)], axis=1)
        return x
