"""Nadam's momentum rises as Keras 3 has it, 250 times sooner than in its paper, and its description says so."""

from __future__ import annotations

import numpy as np

from gancore.parts.optimizers import Nadam

BETA_1, BETA_2, STEPS = 0.9, 0.999, 80


def steps(gradients: np.ndarray, power: float) -> np.ndarray:
    """Steps [n] of rate 1 along gradients [n] with the momentum BETA_1 (1 - 0.96^(power t) / 2)."""
    moves, m, v, product = [], 0.0, 0.0, 1.0
    for t, gradient in enumerate(gradients, start=1):
        now, after = (BETA_1 * (1 - 0.5 * 0.96 ** (power * n)) for n in (t, t + 1))
        product *= now
        m, v = BETA_1 * m + (1 - BETA_1) * gradient, BETA_2 * v + (1 - BETA_2) * gradient**2
        mean = after * m / (1 - product * after) + (1 - now) * gradient / (1 - product)
        moves.append(-mean / np.sqrt(v / (1 - BETA_2**t)))
    return np.array(moves)


def test_the_momentum_is_keras_not_the_papers() -> None:
    import tensorflow as tf

    from gancore.training.program import stacked_inputs

    optimizer = Nadam(learning_rate=1.0, beta_1=BETA_1, beta_2=BETA_2, epsilon=1e-12)
    inputs = stacked_inputs([optimizer], "float64")
    gradients = np.random.default_rng(0).normal(size=STEPS)
    weights, moves = [tf.zeros((1, 1, 1), tf.float64)], []
    slots = {name: [tf.zeros((1, 1, 1), tf.float64)] for name in ("first", "second")}
    for t, gradient in enumerate(gradients, start=1):
        along = [tf.constant([[[gradient]]], tf.float64)]
        moved, slots = optimizer.update(weights, along, slots, tf.constant(float(t), tf.float64), inputs)
        moves.append(float(moved[0][0, 0, 0] - weights[0][0, 0, 0]))
        weights = moved
    np.testing.assert_allclose(moves, steps(gradients, 1.0), rtol=1e-4)
    assert np.std(moves[40:]) < 0.7 * np.std(steps(gradients, 1 / 250)[40:])


def test_the_description_says_so() -> None:
    assert "250 times sooner" in (Nadam.__doc__ or "")
