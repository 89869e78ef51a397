"""JSON from a stranger: its size, its parts, its texts and its nesting are counted before anything is made of it."""

from __future__ import annotations

import json
import math
import re
from typing import Any

from gancore.config import shortened
from gancore.store.errors import Damaged

TEXT = re.compile(rb'"(?:[^"\\]++|\\.)*+"', re.DOTALL)
BRACKET = re.compile(rb"[][{}]")
PARTS, VALUES = 2**12, 2**15
"""Objects and lists, and values in them, that most files may have."""
LONGEST = 2**14
"""Bytes between two quotes."""
DEEPEST = 32
DIGITS = 19
"""Digits of a whole number, as many as 64 bits need."""


def parse_json(data: bytes, parts: int = PARTS, values: int = VALUES) -> Any:
    """JSON without NaN, infinity and giant numbers, in ASCII as gancore writes it; raises Damaged."""
    if data.count(b"{") + data.count(b"[") > parts or data.count(b",") > values:
        raise Damaged(f"it has more than {parts:,} objects and lists, or more than {values:,} values")
    if max(map(len, data.split(b'"'))) > LONGEST:
        raise Damaged(f"a text in it has more than {LONGEST:,} bytes")
    depth = 0
    for bracket in BRACKET.findall(TEXT.sub(b"", data)):
        depth += 1 if bracket in b"[{" else -1
        if depth > DEEPEST:
            raise Damaged(f"it is nested deeper than {DEEPEST} levels")
    try:
        return json.loads(data.decode("ascii"), parse_constant=_refused, parse_int=_whole, parse_float=_finite)
    except UnicodeDecodeError:
        raise Damaged("it is not valid JSON (it is not ASCII)") from None
    except (ValueError, RecursionError) as error:
        raise Damaged(f"it is not valid JSON ({shortened(str(error), 200)})") from None


def _refused(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def _whole(text: str) -> int:
    if len(text) > DIGITS + 1:
        raise ValueError(f"a whole number has {len(text):,} digits")
    return int(text)


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"{shortened(text)} is not finite")
    return value
