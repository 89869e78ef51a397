"""Keras' names (``keras.ops``) for operations on tensors of numpy, for ``backend.without_tensorflow``.

It has what layers of networks are made of; anything else is refused by its name.
"""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from gancore.parts.activations import SELU_ALPHA, SELU_SCALE
from gancore.parts.plain import abs as abs
from gancore.parts.plain import maximum as maximum
from gancore.parts.plain import minimum, ones_like, stop_gradient, zeros_like
from gancore.parts.plain import reduce_mean as mean
from gancore.parts.tensors import (
    Tensor,
    add,
    concat,
    cos,
    erf,
    exp,
    matmul,
    multiply,
    reshape,
    sigmoid,
    sin,
    softplus,
    sqrt,
    swapaxes,
    tanh,
    tensor,
    where,
)
from gancore.parts.tensors import total as sum

__all__ = [
    "abs",
    "add",
    "concatenate",
    "cos",
    "elu",
    "exp",
    "expand_dims",
    "gelu",
    "matmul",
    "max",
    "maximum",
    "mean",
    "multiply",
    "ones_like",
    "reshape",
    "selu",
    "sigmoid",
    "silu",
    "sin",
    "softplus",
    "sqrt",
    "stop_gradient",
    "sum",
    "swapaxes",
    "tanh",
    "where",
    "zeros_like",
]
concatenate = concat


def expand_dims(x: Any, axis: int) -> Tensor:
    """With one axis more, of length 1, that has this place afterwards."""
    x = tensor(x)
    place = axis % (x.data.ndim + 1)
    return reshape(x, (*x.shape[:place], 1, *x.shape[place:]))


def max(x: Any, axis: int) -> Tensor:
    """The largest along an axis; where several are, each has its share of the derivative, as TensorFlow's."""
    x = tensor(x)
    largest = x.data.max(axis=axis, keepdims=True)
    chosen = (x.data == largest).astype(np.float64)
    return sum(x * (chosen / chosen.sum(axis=axis, keepdims=True)), axis=axis)


def elu(x: Any, alpha: float = 1.0) -> Tensor:
    """x above zero, alpha·(exp(x) - 1) below."""
    x = tensor(x)
    return where(x.data > 0, x, alpha * (exp(minimum(x, 0.0)) - 1.0))


def selu(x: Any) -> Tensor:
    """``elu`` with the slopes that keep mean and variance."""
    return SELU_SCALE * elu(x, SELU_ALPHA)


def silu(x: Any) -> Tensor:
    """x·σ(x)."""
    x = tensor(x)
    return x * sigmoid(x)


def gelu(x: Any, approximate: bool = True) -> Tensor:
    """x·Φ(x); NotImplementedError for Keras' approximation of it, which no network has."""
    if approximate:
        raise NotImplementedError("keras.ops.gelu's approximation has no counterpart on numpy")
    x = tensor(x)
    return x * (0.5 * (1.0 + erf(x / math.sqrt(2.0))))
