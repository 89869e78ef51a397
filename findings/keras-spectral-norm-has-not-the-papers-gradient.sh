#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: SpectralNormalization computes with the kernel over its largest singular value, as the paper it names does
#   (Miyato et al. 2018, equation 9) and as PyTorch's does: the kernel itself is left alone, the gradient goes through
#   the division and so is orthogonal to the kernel, and the layer's norm is 1 whenever it is called.
# Behaviour: a call with training=True overwrites the kernel with the normalised one, outside of the gradient. What the
#   tape gives is the gradient of a plain layer; a kernel of norm 0.1 is blown up to 1; and after the optimizer's step a
#   critic that is evaluated (training=False) has a norm other than 1, so its Lipschitz bound does not hold.
# Seen: a kernel of norm 4 is of norm 1 after a call; the gradient's product with the kernel is -1.75, not 0; after a
#   step of gradient descent with rate 0.5 the layer that predicts has the norm 1.5.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np
import tensorflow as tf

inner = keras.layers.Dense(3, use_bias=False)
layer = keras.layers.SpectralNormalization(inner, power_iterations=100)
points = tf.eye(3)
layer.build((None, 3))
inner.kernel.assign(np.diag([4.0, 2.0, 1.0]))


def norm(values):
    return float(np.linalg.svd(values, compute_uv=False)[0])


before = norm(np.asarray(inner.kernel))
layer(points, training=True)
after = norm(np.asarray(inner.kernel))


def written_out(kernel):
    return tf.reduce_sum(tf.linalg.diag_part(points @ kernel / tf.linalg.svd(kernel, compute_uv=False)[0]))


with tf.GradientTape() as tape:
    total = -tf.reduce_sum(tf.linalg.diag_part(layer(points, training=True)))
gradient = tape.gradient(total, inner.kernel.value).numpy()
kernel = tf.constant(np.asarray(inner.kernel))
with tf.GradientTape() as tape:
    tape.watch(kernel)
    total = -written_out(kernel)
exact = tape.gradient(total, kernel).numpy()
along, none = float((gradient * kernel.numpy()).sum()), float((exact * kernel.numpy()).sum())
inner.kernel.assign(kernel - 0.5 * gradient)
evaluated = norm(layer(points, training=False).numpy())
print(f"norm of the stored kernel: {before:.2f} before a call, {after:.2f} after it")
print(f"gradient times kernel: {along:.2f}, of the kernel over its norm {none:.2f}")
print(f"norm of the layer that predicts after a step: {evaluated:.2f}")
assert abs(before - 4) < 1e-3 and abs(after - 1) < 1e-3, "the behaviour has changed"
assert abs(none) < 1e-5 and abs(along) > 1 and evaluated > 1.2, "the behaviour has changed"
PYTHON
