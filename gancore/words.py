"""Numbers in words, the same wherever people read them."""

from __future__ import annotations

import math


def percent(value: float | None) -> str:
    """A share as a whole percentage, never rounded up to 100% or down to 0%; an en dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    if 0 < value < 0.005:
        return "<1%"
    if 0.995 <= value < 1:
        return ">99%"
    return f"{math.floor(100 * value + 0.5)}%"  # halves go up, as in the browser


def fixed(value: float | None, decimals: int = 3, sign: str = "") -> str:
    """A number with so many decimals, a true minus, and no sign where it rounds to zero; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return "–"
    text = f"{value:{sign}.{decimals}f}"
    return text.lstrip("+-") if not float(text) else text.replace("-", "−")


def chance(value: float | None) -> str:
    """A p value."""
    return "<0.001" if value is not None and value < 0.001 else fixed(value)


def duration(seconds: float | None) -> str:
    """Seconds in words a person would use, for what was measured or fixed; see ``about`` for what is expected."""
    if seconds is None or not math.isfinite(seconds):
        return "an unknown time"
    if seconds <= 0:
        return "0 s"
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def about(seconds: float | None) -> str:
    """An expected time, with no more digits than can be known: ``a few seconds``, ``about 40 s``, ``about 2 min``."""
    if seconds is None or not math.isfinite(seconds):
        return "an unknown time"
    if seconds < 7.5:
        return "a few seconds"
    for unit, size, steps in ROUNDED:
        for step, below in steps:
            count = step * math.floor(seconds / size / step + 0.5)
            if count < below:
                return f"about {count:g} {unit}"
    return "more than a month"


ROUNDED = (
    ("s", 1, ((5, 30), (10, 60))),
    ("min", 60, ((1, 10), (5, 60))),
    ("h", 3600, ((0.5, 5), (1, 48))),
    ("days", 86400, ((1, 31),)),
)
"""Unit, its seconds, and (step, below which count) of what is expected: about a fifth to a tenth is known, if that."""
