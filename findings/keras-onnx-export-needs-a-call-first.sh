#!/usr/bin/env bash
# Keras 3.15.1, TensorFlow 2.21.0, tf2onnx 1.16.1, onnx 1.17.0.
#
# Expected: a model with an Input layer, loaded from a .keras file, has known shapes, so it can be exported to ONNX.
# Behaviour: export() raises ValueError, "The model provided has never called", until the model was called once on
#   anything; the same call then succeeds. Loading a trained network to convert it is what most people want of the export.
# Seen: ValueError before the call, a file after it.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0 tf2onnx onnx
cd "$folder"
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import os

import keras
import numpy as np

keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)]).save("model.keras")
model = keras.saving.load_model("model.keras")
assert model.built
try:
    model.export("model.onnx", format="onnx")
    raise SystemExit("it was exported at once: the behaviour has changed")
except ValueError as error:
    print("before a call:", error)
    assert "never called" in str(error)
model(np.zeros((1, 3), "float32"))
model.export("model.onnx", format="onnx")
print("after a call:", os.path.getsize("model.onnx"), "bytes")
PYTHON
