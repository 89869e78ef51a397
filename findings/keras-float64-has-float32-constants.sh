#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: layers of dtype float64 compute in float64, so that a reference in float64 tells a wrong formula (1e-3) from
#   rounding (1e-15).
# Behaviour: the slope of leaky_relu is an attribute of TensorFlow's operation, which is float32 whatever the tensor is:
#   0.2 becomes 0.20000000298, an error of 1.5e-8 below zero. The constant of gelu is cast to float32 as well, an error
#   of 4e-9 near 1. Both are 10⁷ times the rounding of float64, and no warning says so; relu, elu and tanh are exact.
# Seen: leaky_relu(-1) = -0.20000000298023224; gelu(1) differs from x·Φ(x) by 4.1e-09; tanh and elu by 1e-16 at most.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0 scipy
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np
from scipy.special import ndtr

places = np.array([-3.0, -1.0, 1.0, 3.0])
x = keras.ops.convert_to_tensor(places, "float64")


def off(values, exact):
    assert keras.backend.standardize_dtype(values.dtype) == "float64"
    return float(np.abs(np.asarray(values) - exact).max())


leaky = keras.layers.LeakyReLU(negative_slope=0.2, dtype="float64")(x)
print("leaky_relu(-1) =", repr(float(np.asarray(leaky)[1])))
errors = {
    "leaky_relu": off(leaky, np.where(places > 0, places, 0.2 * places)),
    "gelu": off(keras.activations.gelu(x), places * ndtr(places)),
    "elu": off(keras.activations.elu(x), np.where(places > 0, places, np.expm1(places))),
    "tanh": off(keras.activations.tanh(x), np.tanh(places)),
}
print(errors)
assert errors["leaky_relu"] > 1e-9 and errors["gelu"] > 1e-9, "the behaviour has changed"
assert errors["elu"] < 1e-15 and errors["tanh"] < 1e-15
PYTHON
