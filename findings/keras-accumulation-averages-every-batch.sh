#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: two batches with gradient_accumulation_steps=2 train like one batch of twice the size: the weights move once
#   in two batches, and so do the average of use_ema and a schedule of the learning rate. Adam's step count does.
# Behaviour: the average is updated after every batch, also where the weights stayed, so a momentum of 0.999 over 8
#   batches is one of 0.992; and a schedule is asked for the number of the batch, so its decay ends in the first half of
#   the training.
# Seen: three updates of equal gradients. Average 0.7625 instead of 0.775; with a rate that halves at every step the
#   weight ends at 0.934 instead of 0.825.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np


def trained(steps, rate, **settings):
    """Weight and its average after three updates, each of `steps` batches of gradient 1."""
    weight = keras.Variable(1.0)
    optimizer = keras.optimizers.SGD(rate, gradient_accumulation_steps=steps if steps > 1 else None, **settings)
    optimizer.build([weight])
    for _ in range(3 * steps):
        optimizer.apply([np.float32(1.0)], [weight])
    end = float(weight)
    optimizer.finalize_variable_values([weight])
    return end, float(weight)


(whole, mean), (halves, every) = (trained(n, 0.1, use_ema=True, ema_momentum=0.5) for n in (1, 2))
print(f"constant rate: weight {whole:.4f} and {halves:.4f} accumulated, average {mean:.4f} and {every:.4f} accumulated")
assert abs(whole - halves) < 1e-6, "the weights themselves are the same"
assert abs(mean - 0.775) < 1e-5 and abs(every - 0.7625) < 1e-5, "the behaviour has changed"
halving = keras.optimizers.schedules.ExponentialDecay(0.1, decay_steps=1, decay_rate=0.5)
(whole, _), (halves, _) = (trained(n, halving) for n in (1, 2))
print(f"rate that halves: weight {whole:.4f} and {halves:.4f} accumulated")
assert abs(whole - 0.825) < 1e-5 and abs(halves - 0.934375) < 1e-5, "the behaviour has changed"
PYTHON
