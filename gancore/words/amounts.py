"""Amounts for people: how many, how long, how large."""

from __future__ import annotations

import math

from gancore.words.numbers import fixed


def whole(value: float) -> str:
    """A whole number with its thousands apart: ``10,000``."""
    return f"{int(value):,}"


def count(n: int, noun: str, plural: str = "") -> str:
    """``1 run``, ``2 runs``, ``10,000 steps``; ``plural`` is for nouns that take more than an s."""
    return f"{whole(n)} {noun if n == 1 else plural or f'{noun}s'}"


def fraction(some: int, of: int) -> str:
    """``7 of 10``."""
    return f"{whole(some)} of {whole(of)}"


def duration(seconds: float | None) -> str:
    """Seconds as people tell them: ``less than a second``, ``40 s``, ``12 min``, ``1.5 h``."""
    if seconds is None or not math.isfinite(seconds):
        return "an unknown time"
    if seconds <= 0:
        return "0 s"
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{fixed(seconds, 0)} s"
    if seconds < 90 * 60:
        return f"{fixed(seconds / 60, 0)} min"
    return f"{fixed(seconds / 3600, 1)} h"


def about(seconds: float | None) -> str:
    """An expected time, with no more digits than can be known: ``a few seconds``, ``about 40 s``, ``about 2 min``."""
    if seconds is None or not math.isfinite(seconds):
        return "an unknown time"
    if seconds < 7.5:
        return "a few seconds"
    for unit, length, steps in ROUNDED:
        for step, below in steps:
            amount = step * math.floor(seconds / length / step + 0.5)
            if amount < below:
                return f"about {amount:g} {unit}"
    return "more than a month"


ROUNDED = (
    ("s", 1, ((5, 30), (10, 60))),
    ("min", 60, ((1, 10), (5, 60))),
    ("h", 3600, ((0.5, 5), (1, 48))),
    ("days", 86400, ((1, 31),)),
)
"""Unit, its seconds, and (step, below which amount) of what is expected: about a fifth to a tenth is known, if that."""


def size(n: int) -> str:
    """Bytes: ``35 kB``, ``1.23 MB``."""
    return f"{fixed(n / 1e6, 2)} MB" if n >= 1e5 else f"{fixed(max(1.0, n / 1e3), 0)} kB"
