#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: two layers that share an unseeded initializer object start with different random kernels, as in Keras 2 and
#   as with the initializer's name given twice.
# Behaviour: an object draws its seed when it is made and uses it for every kernel, so that all layers of one shape start
#   equal. Layers of a stack that copy each other break no symmetry between them.
# Seen: equal kernels with one object; different ones with two objects, and with the name.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np


def equal(first, second):
    layers = [keras.layers.Dense(8, kernel_initializer=one) for one in (first, second)]
    for layer in layers:
        layer.build((None, 8))
    return np.array_equal(*(np.asarray(layer.kernel) for layer in layers))


one = keras.initializers.RandomNormal(stddev=0.02)
shared, two, named = (
    equal(one, one),
    equal(keras.initializers.RandomNormal(stddev=0.02), keras.initializers.RandomNormal(stddev=0.02)),
    equal("random_normal", "random_normal"),
)
print(f"equal kernels: one object {shared}, two objects {two}, by name {named}")
assert shared and not two and not named
PYTHON
