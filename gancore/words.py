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
