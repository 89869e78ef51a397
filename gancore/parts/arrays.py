"""TensorFlow's names for operations on numpy's arrays in TensorFlow's own types, for ``backend.on_arrays``.

What a step draws is made of whole numbers of 32 bits and of float32, so it is computed in these here as well: the draws
are the engine's to the last digits. It has what draws are made of; anything else is refused by its name.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import special

Values = NDArray[Any]

float32, float64 = np.dtype(np.float32), np.dtype(np.float64)
int32, int64, uint32 = np.dtype(np.int32), np.dtype(np.int64), np.dtype(np.uint32)

abs, sqrt, floor, exp, cos, sin, tanh = np.abs, np.sqrt, np.floor, np.exp, np.cos, np.sin, np.tanh
pow, minimum, maximum, where = np.power, np.minimum, np.maximum, np.where
clip_by_value = np.clip


def constant(x: Any, dtype: Any = None) -> Values:
    """An array; float32 and int32 where no type is named, as in TensorFlow, unless it has one of its own.

    It cannot be changed in place, as no tensor can: ``x *= 2`` would be another x to other holders of it.
    """
    if dtype is None and not isinstance(x, np.ndarray | np.generic):
        dtype = int32 if np.asarray(x).dtype.kind == "i" else float32
    found = np.asarray(x, dtype).view()
    found.flags.writeable = False
    return found


def cast(x: Any, dtype: Any) -> Values:
    """The same numbers in another type."""
    return np.asarray(x).astype(dtype)


def bitcast(x: Any, dtype: Any) -> Values:
    """The same bits in another type of as many."""
    return np.ascontiguousarray(x).view(dtype).reshape(np.shape(x))


def range(count: int) -> Values:
    """0, 1, ..., int32 [count]."""
    return np.arange(count, dtype=int32)


def reshape(x: Any, shape: Any) -> Values:
    """The same numbers in another shape."""
    return np.reshape(x, tuple(shape))


def transpose(x: Any) -> Values:
    """With its axes in the other order."""
    return np.transpose(x)


def concat(parts: Sequence[Any], axis: int) -> Values:
    """Arrays one after the other along an axis."""
    return np.concatenate(parts, axis=axis)


def gather(table: Values, places: Values, batch_dims: int = 0) -> Values:
    """Rows of a table [n, ...], or of R tables [R, n, ...] each its own [R, B]."""
    return np.stack([rows[at] for rows, at in zip(table, places, strict=True)]) if batch_dims else table[places]


def argsort(x: Values, axis: int) -> Values:
    """Places of the numbers in their order along an axis, int32; of equal ones the first first."""
    return np.argsort(x, axis=axis, kind="stable").astype(int32)


def reduce_mean(x: Values, axis: Any = None, keepdims: bool = False) -> Values:
    """The mean along axes."""
    return np.mean(x, axis=axis, keepdims=keepdims)


def pad(x: Values, widths: Any, constant_values: float = 0.0) -> Values:
    """With so many more at both ends of each axis."""
    return np.pad(x, widths, constant_values=constant_values)


def zeros(shape: Any, dtype: Any = float32) -> Values:
    """Zeros of a shape."""
    return np.zeros(tuple(shape), dtype)


def fill(shape: Any, value: int) -> Values:
    """One number throughout, in the type that a constant of it has."""
    return np.full(tuple(shape), constant(value))


zeros_like, ones_like = np.zeros_like, np.ones_like


def function(run: Callable[..., Any], **how: Any) -> Callable[..., Any]:
    """The function as it is: nothing is compiled."""
    return run


class _Names(SimpleNamespace):
    """Operations that TensorFlow has in a namespace."""

    def __getattr__(self, name: str) -> Any:
        raise NotImplementedError(f"tensorflow's {name} has no counterpart on numpy's arrays")


math = _Names(
    atan2=np.arctan2,
    erf=special.erf,
    ndtri=special.ndtri,
    rsqrt=lambda x: 1 / np.sqrt(x),
    log=np.log,
    sqrt=np.sqrt,
)
nn = _Names(relu=lambda x: np.maximum(x, 0))
bitwise = _Names(
    right_shift=np.right_shift,
    left_shift=lambda x, bits: np.left_shift(x, np.asarray(bits, x.dtype)),
)
