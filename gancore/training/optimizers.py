"""Adam for R runs at once."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, NamedTuple

import numpy as np

from gancore.config import Adam
from gancore.training.backend import tf


class AdamRates(NamedTuple):
    """Per-run hyperparameters, each [R]."""

    learning_rate: Any
    beta_1: Any
    beta_2: Any
    gain_1: Any
    """1 - beta_1, subtracted before rounding: float32's 1 - 0.999 is off by 1e-5, and Adam shows it."""
    gain_2: Any
    epsilon: Any


def adam_rates(optimizers: Sequence[Adam], dtype: str) -> AdamRates:
    """The rates of R runs. Keras keeps rate and betas in float32 whatever the weights are, so they pass through it."""

    def column(values: list[float], through: type[np.floating] = np.float64) -> Any:
        return tf.constant(np.array(values, through), dtype)

    return AdamRates(
        column([o.learning_rate for o in optimizers], np.float32),
        column([o.beta_1 for o in optimizers], np.float32),
        column([o.beta_2 for o in optimizers], np.float32),
        column([1 - o.beta_1 for o in optimizers]),
        column([1 - o.beta_2 for o in optimizers]),
        column([o.epsilon for o in optimizers]),
    )


class Moments(NamedTuple):
    """Running means of the gradients and of their squares, a list as long as the weights each."""

    first: list[Any]
    second: list[Any]


def zero_moments(weights: list[Any]) -> Moments:
    """The moments before the first update."""
    return Moments([tf.zeros_like(w) for w in weights], [tf.zeros_like(w) for w in weights])


def adam(
    weights: list[Any], gradients: list[Any], moments: Moments, count: Any, rates: AdamRates
) -> tuple[list[Any], Moments]:
    """One Adam update as ``keras.optimizers.Adam`` makes it; ``count`` (1, 2, ...) is the update's number.

    Kingma and Ba 2015, algorithm 1, in the form of its section 2 with the bias correction in the rate
    (so epsilon is not corrected). Weights and gradients are [R, ...].
    """
    learning_rate, beta_1, beta_2, gain_1, gain_2, epsilon = (tf.reshape(rate, [-1, 1, 1]) for rate in rates)
    alpha = learning_rate * tf.sqrt(1 - tf.pow(beta_2, count)) / (1 - tf.pow(beta_1, count))
    first = [m + (g - m) * gain_1 for m, g in zip(moments.first, gradients, strict=True)]
    second = [v + (g * g - v) * gain_2 for v, g in zip(moments.second, gradients, strict=True)]
    updated = [w - alpha * m / (tf.sqrt(v) + epsilon) for w, m, v in zip(weights, first, second, strict=True)]
    return updated, Moments(first, second)
