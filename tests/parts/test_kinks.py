"""Activations of straight pieces: TensorFlow's values and slopes, and no second derivative."""

from __future__ import annotations

import numpy as np
import pytest
import tensorflow as tf

from gancore.parts import kinks

PLAIN = {"leaky_relu": lambda x: tf.nn.leaky_relu(x, 0.2), "relu": tf.nn.relu}
OURS = {"leaky_relu": lambda x: kinks.leaky_relu(x, 0.2), "relu": kinks.relu}


@pytest.mark.parametrize("name", PLAIN)
def test_values_and_slopes_are_tensorflow_s(name: str):
    x = tf.constant([-2.0, -0.0, 0.0, 1e-30, 3.0, float("nan")])
    found = []
    for function in (PLAIN[name], OURS[name]):
        with tf.GradientTape() as tape:
            tape.watch(x)
            value = function(x)
        found.append((value.numpy().tobytes(), tape.gradient(value, x).numpy().tobytes()))
    assert found[0] == found[1]


@pytest.mark.parametrize("name", PLAIN)
def test_a_penalty_s_gradient_is_the_same_without_the_products_of_zeros(name: str):
    random = np.random.default_rng(0)
    x, kernel, last = (
        tf.constant(random.normal(size=shape), tf.float64) for shape in ((1, 8, 2), (1, 2, 5), (1, 5, 1))
    )

    def gradient(function):
        @tf.function
        def penalised(kernel, last):
            with tf.GradientTape() as outer:
                outer.watch([kernel, last])
                with tf.GradientTape() as inner:
                    inner.watch(x)
                    total = tf.reduce_sum(tf.matmul(function(tf.matmul(x, kernel)), last))
                slope = inner.gradient(total, x)
                value = tf.reduce_sum(slope * slope)
            return outer.gradient(value, [kernel, last])

        graph = penalised.get_concrete_function(kernel, last).graph.as_graph_def()
        nodes = [*graph.node, *(node for each in graph.library.function for node in each.node_def)]
        return [part.numpy() for part in penalised(kernel, last)], sum("MatMul" in node.op for node in nodes)

    (plain, products), (ours, fewer) = gradient(PLAIN[name]), gradient(OURS[name])
    for one, other in zip(plain, ours, strict=True):
        np.testing.assert_array_equal(one, other)
    assert fewer < products
