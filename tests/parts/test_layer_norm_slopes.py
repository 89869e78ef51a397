"""The gradient of a critic's slopes, which penalties are trained on, through layer normalisation.

Keras' own layer, on TensorFlow, takes the mean for a constant within the variance: its slopes have a wrong gradient.
"""

from __future__ import annotations

import keras
import numpy as np
import pytest
import tensorflow as tf

from gancore.config import RunConfig, with_changes
from gancore.export.script import script_text

RNG = np.random.default_rng(0)
POINTS, KERNEL, LAST = RNG.normal(size=(5, 2)), RNG.normal(size=(2, 7)), RNG.normal(size=(7, 1))
CHANGES = {"discriminator.norm.kind": "layer", "discriminator.hidden": [7]}


def engine(kernel):
    """The engine's critic in float64: its logits as a function of points."""
    from gancore.training.networks import LaneNetwork

    config = with_changes(RunConfig(), CHANGES)
    lane = LaneNetwork(config.discriminator.network())
    zeros, ones = np.zeros((1, 1, 7)), np.ones((1, 1, 7))
    given = {"0/kernel": kernel[None], "0/bias": zeros, "0/gamma": ones, "0/beta": zeros}
    given |= {"1/kernel": tf.constant(LAST[None]), "1/bias": np.zeros((1, 1, 1))}
    weights = [tf.convert_to_tensor(given[name], tf.float64) for name in lane.network.trained]
    return lambda x: lane(weights, x[None])[0]


def by_layer(layer):
    """The same with a layer of Keras' kind after the first kernel."""
    layer.build((None, 7))
    return lambda kernel: lambda x: tf.nn.leaky_relu(layer(x @ kernel), 0.2) @ tf.constant(LAST)


def scripts_layer():
    """The layer that an exported script brings."""
    text = script_text(with_changes(RunConfig(), CHANGES | {"penalty.kind": "r1"}))
    start = text.index("class LayerNorm(")
    names = {"keras": keras, "tf": tf}
    exec(text[start : text.index("\n\n\n", start)], names)  # our own text
    return names["LayerNorm"]()


def slopes_gradient(critic):
    """That of the mean squared slope with respect to the kernel, and by finite differences."""

    def penalty(kernel):
        x = tf.constant(POINTS)
        with tf.GradientTape() as tape:
            tape.watch(x)
            total = tf.reduce_sum(critic(kernel)(x))
        return tf.reduce_mean(tape.gradient(total, x) ** 2)

    kernel = tf.constant(KERNEL)
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        value = penalty(kernel)
    differences = np.empty_like(KERNEL)
    for place in np.ndindex(KERNEL.shape):
        step = np.zeros_like(KERNEL)
        step[place] = 1e-6
        rise = penalty(tf.constant(KERNEL + step)) - penalty(tf.constant(KERNEL - step))
        differences[place] = float(rise) / 2e-6
    return tape.gradient(value, kernel).numpy(), differences


@pytest.fixture(autouse=True)
def float64():
    before = keras.config.dtype_policy()
    keras.config.set_dtype_policy("float64")
    yield
    keras.config.set_dtype_policy(before)


@pytest.mark.parametrize("critic", [engine, lambda kernel: by_layer(scripts_layer())(kernel)], ids=["engine", "script"])
def test_the_engine_and_scripts_have_the_gradient_of_finite_differences(critic):
    ours, differences = slopes_gradient(critic)
    np.testing.assert_allclose(ours, differences, rtol=1e-5, atol=1e-6)


def test_a_script_without_a_penalty_has_keras_own_layer():
    text = script_text(with_changes(RunConfig(), CHANGES))
    assert "keras.layers.LayerNormalization()" in text and "class LayerNorm(" not in text
