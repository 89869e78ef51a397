#!/usr/bin/env bash
# TensorFlow 2.21.0 on a CPU, Linux.
#
# Expected: a function compiled with jit_compile=True is freed when nothing refers to it any more, at the latest after
#   keras.backend.clear_session() and a garbage collection; a process that compiles many shapes one after the other then
#   stays as large as it was after a few.
# Behaviour: the compiled code stays. Every further shape adds megabytes and dozens of executable mappings, which
#   nothing gives back but the end of the process.
# Seen: about 15 to 30 MB and 40 to 150 executable mappings for each of eight shapes of a small network's gradients.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q tensorflow-cpu==2.21.0 keras==3.15.1
TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import ctypes
import gc
import weakref

import keras
import tensorflow as tf


def mappings():
    return sum(" r-xp " in line and line.rstrip().endswith(" 0") for line in open("/proc/self/maps"))


def megabytes():
    ctypes.CDLL("libc.so.6").malloc_trim(0)
    return next(int(line.split()[1]) for line in open("/proc/self/status") if line.startswith("VmRSS")) / 1024


def compile_one(batch):
    def gradients(x, weights):
        with tf.GradientTape() as tape:
            tape.watch(weights)
            y = x
            for w in weights:
                y = tf.tanh(y @ w)
            loss = tf.reduce_sum(y * y)
        return tape.gradient(loss, weights)

    compiled = tf.function(gradients, jit_compile=True, autograph=False)
    compiled(tf.ones((batch, 64)), [tf.ones((64, 64)) * 0.01 for _ in range(8)])
    return weakref.ref(compiled)


seen = []
for batch in range(32, 42):
    gone = compile_one(batch)
    keras.backend.clear_session()
    gc.collect()
    assert gone() is None, "the function itself is freed"
    seen.append((megabytes(), mappings()))
(before, maps_before), (after, maps_after) = seen[1], seen[-1]
print(f"executable mappings without a file: {maps_before} after two shapes, {maps_after} after ten")
print(f"resident memory: {before:.0f} MB after two shapes, {after:.0f} MB after ten")
assert maps_after > maps_before + 8, "compiled code is freed now"
PYTHON
