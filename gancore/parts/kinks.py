"""Activations of straight pieces, whose slope is constant on each: their second derivative is nothing, not zeros.

TensorFlow gives the slope of such an activation a derivative of zeros, which a penalty's gradient then carries back
through the whole network: products with zeros, which XLA does not leave out. Values and gradients are TensorFlow's own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gancore.parts.backend import tf


def leaky_relu(x: Any, slope: float) -> Any:
    """x above zero, slope·x below: [...] → [...]."""
    return _kinked(
        x,
        lambda x: tf.nn.leaky_relu(x, slope),
        lambda g, x, _: tf.raw_ops.LeakyReluGrad(gradients=g, features=x, alpha=slope),
    )


def relu(x: Any) -> Any:
    """x above zero, 0 below: [...] → [...]."""
    return _kinked(x, tf.nn.relu, lambda g, _, y: tf.raw_ops.ReluGrad(gradients=g, features=y))


def _kinked(x: Any, value: Callable[[Any], Any], times_slope: Callable[[Any, Any, Any], Any]) -> Any:
    """``value(x)``, whose gradient is ``times_slope(gradient, x, value)``, which is linear in the gradient alone."""

    @tf.custom_gradient
    def function(x: Any) -> tuple[Any, Callable[[Any], Any]]:
        y = value(x)

        @tf.custom_gradient
        def backward(gradient: Any) -> tuple[Any, Callable[[Any], Any]]:
            return times_slope(gradient, x, y), lambda again: backward(again)

        return y, backward

    return function(x)
