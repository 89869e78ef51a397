#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: use_ema keeps average = m * average + (1 - m) * weights from the initial weights on, as the documentation of
#   ema_momentum has the rule, without an exception, and as programs that average a GAN's generator do.
# Behaviour: at the first update the average is set to the weights after it, so that the initial weights are in no average
#   and the first step counts in full.
# Seen: from weight 1.0 with steps of 0.1 and momentum 0.9, averages 0.9, 0.89, 0.871 instead of 0.99, 0.971, 0.9439.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np

weight = keras.Variable(1.0)
optimizer = keras.optimizers.SGD(0.1, use_ema=True, ema_momentum=0.9)
optimizer.build([weight])
seen, expected, average = [], [], 1.0
for _ in range(3):
    optimizer.apply([np.float32(1.0)], [weight])
    average = 0.9 * average + 0.1 * float(weight)
    expected.append(average)
    (kept,) = optimizer._model_variables_moving_average
    seen.append(float(kept))
print("averages", np.round(seen, 4), "by the documented rule", np.round(expected, 4))
np.testing.assert_allclose(seen, [0.9, 0.89, 0.871], atol=1e-6)
np.testing.assert_allclose(expected, [0.99, 0.971, 0.9439], atol=1e-6)
PYTHON
