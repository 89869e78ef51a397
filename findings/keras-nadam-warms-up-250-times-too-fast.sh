#!/usr/bin/env bash
# Keras 3.15.1 on TensorFlow 2.21.0.
#
# Expected: Nadam's momentum rises from half of beta_1 as its paper has it (Dozat 2016, which the documentation names):
#   beta_1 * (1 - 0.5 * 0.96 ** (t / 250)); Keras 2 (schedule_decay=0.004) and PyTorch (momentum_decay=0.004) do the same.
# Behaviour: Keras 3 has 0.96 ** t. What takes 10,000 steps in the paper is over after 40, and no argument changes it, so
#   that numbers under Nadam can be compared neither with the paper's nor with those of PyTorch or Keras 2.
# Seen: along noise a step is 0.00245 long on average (steps 100 to 400), by the paper's rule 0.00586: 2.4 times as far.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q keras==3.15.1 tensorflow-cpu==2.21.0
KERAS_BACKEND=tensorflow TF_CPP_MIN_LOG_LEVEL=3 "$folder/venv/bin/python" - <<'PYTHON'
import keras
import numpy as np

RATE, BETA_1, BETA_2, EPSILON = 0.01, 0.9, 0.999, 1e-7
gradients = np.random.default_rng(0).normal(size=400)


def nadam(power):
    """The steps of Nadam whose momentum is BETA_1 * (1 - 0.5 * 0.96 ** (power * step))."""
    steps, m, v, product = [], 0.0, 0.0, 1.0
    for step, gradient in enumerate(gradients, start=1):
        now, after = (BETA_1 * (1 - 0.5 * 0.96 ** (power * t)) for t in (step, step + 1))
        product *= now
        m, v = BETA_1 * m + (1 - BETA_1) * gradient, BETA_2 * v + (1 - BETA_2) * gradient**2
        mean = after * m / (1 - product * after) + (1 - now) * gradient / (1 - product)
        steps.append(-RATE * mean / ((v / (1 - BETA_2**step)) ** 0.5 + EPSILON))
    return np.array(steps)


weight, steps = keras.Variable(0.0), []
optimizer = keras.optimizers.Nadam(RATE, beta_1=BETA_1, beta_2=BETA_2, epsilon=EPSILON)
optimizer.build([weight])
for gradient in gradients:
    before = float(weight)
    optimizer.apply([np.float32(gradient)], [weight])
    steps.append(float(weight) - before)
seen, paper, fast = (np.sqrt(np.mean(np.square(s[100:]))) for s in (steps, nadam(1 / 250), nadam(1)))
print(f"length of a step, steps 100 to 400: Keras {seen:.5f}, the paper's rule {paper:.5f}, with 0.96 ** t {fast:.5f}")
np.testing.assert_allclose(steps, nadam(1), atol=1e-6)
assert seen < 0.7 * paper, "the behaviour has changed"
PYTHON
