"""Expressions: formulas as small trees, worked out by numpy, and written as people or as Python have them."""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

FUNCTIONS: dict[str, tuple[int, int, Callable[..., Any], str]] = {
    "sin": (1, 1, np.sin, "np.sin"),
    "cos": (1, 1, np.cos, "np.cos"),
    "tan": (1, 1, np.tan, "np.tan"),
    "exp": (1, 1, np.exp, "np.exp"),
    "log": (1, 1, np.log, "np.log"),
    "sqrt": (1, 1, np.sqrt, "np.sqrt"),
    "abs": (1, 1, np.abs, "np.abs"),
    "min": (2, 9, np.minimum, "np.minimum"),
    "max": (2, 9, np.maximum, "np.maximum"),
    "mod": (2, 2, np.mod, "np.mod"),
}
"""Name → fewest and most arguments, numpy's function, and how a script calls it; min and max are taken in turn."""
OPERATORS: dict[str, tuple[int, Callable[[Any, Any], Any], str]] = {
    "+": (1, operator.add, " + "),
    "-": (1, operator.sub, " - "),
    "*": (2, operator.mul, "*"),
    "/": (2, operator.truediv, "/"),
    "^": (4, operator.pow, "^"),
}
"""Sign → how tightly it binds, what it does (as in a script, to the bit), and how it is written."""
KEEPING = ("abs", "min", "max", "mod")
"""Functions of which numpy gives whole numbers for whole numbers, which powers of them overflow: of numbers alone a
script has their value."""
NEGATIVE = 3
"""How tightly a sign before a value binds: tighter than a product, less than a power."""
SIMPLE = re.compile(r"[\w.]+")
"""What Black has no spaces around a power of."""


@dataclass(frozen=True)
class Node:
    """A number, a variable, an operation or a function of others."""

    kind: str
    """``number``, ``pi``, a variable's name, an operator, ``negative`` or a function's name."""
    parts: tuple[Node, ...] = ()
    number: float = 0.0

    def names(self) -> frozenset[str]:
        """The variables in it."""
        own = {self.kind} if not self.parts and self.kind not in ("number", "pi") else set()
        return frozenset(own).union(*(part.names() for part in self.parts))

    def value(self, at: Mapping[str, Any]) -> Any:
        """Its value where the variables have these values [n] (or are numbers): NaN or infinite where it has none."""
        with np.errstate(all="ignore"):
            return _value(self, at)

    def text(self) -> str:
        """As people write it, in one spelling; ``read`` gives an equal tree of it."""
        return _written(self, 0, False)

    def code(self) -> str:
        """As Python with numpy as ``np``, with the same values, and spaces where Black has them."""
        return _written(self, 0, True)


def _value(node: Node, at: Mapping[str, Any]) -> Any:
    if node.kind == "number":
        return np.float64(node.number)
    if node.kind == "pi":
        return np.float64(np.pi)
    if not node.parts:
        return at[node.kind]
    values = [_value(part, at) for part in node.parts]
    if node.kind == "negative":
        return -values[0]
    act: Callable[..., Any] = OPERATORS[node.kind][1] if node.kind in OPERATORS else FUNCTIONS[node.kind][2]
    made = values[0] if len(values) > 1 else act(values[0])
    for value in values[1:]:
        made = act(made, value)
    return made


def _written(node: Node, binds: int, code: bool) -> str:
    """The node's text, in brackets where what stands around it binds as tightly as ``binds``."""
    if node.kind == "number":
        return str(int(node.number)) if node.number.is_integer() else repr(node.number)
    if not node.parts:
        return "np.pi" if code and node.kind == "pi" else node.kind
    known = 0.5 if not code or node.names() else float(node.value({}))
    # Whole numbers of Python have no -0, by which a division has the other sign.
    unlike = abs(known) >= 2**53 or (known == 0 and np.signbit(known))
    if code and not node.names() and (node.kind in KEEPING or unlike):
        number = repr(known)
        return f"({number})" if number.startswith("-") else number
    if node.kind in FUNCTIONS:
        parts = [_written(part, 0, code) for part in node.parts]
        if not code:
            return f"{node.kind}({', '.join(parts)})"
        name, text = FUNCTIONS[node.kind][3], parts[0]
        for part in parts[1:] or [""]:  # numpy's take two at most
            text = f"{name}({text}, {part})" if part else f"{name}({text})"
        return text
    if node.kind == "negative":
        power = code and node.parts[0].kind == "^"
        own, text = NEGATIVE, f"-{_written(node.parts[0], NEGATIVE + 1 + 9 * power, code)}"
    else:
        own, _, sign = OPERATORS[node.kind]
        power = node.kind == "^"
        left, right = (
            _written(part, own + (first == power), code) for first, part in zip((True, False), node.parts, strict=True)
        )
        if right.startswith("-"):  # two signs in a row are hard to read, and not read
            right = f"({right})"
        if code and power:
            sign = "**" if SIMPLE.fullmatch(left) and SIMPLE.fullmatch(right) else " ** "
        elif code:
            sign = f" {sign.strip()} "
        text = f"{left}{sign}{right}"
    return f"({text})" if own < binds else text
