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
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{fixed(seconds, 0)} s"
    if seconds < 90 * 60:
        return f"{fixed(seconds / 60, 0)} min"
    return f"{fixed(seconds / 3600, 1)} h"


def size(n: int) -> str:
    """Bytes: ``35 kB``, ``1.23 MB``."""
    return f"{fixed(n / 1e6, 2)} MB" if n >= 1e5 else f"{fixed(max(1.0, n / 1e3), 0)} kB"
