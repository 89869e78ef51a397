"""The operations that layers ask of a library, on tensors of numpy: what ``Look.ops`` is where derivatives are wanted.

Names and arguments are those that numpy and ``keras.ops`` share; what they lack of each other raises AttributeError.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Any

import numpy as np

from gancore.parts import tensors
from gancore.parts.activations import ACTIVATIONS, SELU_ALPHA, SELU_SCALE
from gancore.parts.layers.base import Look
from gancore.parts.plain import maximum, minimum, ones_like, reduce_mean, stop_gradient, zeros_like
from gancore.parts.tensors import (
    Tensor,
    cos,
    exp,
    made,
    multiply,
    reshape,
    sigmoid,
    sin,
    softplus,
    sqrt,
    tanh,
    tensor,
    where,
)

__all__ = [
    "abs",
    "concatenate",
    "cos",
    "elu",
    "exp",
    "expand_dims",
    "gelu",
    "looking",
    "matmul",
    "max",
    "maximum",
    "mean",
    "minimum",
    "multiply",
    "ones_like",
    "reshape",
    "selu",
    "sigmoid",
    "silu",
    "sin",
    "softplus",
    "sqrt",
    "sum",
    "swapaxes",
    "tanh",
    "where",
    "zeros_like",
]


def looking(training: bool = False) -> Look:
    """How a network is evaluated on tensors of numpy, within ``backend.without_tensorflow``."""
    ops = sys.modules[__name__]

    def activate(name: str, values: Any, slope: float) -> Any:
        return ACTIVATIONS[name].tensor(ops, values, slope)

    return Look(ops=ops, product=matmul, activate=activate, detach=stop_gradient, training=training)


def matmul(x: Any, y: Any) -> Tensor:
    """Matrices [..., n, m] times [..., m, k]."""
    x, y = tensor(x), tensor(y)

    def slope(g: Tensor) -> tuple[Any, ...]:
        of_x = tensors.shrunk(matmul(g, swapaxes(y, -1, -2)), x) if x.watched else None
        return of_x, tensors.shrunk(matmul(swapaxes(x, -1, -2), g), y) if y.watched else None

    return made(x.data @ y.data, slope, x, y)


def swapaxes(x: Any, one: int, other: int) -> Tensor:
    """The same numbers with two axes exchanged."""
    x = tensor(x)
    return made(np.swapaxes(x.data, one, other), lambda g: (swapaxes(g, one, other),), x)


def concatenate(parts: Sequence[Any], axis: int = 0) -> Tensor:
    """Tensors one after the other along an axis."""
    return tensors.concat(parts, axis)


def expand_dims(x: Any, axis: int) -> Tensor:
    """The same numbers with an axis of length 1 more."""
    x = tensor(x)
    return reshape(x, np.expand_dims(x.data, axis).shape)


def sum(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum along axes."""
    return tensors.total(x, axis, keepdims)


def mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean along axes."""
    return reduce_mean(x, axis, keepdims)


def max(x: Any, axis: int, keepdims: bool = False) -> Tensor:
    """The largest along an axis; where several are, they share the derivative, as in TensorFlow."""
    x = tensor(x)
    largest = x.data == x.data.max(axis=axis, keepdims=True)
    return tensors.total(multiply(x, largest / largest.sum(axis=axis, keepdims=True)), axis, keepdims)


def abs(x: Any) -> Tensor:
    """The size of each number; its derivative at 0 is 0."""
    return tensor(x).__abs__()


def silu(x: Any) -> Tensor:
    """x σ(x)."""
    return multiply(x, sigmoid(x))


def elu(x: Any) -> Tensor:
    """x above zero, exp(x) - 1 below."""
    return maximum(x, 0.0) + _below(x)


def selu(x: Any) -> Tensor:
    """Scaled (Klambauer et al. 2017)."""
    return SELU_SCALE * (maximum(x, 0.0) + SELU_ALPHA * _below(x))


def gelu(x: Any, approximate: bool = False) -> Tensor:
    """x Φ(x), not the approximation."""
    if approximate:
        raise NotImplementedError("an approximate gelu has no counterpart on numpy")
    return multiply(x, _normal(x))


def _below(x: Any) -> Tensor:
    """exp(x) - 1 below zero, and zero above."""
    return _expm1(minimum(x, 0.0))


def _ndtr(values: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return np.asarray(ndtr(values))


_expm1 = tensors.of_one(np.expm1, exp)
_normal = tensors.of_one(_ndtr, lambda x: exp(-0.5 * x * x) * (1 / np.sqrt(2 * np.pi)))
