"""Adam for R runs at once."""

from __future__ import annotations

from typing import Any, NamedTuple

from gancore.training.backend import tf


class AdamRates(NamedTuple):
    """Per-run hyperparameters, each [R]."""

    learning_rate: Any
    beta_1: Any
    beta_2: Any
    epsilon: Any


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
    learning_rate, beta_1, beta_2, epsilon = (tf.reshape(rate, [-1, 1, 1]) for rate in rates)
    alpha = learning_rate * tf.sqrt(1 - tf.pow(beta_2, count)) / (1 - tf.pow(beta_1, count))
    first = [m + (g - m) * (1 - beta_1) for m, g in zip(moments.first, gradients, strict=True)]
    second = [v + (g * g - v) * (1 - beta_2) for v, g in zip(moments.second, gradients, strict=True)]
    updated = [
        w - alpha * m / (tf.sqrt(v) + epsilon) for w, m, v in zip(weights, first, second, strict=True)
    ]
    return updated, Moments(first, second)
