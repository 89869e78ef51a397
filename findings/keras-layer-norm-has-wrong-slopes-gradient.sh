#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: a gradient penalty (WGAN-GP, R1) on a critic with LayerNormalization, which WGAN-GP's authors recommend
#   there, is trained on its own gradient: automatic differentiation of a gradient is exact.
# Behaviour: the layer's moments come from tf.nn.moments, whose variance takes the mean for a constant. That leaves the
#   first derivative as it is, because the mean's share in it is zero. It is not zero in the second: the gradient of
#   the penalty with respect to the kernel before the layer is off, by the same amount for every unit. No warning.
# Seen: by finite differences -21.046; with the same formula written out -21.046; with keras.layers.LayerNormalization
#   -32.576, and likewise with tf.nn.moments alone.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np
import tensorflow as tf

random = np.random.default_rng(0)
points, kernel, last = (tf.constant(random.normal(size=shape)) for shape in ((5, 2), (2, 12), (12, 1)))
layer = keras.layers.LayerNormalization(epsilon=1e-3, dtype="float64")
layer.build((None, 12))


def written_out(x):
    x = x - tf.reduce_mean(x, axis=-1, keepdims=True)
    return x / tf.sqrt(tf.reduce_mean(x * x, axis=-1, keepdims=True) + 1e-3)


def by_moments(x):
    mean, variance = tf.nn.moments(x, axes=[-1], keepdims=True)
    return (x - mean) / tf.sqrt(variance + 1e-3)


def penalty(normalise, kernel):
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(tf.nn.leaky_relu(normalise(points @ kernel), 0.2) @ last)
    return tf.reduce_sum(tape.gradient(total, points) ** 2)


def gradient(normalise):
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        value = penalty(normalise, kernel)
    return tape.gradient(value, kernel).numpy()


step = np.zeros((2, 12))
step[0, 0] = 1e-5
differences = float(penalty(layer, kernel + step) - penalty(layer, kernel - step)) / 2e-5
seen = {name: gradient(of) for name, of in {"written out": written_out, "keras": layer, "moments": by_moments}.items()}
print(f"finite differences: {differences:.3f}")
for name, values in seen.items():
    print(f"{name}: {values[0, 0]:.3f}")
assert abs(seen["written out"][0, 0] - differences) < 1e-3
off = seen["keras"] - seen["written out"]
assert abs(off[0, 0] + 11.530) < 0.01, off
assert np.allclose(off, off[:, :1]), "the same for every unit"
assert np.allclose(seen["moments"], seen["keras"])
PYTHON
