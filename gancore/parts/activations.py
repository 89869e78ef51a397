"""What stands after a layer of a network: for numpy, for Keras' tensors, and its name in Keras, in one place."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from gancore.parts import kinks

Hidden = Literal["leaky_relu", "relu", "elu", "selu", "gelu", "silu", "softplus", "tanh", "sigmoid", "sine", "maxout"]
"""Activations of hidden layers."""
Output = Literal["tanh", "linear", "tanh_1.5", "sigmoid", "range"]
"""Activations of the generator's last layer."""

LEAKY_SLOPE = 0.2
"""Slope of leaky_relu below zero."""
SELU_SCALE, SELU_ALPHA = 1.0507009873554805, 1.6732632423543772
"""Klambauer et al. 2017."""

Values = NDArray[Any]


class Activation(NamedTuple):
    """One activation, of arrays of any shape."""

    numpy: Callable[[Values, float], Values]
    """Values → values in their dtype; the second argument is the slope, which leaky_relu alone looks at."""
    tensor: Callable[[Any, Any, float], Any]
    """(``keras.ops``, a tensor, the slope) → a tensor."""
    keras: str | None = None
    """What Keras calls it in a layer; None where a file cannot name it."""


def _leaky_relu(x: Values, slope: float) -> Values:
    scaled = x.dtype.type(slope) * x
    # The larger one is the same, in a third of the time, wherever the slope lets it be.
    return np.maximum(x, scaled, out=scaled) if 0 < slope <= 1 else np.where(x > 0, x, scaled)


def _sigmoid(x: Values) -> Values:
    """Stable on both sides: tanh overflows nowhere."""
    half = x.dtype.type(0.5)
    return half * np.tanh(half * x) + half


def _exponential(x: Values) -> Values:
    """exp(x) - 1 below zero, and zero above."""
    return np.expm1(np.minimum(x, 0))


def _gelu(x: Values) -> Values:
    from scipy.special import ndtr

    return (x * ndtr(x)).astype(x.dtype)


def _selu(x: Values) -> Values:
    scale, alpha = x.dtype.type(SELU_SCALE), x.dtype.type(SELU_SCALE * SELU_ALPHA)
    return scale * np.maximum(x, 0) + alpha * _exponential(x)


ACTIVATIONS: dict[str, Activation] = {
    "leaky_relu": Activation(
        _leaky_relu,
        lambda _, x, slope: kinks.leaky_relu(x, slope),
        "leaky_relu",
    ),
    "relu": Activation(lambda x, _: np.maximum(x, 0), lambda _ops, x, _: kinks.relu(x), "relu"),
    "elu": Activation(lambda x, _: np.maximum(x, 0) + _exponential(x), lambda ops, x, _: ops.elu(x), "elu"),
    "selu": Activation(lambda x, _: _selu(x), lambda ops, x, _: ops.selu(x), "selu"),
    "gelu": Activation(lambda x, _: _gelu(x), lambda ops, x, _: ops.gelu(x, approximate=False), "gelu"),
    "silu": Activation(lambda x, _: x * _sigmoid(x), lambda ops, x, _: ops.silu(x), "silu"),
    "softplus": Activation(
        lambda x, _: np.maximum(x, 0) + np.log1p(np.exp(-np.abs(x))), lambda ops, x, _: ops.softplus(x), "softplus"
    ),
    "tanh": Activation(lambda x, _: np.tanh(x), lambda ops, x, _: ops.tanh(x), "tanh"),
    "sigmoid": Activation(lambda x, _: _sigmoid(x), lambda ops, x, _: ops.sigmoid(x), "sigmoid"),
    "sine": Activation(lambda x, _: np.sin(x), lambda ops, x, _: ops.sin(x)),
    "linear": Activation(lambda x, _: x, lambda ops, x, _: x, "linear"),
    "tanh_1.5": Activation(
        lambda x, _: x.dtype.type(1.5) * np.tanh(x), lambda ops, x, _: ops.multiply(1.5, ops.tanh(x)), "tanh"
    ),
}
"""Every activation that a configuration may name, but for maxout, which takes several numbers to one."""
ACTIVATIONS["range"] = ACTIVATIONS["sigmoid"]  # carried to the data's range by a layer behind it
