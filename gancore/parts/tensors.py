"""numpy arrays with exact derivatives of any order: what parts compute with where TensorFlow is not to be loaded.

An operation remembers what it was made of while a tape is open and one of its operands is watched, or was made of
what is. Its derivative is made of the same operations, so that it has derivatives of its own: a gradient penalty, and
the Jacobian of a field of gradients, are the derivatives of derivatives.
"""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Sequence
from contextvars import ContextVar
from typing import Any

import numpy as np

Slope = Callable[[Any], tuple[Any, ...]]
"""The gradient of what a tensor leads to by the tensor → that by each of its parents; None for no derivative."""

_tapes: ContextVar[int] = ContextVar("tapes", default=0)
_serials: Iterator[int] = itertools.count()


class Tensor:
    """An array that may know what it was made of. Numbers are float64 throughout, whatever a part asks for."""

    __slots__ = ("data", "parents", "serial", "slope", "watched")
    __array_ufunc__ = None  # numpy's arrays and numbers leave their operators to this class

    def __init__(self, data: Any, parents: tuple[Tensor, ...] = (), slope: Slope | None = None) -> None:
        self.data: np.ndarray = data
        self.parents, self.slope = parents, slope
        self.watched = slope is not None
        self.serial = next(_serials)

    @property
    def shape(self) -> tuple[int, ...]:
        """Sizes along each axis."""
        return self.data.shape

    @property
    def dtype(self) -> np.dtype:
        """The array's own."""
        return self.data.dtype

    def numpy(self) -> np.ndarray:
        """The array."""
        return self.data

    def __getitem__(self, key: Any) -> Tensor:
        return part(self, key)

    def __iter__(self) -> Iterator[Tensor]:
        return (self[i] for i in range(len(self.data)))

    def __len__(self) -> int:
        return len(self.data)

    def __bool__(self) -> bool:
        return bool(self.data)

    def __neg__(self) -> Tensor:
        return multiply(self, -1.0)

    def __abs__(self) -> Tensor:
        return multiply(self, np.sign(self.data))

    def __add__(self, other: Any) -> Tensor:
        return add(self, other)

    def __radd__(self, other: Any) -> Tensor:
        return add(other, self)

    def __sub__(self, other: Any) -> Tensor:
        return subtract(self, other)

    def __rsub__(self, other: Any) -> Tensor:
        return subtract(other, self)

    def __mul__(self, other: Any) -> Tensor:
        return multiply(self, other)

    def __rmul__(self, other: Any) -> Tensor:
        return multiply(other, self)

    def __truediv__(self, other: Any) -> Tensor:
        return divide(self, other)

    def __rtruediv__(self, other: Any) -> Tensor:
        return divide(other, self)

    def __pow__(self, other: Any) -> Tensor:
        return power(self, other)

    def __rpow__(self, other: Any) -> Tensor:
        return power(other, self)

    def __mod__(self, other: Any) -> Tensor:
        return Tensor(self.data % values(other))  # of whole numbers, which nothing is derived by

    def __eq__(self, other: Any) -> Any:
        return self.data == values(other)

    __hash__ = object.__hash__

    def __gt__(self, other: Any) -> np.ndarray:
        return self.data > values(other)

    def __ge__(self, other: Any) -> np.ndarray:
        return self.data >= values(other)

    def __lt__(self, other: Any) -> np.ndarray:
        return self.data < values(other)

    def __le__(self, other: Any) -> np.ndarray:
        return self.data <= values(other)


def values(x: Any) -> np.ndarray:
    """The array of a tensor or of what can be one; float64 unless it holds whole numbers or truth values."""
    if isinstance(x, Tensor):
        return x.data
    if isinstance(x, list | tuple) and any(isinstance(item, Tensor) for item in x):
        x = [values(item) for item in x]
    array = np.asarray(x)
    return array.astype(np.float64) if array.dtype.kind == "f" and array.dtype != np.float64 else array


def tensor(x: Any) -> Tensor:
    """A tensor of it, or itself."""
    return x if isinstance(x, Tensor) else Tensor(values(x))


def made(data: Any, slope: Slope, *parents: Tensor) -> Tensor:
    """What an operation made of its parents; it remembers them if a tape is open that may ask for it."""
    if _tapes.get() and any(parent.watched for parent in parents):
        return Tensor(data, parents, slope)
    return Tensor(data)


def shrunk(gradient: Tensor, like: Tensor) -> Tensor:
    """A gradient summed over the axes along which an operand was repeated."""
    shape = like.data.shape
    if gradient.data.shape == shape:
        return gradient
    lead = gradient.data.ndim - len(shape)
    axes = tuple(range(lead)) + tuple(
        lead + i for i, n in enumerate(shape) if n == 1 and gradient.data.shape[lead + i] != 1
    )
    return reshape(total(gradient, axes), shape)


def add(x: Any, y: Any) -> Tensor:
    """x + y."""
    x, y = tensor(x), tensor(y)
    return made(x.data + y.data, lambda g: (shrunk(g, x), shrunk(g, y)), x, y)


def subtract(x: Any, y: Any) -> Tensor:
    """x - y."""
    x, y = tensor(x), tensor(y)
    return made(x.data - y.data, lambda g: (shrunk(g, x), shrunk(-g, y)), x, y)


def multiply(x: Any, y: Any) -> Tensor:
    """x·y."""
    x, y = tensor(x), tensor(y)

    def slope(g: Tensor) -> tuple[Any, ...]:
        return shrunk(g * y, x) if x.watched else None, shrunk(g * x, y) if y.watched else None

    return made(x.data * y.data, slope, x, y)


def divide(x: Any, y: Any) -> Tensor:
    """x / y."""
    x, y = tensor(x), tensor(y)

    def slope(g: Tensor) -> tuple[Any, ...]:
        of_y = shrunk(-g * x / (y * y), y) if y.watched else None
        return shrunk(g / y, x) if x.watched else None, of_y

    return made(x.data / y.data, slope, x, y)


def power(x: Any, y: Any) -> Tensor:
    """x to the power of y."""
    x, y = tensor(x), tensor(y)
    if y.data.ndim == 0 and not y.watched and y.data in (0, 1):  # so that x², at 0, has all of its derivatives
        return x if y.data else Tensor(np.ones(x.data.shape))

    def slope(g: Tensor) -> tuple[Any, ...]:
        of_x = shrunk(g * y * power(x, y - 1.0), x) if x.watched else None
        return of_x, shrunk(g * power(x, y) * log(x), y) if y.watched else None

    return made(x.data**y.data, slope, x, y)


def of_one(function: Callable[[Any], Any], derivative: Callable[[Tensor], Any]) -> Callable[..., Tensor]:
    """A function of each number by itself, from it and its derivative, which is made of operations too."""

    def operation(x: Any, name: str | None = None) -> Tensor:
        x = tensor(x)
        return made(function(x.data), lambda g: (g * derivative(x),), x)

    return operation


exp = of_one(np.exp, lambda x: exp(x))
log = of_one(np.log, lambda x: 1.0 / x)
log1p = of_one(np.log1p, lambda x: 1.0 / (1.0 + x))
sqrt = of_one(np.sqrt, lambda x: 0.5 / sqrt(x))
sin = of_one(np.sin, lambda x: cos(x))
cos = of_one(np.cos, lambda x: -sin(x))
tanh = of_one(np.tanh, lambda x: 1.0 - tanh(x) * tanh(x))
sigmoid = of_one(lambda x: 0.5 * (1.0 + np.tanh(0.5 * x)), lambda x: sigmoid(x) * sigmoid(-x))
softplus = of_one(lambda x: np.logaddexp(0.0, x), lambda x: sigmoid(x))
relu = of_one(lambda x: np.maximum(x, 0.0), lambda x: (x.data > 0).astype(np.float64))
square = of_one(np.square, lambda x: 2.0 * x)


def where(condition: Any, x: Any, y: Any) -> Tensor:
    """x where the condition holds, else y."""
    condition, x, y = values(condition).astype(bool), tensor(x), tensor(y)

    def slope(g: Tensor) -> tuple[Any, ...]:
        return shrunk(where(condition, g, 0.0), x), shrunk(where(condition, 0.0, g), y)

    return made(np.where(condition, x.data, y.data), slope, x, y)


def total(x: Any, axis: Any = None, keepdims: bool = False) -> Tensor:
    """The sum along axes."""
    x = tensor(x)
    axes = tuple(np.atleast_1d(axis).tolist()) if axis is not None else tuple(range(x.data.ndim))
    kept = x.data.sum(axis=axes, keepdims=True)
    shape = kept.shape

    def slope(g: Tensor) -> tuple[Any, ...]:
        return (reshape(g, shape) * np.ones(x.data.shape),)

    return made(kept if keepdims else kept.sum(axis=axes), slope, x)


def reshape(x: Any, shape: Any) -> Tensor:
    """The same numbers in another shape."""
    x = tensor(x)
    return made(x.data.reshape(tuple(shape)), lambda g: (reshape(g, x.data.shape),), x)


def part(x: Tensor, key: Any) -> Tensor:
    """``x[key]``, the key being slices, whole numbers, ``...`` and None."""
    return made(x.data[key], lambda g: (_spread(g, key, x.data.shape),), x)


def _spread(x: Tensor, key: Any, shape: tuple[int, ...]) -> Tensor:
    """Zeros of a shape, with x at a key."""
    data = np.zeros(shape)
    data[key] = x.data
    return made(data, lambda g: (part(g, key),), x)


def concat(tensors: Sequence[Any], axis: int) -> Tensor:
    """Tensors one after the other along an axis."""
    tensors = [tensor(x) for x in tensors]
    ends = np.cumsum([0, *(x.data.shape[axis] for x in tensors)])

    def slope(g: Tensor) -> tuple[Any, ...]:
        lead = (slice(None),) * (axis % g.data.ndim)
        return tuple(part(g, (*lead, slice(a, b))) for a, b in itertools.pairwise(ends.tolist()))

    return made(np.concatenate([x.data for x in tensors], axis=axis), slope, *tensors)


class GradientTape:
    """Derivatives of what was computed while it was open, as TensorFlow's class of this name has them."""

    def __init__(self, persistent: bool = False, watch_accessed_variables: bool = True) -> None:
        self._token: Any = None
        self._since = 0

    def __enter__(self) -> GradientTape:
        self._token = _tapes.set(_tapes.get() + 1)
        self._since = next(_serials)  # what an outer tape has seen before is a constant for this one
        return self

    def __exit__(self, *raised: object) -> None:
        _tapes.reset(self._token)

    def watch(self, sources: Any) -> None:
        """What is made of these from now on is remembered."""
        for source in sources if isinstance(sources, list | tuple) else [sources]:
            source.watched = True

    def gradient(
        self, target: Any, sources: Any, output_gradients: Any = None, unconnected_gradients: Any = "none"
    ) -> Any:
        """The derivative of a tensor's sum by each source: of its shape; None, or zeros, where none leads there."""
        wanted = sources if isinstance(sources, list | tuple) else [sources]
        stops = {id(source) for source in wanted}
        seed = np.ones(target.data.shape) if output_gradients is None else output_gradients
        known: dict[int, Tensor] = {id(target): tensor(seed)}
        for made_of in _backwards(target, stops, self._since):
            if made_of.slope is None or id(made_of) not in known:
                continue
            for parent, more in zip(made_of.parents, made_of.slope(known[id(made_of)]), strict=True):
                if more is not None and parent.watched and (parent.serial > self._since or id(parent) in stops):
                    known[id(parent)] = known[id(parent)] + more if id(parent) in known else more
        none = unconnected_gradients == "zero"
        found = [known.get(id(source), Tensor(np.zeros(source.data.shape)) if none else None) for source in wanted]
        return found if isinstance(sources, list | tuple) else found[0]


def _backwards(target: Tensor, stops: set[int], since: int) -> list[Tensor]:
    """What a tensor was made of since a serial number, the last one first; what a source was made of is left out."""
    seen: dict[int, Tensor] = {}
    waiting = [target]
    while waiting:
        one = waiting.pop()
        if id(one) in seen:
            continue
        seen[id(one)] = one
        if id(one) not in stops:
            waiting += [parent for parent in one.parents if parent.watched and parent.serial > since]
    return sorted((one for one in seen.values() if id(one) not in stops), key=lambda one: -one.serial)
