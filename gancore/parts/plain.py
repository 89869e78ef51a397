"""TensorFlow's names for operations on tensors of numpy, for ``backend.without_tensorflow``.

It has what parts are made of. Anything else is refused by its name, so that a part is never computed otherwise than
TensorFlow would.
"""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import numpy as np

from gancore.parts import tensors
from gancore.parts.tensors import (
    GradientTape,
    Tensor,
    add,
    concat,
    cos,
    divide,
    exp,
    log,
    log1p,
    multiply,
    power,
    relu,
    reshape,
    sigmoid,
    sin,
    softplus,
    sqrt,
    square,
    subtract,
    tanh,
    tensor,
    total,
    values,
    where,
)

__all__ = [
    "GradientTape",
    "UnconnectedGradients",
    "add",
    "concat",
    "cos",
    "divide",
    "exp",
    "math",
    "multiply",
    "nn",
    "pow",
    "raw_ops",
    "reshape",
    "sigmoid",
    "sin",
    "sqrt",
    "square",
    "subtract",
    "tanh",
    "where",
]

float32 = float64 = np.dtype(np.float64)
int32 = int64 = np.dtype(np.int64)
UnconnectedGradients = SimpleNamespace(ZERO="zero", NONE="none")
pow = power
reduce_sum = total


def reduce_mean(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The mean along axes."""
    x = tensor(x)
    whole = total(x, axis, keepdims)
    return whole * (whole.data.size / max(1, x.data.size))


def abs(x: Any) -> Tensor:
    """The size of each number; its derivative at 0 is 0, as TensorFlow's."""
    return tensor(x).__abs__()


def sign(x: Any) -> Tensor:
    """-1, 0 or 1, whose derivative is 0."""
    return Tensor(np.sign(values(x)))


def floor(x: Any) -> Tensor:
    """The next whole number below, whose derivative is 0."""
    return Tensor(np.floor(values(x)))


def maximum(x: Any, y: Any) -> Tensor:
    """The larger one; where they are equal the derivative is the first one's, as TensorFlow's."""
    return where(values(x) >= values(y), x, y)


def minimum(x: Any, y: Any) -> Tensor:
    """The smaller one."""
    return where(values(x) <= values(y), x, y)


def clip_by_value(x: Any, low: Any, high: Any) -> Tensor:
    """Numbers held between two others."""
    return maximum(minimum(x, high), low)


def cast(x: Any, dtype: Any) -> Tensor:
    """Numbers of another kind: whole ones, truth values, or float64 whatever the precision."""
    kind = np.dtype(dtype)
    if kind.kind in "ib":
        return Tensor(values(x).astype(kind))
    return x if isinstance(x, Tensor) and x.data.dtype.kind == "f" else Tensor(values(x).astype(np.float64))


def constant(x: Any, dtype: Any = None) -> Tensor:
    """A tensor that nothing moves."""
    return Tensor(values(x))


def fill(shape: Any, value: Any) -> Tensor:
    """One number throughout."""
    return Tensor(np.full(tuple(shape), values(value)))


def reduce_all(x: Any, axis: Any = None) -> Any:
    """Whether all of them hold, along axes."""
    return np.all(values(x), axis=axis)


def is_finite(x: Any) -> np.ndarray:
    """Which numbers are neither infinite nor none."""
    return np.isfinite(values(x))


def squared_difference(x: Any, y: Any) -> Tensor:
    """(x - y)²."""
    return square(subtract(x, y))


def function(run: Callable[..., Any], **how: Any) -> Callable[..., Any]:
    """The function as it is: nothing is compiled."""
    return run


def identity(x: Any) -> Tensor:
    """The tensor."""
    return tensor(x)


def stop_gradient(x: Any) -> Tensor:
    """The numbers, without what they were made of."""
    return Tensor(values(x))


def zeros(shape: Any, dtype: Any = None) -> Tensor:
    """Zeros of a shape."""
    return Tensor(np.zeros(tuple(shape)))


def ones(shape: Any, dtype: Any = None) -> Tensor:
    """Ones of a shape."""
    return Tensor(np.ones(tuple(shape)))


def zeros_like(x: Any) -> Tensor:
    """Zeros of a tensor's shape."""
    return Tensor(np.zeros(values(x).shape))


def ones_like(x: Any) -> Tensor:
    """Ones of a tensor's shape."""
    return Tensor(np.ones(values(x).shape))


def stack(parts: Any, axis: int = 0) -> Tensor:
    """Tensors beside each other along a new axis."""
    parts = [tensor(x) for x in parts]
    place = axis % (parts[0].data.ndim + 1)
    return concat([reshape(x, (*x.shape[:place], 1, *x.shape[place:])) for x in parts], place)


def gather(x: Any, indices: Any) -> Tensor:
    """Numbers of a table [n], by their places; NotImplementedError where a derivative would pass through it."""
    if isinstance(x, Tensor) and x.watched:
        raise NotImplementedError("the derivative of tensorflow's gather has no counterpart on numpy")
    return Tensor(values(x)[values(indices)])


def cond(holds: Any, yes: Callable[[], Any], no: Callable[[], Any]) -> Any:
    """What one of two functions gives."""
    return yes() if holds else no()


def custom_gradient(function: Callable[..., Any]) -> Callable[..., Tensor]:
    """A function that says its own derivative, as in TensorFlow: values → (result, gradient → gradients)."""

    def decorated(*given: Any) -> Tensor:
        operands = [tensor(x) for x in given]
        result, slope = function(*operands)

        def listed(gradient: Tensor) -> tuple[Any, ...]:
            found = slope(gradient)
            return tuple(found) if isinstance(found, list | tuple) else (found,)

        return tensors.made(result.data, listed, *operands)

    return decorated


def leaky_relu(x: Any, alpha: float = 0.2) -> Tensor:
    """x above zero, alpha·x below."""
    x = tensor(x)
    return x * np.where(x.data > 0, 1.0, alpha)


def log_sigmoid(x: Any) -> Tensor:
    """log σ(x)."""
    return -softplus(-tensor(x))


class _Names(SimpleNamespace):
    """Operations that TensorFlow has in a namespace."""

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"tensorflow's {name} has no counterpart on numpy")


raw_ops = _Names(
    LeakyReluGrad=lambda gradients, features, alpha: gradients * np.where(values(features) > 0, 1.0, alpha),
    ReluGrad=lambda gradients, features: gradients * (values(features) > 0).astype(np.float64),
)
nn = _Names(softplus=softplus, relu=relu, sigmoid=sigmoid, tanh=tanh, leaky_relu=leaky_relu, log_sigmoid=log_sigmoid)
math = _Names(
    log=log,
    log1p=log1p,
    exp=exp,
    sqrt=sqrt,
    square=square,
    abs=abs,
    sin=sin,
    cos=cos,
    tanh=tanh,
    sigmoid=sigmoid,
    log_sigmoid=log_sigmoid,
    softplus=softplus,
    sign=sign,
    pow=pow,
    maximum=maximum,
    minimum=minimum,
    reduce_mean=reduce_mean,
    reduce_sum=reduce_sum,
    is_finite=is_finite,
    squared_difference=squared_difference,
)
