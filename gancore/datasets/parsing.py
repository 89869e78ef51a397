"""Reading formulas as people type them.

Python's own parser reads them, after every character has been checked to be a number, a known name, an operator or a
bracket in its place; nothing is ever run as code. What is too long, too deep or too large is refused, so that reading
and working out any text takes a bounded time.
"""

from __future__ import annotations

import ast
import difflib
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import NamedTuple

import numpy as np

from gancore.datasets.expression import FUNCTIONS, Node
from gancore.words import typed

MAX_TEXT = 400
"""Characters of a text, which may hold several pieces."""
MAX_PIECES = 16
"""Pieces of a text."""
MAX_DEPTH = 60
"""Operations inside each other."""
MAX_NUMBER = 1e12
"""The largest number that may be written."""
BETWEEN = " | "
"""What stands between pieces where gancore writes them; ``;`` and line breaks are read as well."""

SPELLINGS = {"−": "-", "–": "-", "×": "*", "·": "*", "⋅": "*", "∗": "*", "÷": "/", "∕": "/", "π": " pi "}
"""Signs that stand for others."""
POWERS = {"²": "2", "³": "3"}
MEANT = {
    "sine": "sin",
    "cosine": "cos",
    "tangent": "tan",
    "tg": "tan",
    "ln": "log",
    "root": "sqrt",
    "absolute": "abs",
    "minimum": "min",
    "maximum": "max",
    "modulo": "mod",
    "fmod": "mod",
    "e": "exp(1)",
    "tau": "2*pi",
    "pow": "^",
    "power": "^",
    "theta": "t",
    "phi": "t",
    "time": "t",
}
"""Names that people write for what there is; any other single letter is taken for ``t``."""

TOKEN = re.compile(
    r"(?P<number>(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?(?![\d.]))|(?P<name>[^\W\d]\w*)|(?P<sign>\*\*|[-+*/^(),])",
    re.ASCII,
)


class ExpressionError(ValueError):
    """A text that is no expression, said in one sentence with the place in it."""

    def __init__(self, reason: str, at: int):
        super().__init__(f"at character {at + 1}: {reason}")
        self.at = at
        """Index of the character at fault."""


class _Token(NamedTuple):
    kind: str
    text: str
    at: int


def pieces(text: str, variables: Sequence[str] = (), called: str = "") -> tuple[Node, ...]:
    """The trees of a text's pieces, which stand between ``|``, ``;`` or line breaks. Raises ExpressionError.

    Each may begin with ``y =`` or ``y(t) =``, where y is one of the letters ``called``.
    """
    if len(text) > MAX_TEXT:
        raise ExpressionError(f"it is too long; at most {MAX_TEXT} characters are allowed", MAX_TEXT)
    found: list[Node] = []
    start = 0
    for piece in re.split(r"[|;\n]", text):
        if len(found) == MAX_PIECES:
            raise ExpressionError(f"there are too many pieces; at most {MAX_PIECES} are allowed", start)
        found.append(_read(piece, start, variables, called))
        start += len(piece) + 1
    return tuple(found)


def text_of(nodes: Sequence[Node]) -> str:
    """Pieces in one text, which ``pieces`` reads."""
    return BETWEEN.join(node.text() for node in nodes)


def _read(text: str, start: int, variables: Sequence[str], called: str) -> Node:
    """The tree of one piece, which begins at ``start`` of the whole text."""
    begin = re.match(rf"\s*[{called}]\s*(\(\s*[a-z]\s*\)\s*)?=", text) if called else None
    tokens = list(_tokens(text, begin.end() if begin else 0, start))
    _check(tokens, start + len(text.rstrip()), variables)
    # A space between all, so that Python reads each as it stands; its own signs for a power.
    line, at = "", {}
    for token in tokens:
        at[len(line)] = token.at
        line += {"^": "**"}.get(token.text, token.text) + " "
    try:
        tree = ast.parse(line.strip(), mode="eval").body
    except (SyntaxError, ValueError, MemoryError, RecursionError):  # _check should have said why
        raise ExpressionError("it is no formula", start) from None
    return _tree(tree, at, 1)


def _tokens(text: str, index: int, start: int) -> Iterator[_Token]:
    """Numbers, names and signs from ``index`` on, with their places. Raises ExpressionError."""
    while index < len(text):
        character = text[index]
        if character.isspace():
            index += 1
        elif character in POWERS:
            yield _Token("sign", "^", start + index)
            yield _Token("number", POWERS[character], start + index)
            index += 1
        elif character in SPELLINGS:
            meant = SPELLINGS[character].strip()
            yield _Token("name" if meant.isalpha() else "sign", meant, start + index)
            index += 1
        else:
            found = TOKEN.match(text, index)
            if found is None:
                raise ExpressionError(_unknown_sign(text, index), start + index)
            kind = str(found.lastgroup)
            yield _Token(kind, _number(found[0], start + index) if kind == "number" else found[0], start + index)
            index = found.end()


def _unknown_sign(text: str, index: int) -> str:
    said = {
        "%": "write mod(a, b) for a remainder",
        "=": "write the formula alone, without an equals sign",
        "[": "use round brackets",
        "{": "use round brackets",
        "√": "write sqrt(...)",
        ".": "names have no dots: write sin(t) for np.sin(t)",
        "!": "write the number itself",
        "'": "write the formula without quotation marks",
        '"': "write the formula without quotation marks",
        "θ": "write t",
    }
    shown = text[index] if text[index].isprintable() else ascii(text[index])[1:-1]
    if text[index].isdigit() and text[index].isascii():
        return f"'{shown}' begins no number; write one such as 2 or 0.5"
    return f"'{shown}' is not allowed; {said.get(text[index], 'use numbers, names, + - * / ^ and brackets')}"


def _number(text: str, at: int) -> str:
    """A number in one spelling. Raises ExpressionError."""
    value = float(text)
    if value > MAX_NUMBER:
        raise ExpressionError(f"the number is too large; at most {typed(MAX_NUMBER)} is allowed", at)
    return str(int(value)) if value.is_integer() else repr(value)


def _check(tokens: Sequence[_Token], end: int, variables: Sequence[str]) -> None:
    """Refuse what is not in its place: afterwards the tokens are an expression. Raises ExpressionError."""
    opened: list[tuple[_Token, str, int]] = []  # brackets: the function before each, and commas so far
    wanted, previous = True, None  # whether a value is to come
    for number, token in enumerate(tokens):
        follows = tokens[number + 1] if number + 1 < len(tokens) else None
        if token.kind in ("number", "name") or token.text == "(":
            if not wanted:
                raise ExpressionError(f"write * before {token.text!r} to multiply", token.at)
            if token.kind == "name":
                _check_name(token, follows, variables)
            if token.text == "(":
                before = previous.text if previous is not None and previous.kind == "name" else ""
                opened.append((token, before, 0))
                if len(opened) > MAX_DEPTH:
                    raise ExpressionError(f"it is nested too deeply; at most {MAX_DEPTH} brackets", token.at)
            wanted = token.text == "(" or token.text in FUNCTIONS
        elif token.text in "),":
            if wanted:
                raise ExpressionError(f"there is no value before {token.text!r}", token.at)
            if not opened:
                said = "no bracket was opened before it" if token.text == ")" else "write numbers with a point, as 0.5"
                raise ExpressionError(f"{token.text!r} is out of place; {said}", token.at)
            bracket, name, commas = opened.pop()
            if token.text == ",":
                if FUNCTIONS.get(name, (1, 1))[1] == 1:
                    raise ExpressionError("',' is out of place; write numbers with a point, as 0.5", token.at)
                opened.append((bracket, name, commas + 1))
                wanted = True
            elif name:
                _check_count(name, commas + 1, bracket.at)
        elif wanted:
            before = previous.text if previous is not None and previous.kind == "sign" else "("
            if token.text not in "+-" or before in "+-":
                raise ExpressionError(f"there is no value before {token.text!r}", token.at)
        else:
            wanted = True
        previous = token
    if opened:
        raise ExpressionError("the bracket is not closed", opened[-1][0].at)
    if wanted:
        raise ExpressionError("a value is missing" if tokens else "the formula is empty", end)


def _check_name(token: _Token, follows: _Token | None, variables: Sequence[str]) -> None:
    name = token.text
    known = [*variables, "pi", *FUNCTIONS]
    if name not in known:
        near = MEANT.get(name.lower(), "t" if len(name) == 1 else "")
        near = near or next(iter(difflib.get_close_matches(name.lower(), known, 1, 0.5)), "")
        near = "" if near == "t" and "t" not in variables else near
        meant = f" (did you mean {near}?)" if near else ""
        shown = name if len(name) <= 20 else f"{name[:19]}…"
        raise ExpressionError(f"there is no {shown!r}{meant}; use {', '.join(known)}", token.at)
    if name in FUNCTIONS and (follows is None or follows.text != "("):
        raise ExpressionError(f"brackets are missing after {name}: write {name}(...)", token.at + len(name))


def _check_count(name: str, count: int, at: int) -> None:
    fewest, most, *_ = FUNCTIONS[name]
    if not fewest <= count <= most:
        wanted = f"{fewest}" if fewest == most else f"{fewest} to {most}"
        raise ExpressionError(f"{name} takes {wanted} values, not {count}", at)


SIGNS = {ast.Add: "+", ast.Sub: "-", ast.Mult: "*", ast.Div: "/", ast.Pow: "^"}


def _tree(node: ast.expr, at: Mapping[int, int], depth: int) -> Node:
    """Python's tree as ours; what is not expected there is refused. Raises ExpressionError."""
    place = at.get(node.col_offset, 0)
    if depth > MAX_DEPTH:
        raise ExpressionError(f"it is nested too deeply; at most {MAX_DEPTH} operations inside each other", place)
    match node:
        case ast.Constant(value=int() | float() as number):
            return Node("number", number=float(number))
        case ast.Name(id=name):
            return Node(name)
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            made = Node("negative", (_tree(operand, at, depth + 1),))
        case ast.UnaryOp(op=ast.UAdd(), operand=operand):
            return _tree(operand, at, depth + 1)
        case ast.BinOp(left=left, op=op, right=right) if type(op) in SIGNS:
            made = Node(SIGNS[type(op)], (_tree(left, at, depth + 1), _tree(right, at, depth + 1)))
        case ast.Call(func=ast.Name(id=name), args=args, keywords=[]) if name in FUNCTIONS:
            made = Node(name, tuple(_tree(part, at, depth + 1) for part in args))
        case _:
            raise ExpressionError("it is no formula", place)
    if not made.names() and not np.isfinite(made.value({})):
        raise ExpressionError(f"{made.text()} is not a finite number", place)
    return made
