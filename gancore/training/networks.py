"""Keras models whose every layer has a run axis first: R small networks evaluated as one."""

from __future__ import annotations

from functools import reduce

import keras
import numpy as np
from keras import ops

from gancore.config import Discriminator, Generator, Latent, RunConfig
from gancore.parts import Initial
from gancore.parts.activations import ACTIVATIONS, LEAKY_SLOPE
from gancore.parts.streams import Purpose, host_stream


def activate(name: str, x, slope: float = LEAKY_SLOPE):
    """The activation called ``name`` in the configuration."""
    return ACTIVATIONS[name].tensor(ops, x, slope)


THIN = 2
"""Up to this width a layer is made of products with vectors."""


def product(inputs, kernel):
    """[R, B, in] x [R, in, out] → [R, B, out].

    With a thin side (points are), XLA's general product and its gradients cost more than a whole hidden layer's on a
    CPU; products with a vector become multiply-adds that it fuses with their neighbours.
    """
    width, units = kernel.shape[1:]
    if units <= THIN:
        columns = [ops.matmul(inputs, kernel[:, :, j : j + 1]) for j in range(units)]
        return columns[0] if units == 1 else ops.concatenate(columns, axis=-1)
    if width <= THIN:
        return reduce(ops.add, [ops.matmul(inputs[:, :, i : i + 1], kernel[:, i : i + 1]) for i in range(width)])
    return ops.matmul(inputs, kernel)


class LaneDense(keras.layers.Layer):
    """A dense layer for R independent runs: [R, B, in] → [R, B, units]."""

    def __init__(self, units: int, activation: str = "linear", slope: float = LEAKY_SLOPE, scale: float = 1, **kwargs):
        super().__init__(**kwargs)
        self.units = units
        self.activation, self.slope, self.scale = activation, slope, scale

    def build(self, input_shape):
        """Kernel [R, in, units] and bias [R, 1, units]; values are set by ``initial_weights``."""
        lanes, _, width = input_shape
        self.kernel = self.add_weight(shape=(lanes, width, self.units), initializer="zeros", name="kernel")
        self.bias = self.add_weight(shape=(lanes, 1, self.units), initializer="zeros", name="bias")

    def call(self, inputs):
        """[R, B, in] → [R, B, units]."""
        values = activate(self.activation, product(inputs, self.kernel) + self.bias, self.slope)
        return values if self.scale == 1 else values * self.scale


def _stack(spec: Generator | Discriminator, last: LaneDense, lanes: int, inputs: int, dtype: str, name: str):
    hidden = [LaneDense(width, spec.activation, spec.slope, dtype=dtype) for width in spec.hidden]
    return keras.Sequential([keras.Input(batch_shape=(lanes, None, inputs), dtype=dtype), *hidden, last], name=name)


def build_generator(spec: Generator, latent: Latent, lanes: int, dtype: str = "float32") -> keras.Sequential:
    """Latent vectors [R, B, dim] → points [R, B, 2]."""
    last = LaneDense(2, spec.output, scale=spec.output_scale, dtype=dtype)
    return _stack(spec, last, lanes, latent.dim, dtype, "generator")


def build_discriminator(spec: Discriminator, lanes: int, dtype: str = "float32") -> keras.Sequential:
    """Points [R, B, 2] → logits [R, B, 1] (the sigmoid is in the loss)."""
    return _stack(spec, LaneDense(1, dtype=dtype), lanes, 2, dtype, "discriminator")


def initial_weights(config: RunConfig) -> tuple[list[np.ndarray], list[np.ndarray]]:
    """Generator's and discriminator's weights [kernel, bias, ...] of one run; biases are zero.

    Keyed by (seed, network, layer), so that runs with the same seed share every layer whose shape they share.
    """

    def network(purpose: Purpose, widths: list[int], initial: Initial) -> list[np.ndarray]:
        weights: list[np.ndarray] = []
        for layer, (fan_in, fan_out) in enumerate(zip(widths[:-1], widths[1:], strict=True)):
            kernel = initial.kernel(host_stream(config.seed, purpose, layer), fan_in, fan_out)
            weights += [kernel.astype(np.float32), np.zeros((1, fan_out), np.float32)]
        return weights

    return (
        network(Purpose.GENERATOR_WEIGHTS, [config.latent.dim, *config.generator.hidden, 2], config.generator.initial),
        network(Purpose.DISCRIMINATOR_WEIGHTS, [2, *config.discriminator.hidden, 1], config.discriminator.initial),
    )
