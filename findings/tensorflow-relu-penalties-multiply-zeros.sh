#!/usr/bin/env bash
# TensorFlow 2.21.0.
#
# Expected: a gradient penalty on a network of relu or leaky_relu layers costs no products for the activation's second
#   derivative, which is nothing: TensorFlow says None for a derivative that is not there, and XLA's simplifier leaves
#   out a product with zeros.
# Behaviour: the gradient of LeakyReluGrad (and ReluGrad) by its features is a tensor of zeros, not None. Carried back it
#   is multiplied by every kernel below the activation, and XLA keeps those products in the optimised program.
# Seen: 12 products of matrices in the optimised program of a penalty's gradient for a critic of two hidden layers; 9
#   with the same values when the slope of each activation is declared to have no derivative.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q tensorflow-cpu==2.21.0
TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import re

import numpy as np
import tensorflow as tf

random = np.random.default_rng(0)
widths = [(2, 64), (64, 128), (128, 1)]
kernels = [tf.constant(random.normal(size=shape) / 8, tf.float32) for shape in widths]
points = tf.constant(random.normal(size=(256, 2)), tf.float32)


@tf.custom_gradient
def straight(x):
    @tf.custom_gradient
    def slope(gradient):
        return tf.raw_ops.LeakyReluGrad(gradients=gradient, features=x, alpha=0.2), lambda again: slope(again)

    return tf.nn.leaky_relu(x, 0.2), slope


def program(activation):
    @tf.function(jit_compile=True)
    def gradient(x, kernels):
        with tf.GradientTape() as outer:
            outer.watch(kernels)
            with tf.GradientTape() as inner:
                inner.watch(x)
                logits = activation(activation(x @ kernels[0]) @ kernels[1]) @ kernels[2]
                total = tf.reduce_sum(logits)
            penalty = tf.reduce_mean(tf.reduce_sum(inner.gradient(total, x) ** 2, axis=1))
        return outer.gradient(penalty, kernels)

    text = gradient.experimental_get_compiler_ir(points, kernels)(stage="optimized_hlo")
    products = len(re.findall(r"= [a-z0-9]+\[[0-9,]*\](?:\{[0-9,]*\})? (?:dot|custom-call)\(", text))
    return products, [value.numpy() for value in gradient(points, kernels)]


(plain, values), (declared, same) = program(lambda x: tf.nn.leaky_relu(x, 0.2)), program(straight)
print(f"products of matrices: {plain} with tf.nn.leaky_relu, {declared} with a slope without derivative")
for one, other in zip(values, same):
    np.testing.assert_allclose(one, other, rtol=1e-5, atol=1e-7)
assert plain > declared, (plain, declared)
PYTHON
