#!/usr/bin/env bash
# Keras 3.14.0 and 3.15.1, each on TensorFlow 2.21.0.
#
# Expected: the loss that train_on_batch returns is that batch's own, in both releases.
# Behaviour: until 3.14 it is the mean over every batch since the metrics were last reset, which train_on_batch never
#   does; from 3.15 on it is the batch's own. Curves of one script drawn under the two releases cannot be compared: the
#   older ones are smoother and late.
# Seen: a model that does not learn (rate 0), given batches whose losses are 1 and 9: 3.14 returns 1 and 5, 3.15 1 and 9.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q tensorflow-cpu==2.21.0
for version in 3.14.0 3.15.1; do
  "$folder/venv/bin/pip" install -q "keras==$version"
  KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np

model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1, kernel_initializer="zeros")])
model.compile(keras.optimizers.SGD(0.0), "mse")
first = float(np.ravel(model.train_on_batch(np.zeros((4, 1)), np.ones((4, 1))))[0])
second = float(np.ravel(model.train_on_batch(np.zeros((4, 1)), 3 * np.ones((4, 1))))[0])
print(f"Keras {keras.__version__}: {first:g}, {second:g}")
minor = int(keras.__version__.split(".")[1])
assert first == 1.0 and second == (9.0 if minor >= 15 else 5.0)
PYTHON
done
