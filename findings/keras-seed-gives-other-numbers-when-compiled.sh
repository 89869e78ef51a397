#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0, on one CPU.
#
# Expected: keras.random and Dropout with a seed give the same numbers in a training step whether it is compiled or not:
#   "calling it several times with the same seed gives the same values", and a step that misbehaves can be looked at
#   with run_eagerly=True.
# Behaviour: tf.random.stateless_* chooses its generator by itself, and under XLA chooses another one. As
#   keras.Model.compile turns XLA on where it can (jit_compile="auto"), run_eagerly=True, a callback or a custom loop
#   draws other noise and other masks from the same seed: runs that are to differ in one thing differ in their noise.
# Seen: normal(seed=1) begins 0.127 eagerly and in a graph, -0.256 compiled; Dropout(seed=1) keeps other units.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np
import tensorflow as tf


def normal():
    return keras.random.normal((4,), seed=1)



def kept(**how):
    layer = keras.layers.Dropout(0.5, seed=1)
    layer.build((1, 64))

    def call():
        return layer(tf.ones((1, 64)), training=True)

    return (tf.function(call, **how) if how else call)().numpy()


eager, graph = normal().numpy(), tf.function(normal)().numpy()
compiled = tf.function(normal, jit_compile=True)().numpy()
print("normal:", eager.round(3), "eagerly,", graph.round(3), "in a graph,", compiled.round(3), "compiled")
masks = kept(), kept(jit_compile=False), kept(jit_compile=True)
print("of 64 units of Dropout, dropped in one of the two alone:", int((masks[0] != masks[2]).sum()))
assert np.array_equal(eager, graph) and np.array_equal(masks[0], masks[1])
assert not np.array_equal(eager, compiled) and not np.array_equal(masks[0], masks[2]), "the behaviour has changed"
PYTHON
