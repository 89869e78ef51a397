"""A curve that a person types: x(t) and y(t), or y = f(x)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import BeforeValidator, Field, ValidationInfo, field_validator

from gancore.datasets.expression import Node
from gancore.datasets.following import Troubled, corners, follow, standing
from gancore.datasets.parsing import MAX_TEXT, ExpressionError, pieces, text_of
from gancore.datasets.traced import Trace, Traced
from gancore.parts import OfData
from gancore.parts.errors import ConfigError, shortened
from gancore.parts.families import Array
from gancore.words import typed, whole

LARGEST = 1e6
"""The range's ends lie within this of 0."""
LETTERS = {"x": "x", "y": "yf", "start": "", "end": ""}
"""Field → what its text may call itself, as in ``y = x^2`` or ``f(x) = x^2``."""
VARIABLES = {"x": ("t",), "y": ("t", "x"), "start": (), "end": ()}
"""Field → the variables that may stand in it."""
TURNS = 32
"""Full turns of the direction of all pieces together: the nearest point is searched from about a thousand places."""
SHORT = 48
"""Characters of a formula in a label."""


def _as_text(value: Any) -> Any:
    """A number from a file is as good as its text."""
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else value


Text = Annotated[str, BeforeValidator(_as_text), Field(max_length=MAX_TEXT)]


@dataclass(frozen=True)
class Piece:
    """One connected piece of the curve."""

    x: Node
    """Of t."""
    y: Node
    """Of t, and of x, which is the value of the other."""
    start: Node
    end: Node

    @property
    def low(self) -> float:
        """The first t."""
        return float(self.start.value({}))

    @property
    def high(self) -> float:
        """The last t."""
        return float(self.end.value({}))

    def at(self, t: Array) -> Array:
        """Points [n, 2] at t [n]; at its end as just before it, so that a piece may end where the formula jumps."""
        t = np.minimum(t, np.nextafter(self.high, self.low))
        x = self.x.value({"t": t})
        y = self.y.value({"t": t, "x": x})
        return np.stack([np.broadcast_to(x, t.shape), np.broadcast_to(y, t.shape)], axis=1)


class Formula(Traced):
    """x(t) and y(t) for t from ``start`` to ``end``, as typed; with x = t it is y = f(x).

    Numbers, t, + - * / ^ and brackets; sin, cos, tan, exp, log (natural), sqrt, abs, min, max, mod and pi. In ``y``
    also x. Several pieces stand between ``;`` or ``|``; a text of one piece serves them all.
    """

    kind: Literal["formula"] = "formula"
    label: ClassVar[str] = "Formula"
    family: ClassVar[str] = "Own points and formulas"
    told: ClassVar[tuple[str, ...]] = ("x", "y")

    x: OfData[Text] = "cos(t)"
    """x as a formula of t, such as cos(t) or 2*t - 1; t (or nothing) for a curve y = f(x)."""
    y: OfData[Text] = "sin(t)"
    """y as a formula of t, or of x, such as sin(2*t) or x^2."""
    start: OfData[Text] = "0"
    """The first t: a number or a formula of numbers, such as -pi/2."""
    end: OfData[Text] = "2*pi"
    """The last t, which is larger."""

    @field_validator("x", "y", "start", "end", mode="after")
    @classmethod
    def _spelt(cls, text: str, info: ValidationInfo) -> str:
        """In one spelling, so that equal formulas are equal settings; refused with the place."""
        name = str(info.field_name)
        if name == "x" and text.strip() in ("", "x"):
            return "t"
        return text_of(_read(name, text))

    def model_post_init(self, context: Any) -> None:
        """Refuse what is no curve; raises ConfigError."""
        pieces = _curve(self.x, self.y, self.start, self.end)
        if self.along == "parameter":
            for piece in pieces:
                still = standing(piece.at, piece.low, piece.high)
                if still:
                    allowed = "use length"
                    reason = (
                        f"between t = {typed(still[0], 3)} and {typed(still[1], 3)} the curve stands still; {allowed}"
                    )
                    raise ConfigError.of("along", f"'parameter' is not allowed; {reason}", "parameter", allowed)

    def traces(self) -> Sequence[Trace]:
        """A trace of each piece."""
        return [Trace(p.at, p.low, p.high, corners(p.at, p.low, p.high)) for p in self.curves()]

    def curves(self) -> tuple[Piece, ...]:
        """The pieces, as they were read."""
        return _curve(self.x, self.y, self.start, self.end)

    def words(self) -> str:
        """The formula itself, in short: ``(cos(t), sin(2*t))`` or ``y = x^2``."""
        first, *others = self.curves()
        x, y = first.x.text(), first.y.text()
        said = f"y = {y}" if x == "t" else f"({x}, {y})"
        more = f" and {len(others)} more" if others else ""
        return shortened(said, SHORT - len(more)) + more


def _read(name: str, text: str) -> tuple[Node, ...]:
    return pieces(text, VARIABLES[name], LETTERS[name])


@lru_cache(maxsize=256)
def _curve(x: str, y: str, start: str, end: str) -> tuple[Piece, ...]:
    """The pieces of texts that can be read; ConfigError of the field at fault where they are no curve."""
    texts = {"x": x, "y": y, "start": start, "end": end}
    try:
        read = {name: _read(name, text) for name, text in texts.items()}
    except ExpressionError as error:  # a text of a part that was made without checks
        raise ConfigError(str(error)) from None
    count = max(map(len, read.values()))
    longest = next(name for name, nodes in read.items() if len(nodes) == count)
    for name, nodes in read.items():
        if len(nodes) not in (1, count):
            allowed = f"give 1, which serves all, or {count} as {longest} has"
            raise _refused(name, texts[name], f"it has {len(nodes)} pieces; {allowed}")
    found, turns = [], 0.0
    for number in range(count):
        own = {name: nodes[number if len(nodes) > 1 else 0] for name, nodes in read.items()}
        of = f" of piece {number + 1}" if count > 1 else ""
        piece, more = _piece(own, of, texts)
        found.append(piece)
        turns += more
    if turns > TURNS:
        name = "x" if y == "t" else "y"
        allowed = f"at most {TURNS} are followed, so shorten the range or slow it down"
        raise _refused(
            name, texts[name], f"the curve makes about {whole(round(turns))} full turns from start to end; {allowed}"
        )
    return tuple(found)


def _piece(own: dict[str, Node], of: str, texts: dict[str, str]) -> tuple[Piece, float]:
    """A piece, and the turns that it makes; ConfigError where it is no curve."""
    piece = Piece(**own)
    low, high = piece.low, piece.high
    for name, end in (("start", low), ("end", high)):
        if abs(end) > LARGEST:
            raise _refused(name, texts[name], f"it must be between -{whole(LARGEST)} and {whole(LARGEST)}{of}")
    if not low < high:
        raise _refused("end", texts["end"], f"it must be more than the start, {texts['start']}{of}")
    if not own["x"].names() | own["y"].names():
        raise _refused("x", texts["x"], f"neither x nor y depends on t{of}; write a formula of t, such as cos(t)")
    try:
        return piece, follow(piece.at, low, high)
    except Troubled as trouble:
        name = "xy"[trouble.axis]
        raise _refused(name, texts[name], f"{trouble}{of}") from None


def _refused(name: str, text: str, reason: str) -> ConfigError:
    return ConfigError.refused(name, text, reason)
