#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: binary cross-entropy on a discriminator's probabilities is the same whether a batch of real and generated
#   points is judged whole or cut into its two halves first.
# Behaviour: Keras remembers the logits behind a sigmoid and uses them, which is exact. A slice or a concatenation is
#   another tensor without that memory, so the probability is clipped at 1e-7 instead: the loss stops at about 15.9 and
#   its gradient is exactly 0. A discriminator that ends in a sigmoid and is sure of itself then teaches nothing.
# Seen: loss 30.0 with gradient 1.0 as it is; loss 15.94 with gradient 0.0 after a slice, and after a concat.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import tensorflow as tf

bce = keras.losses.BinaryCrossentropy()


def seen(of):
    logit = tf.constant([[30.0]])
    with tf.GradientTape() as tape:
        tape.watch(logit)
        loss = bce(tf.zeros((1, 1)), of(keras.activations.sigmoid(logit)))
    return float(loss), float(tape.gradient(loss, logit)[0, 0])


whole = seen(lambda p: p)
sliced = seen(lambda p: p[:1])
joined = seen(lambda p: tf.concat([p, p], axis=0)[:1])
for name, (loss, gradient) in {"as it is": whole, "after a slice": sliced, "after a concat": joined}.items():
    print(f"{name}: loss {loss:.2f}, gradient {gradient:.3g}")
assert abs(whole[0] - 30) < 0.01 and abs(whole[1] - 1) < 0.01
for loss, gradient in (sliced, joined):
    assert 15.5 < loss < 16.5 and gradient == 0.0
PYTHON
