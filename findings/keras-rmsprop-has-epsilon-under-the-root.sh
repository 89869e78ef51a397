#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: RMSprop's first step along a small gradient is as long as along a large one, as the method promises and as
#   PyTorch's is: epsilon (1e-7) is added to the root of the mean square.
# Behaviour: Keras adds epsilon under the root, where 1e-7 counts as 3e-4 does outside of it. The documentation says
#   "a small constant for numerical stability" and nothing of the place; the paper has none.
# Seen: with a gradient of 1e-6 the first step is 3.2e-6 rather than 2.4e-3, 760 times shorter.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import tensorflow as tf

gradient = 1e-6
weight = tf.Variable(0.0)
optimizer = keras.optimizers.RMSprop(learning_rate=0.001)
optimizer.build([weight])
optimizer.apply([tf.constant(gradient)], [weight])
seen = -float(weight)
outside = 0.001 * gradient / ((0.1 * gradient**2) ** 0.5 + 1e-7)
under = 0.001 * gradient / (0.1 * gradient**2 + 1e-7) ** 0.5
print(f"first step {seen:.3g}; epsilon under the root {under:.3g}, outside of it {outside:.3g}")
assert abs(seen / under - 1) < 1e-3 and outside / seen > 700
PYTHON
