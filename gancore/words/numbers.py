"""Numbers for people.

One rule of rounding holds everywhere: the shortest decimal that stands for a float is rounded with halves away from
zero, which is what a person does who reads the number in a file, and what a browser's ``Intl.NumberFormat`` does. (A
format such as ``.0%`` rounds halves to even and makes 40% of .405.) Minus is the real sign, a number that reads as
zero has no sign, and where there is no number stands an en dash.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import SupportsFloat, TypeGuard

DASH = "–"
"""Where there is no number."""
DIGITS = 3
"""Significant digits of a metric's value."""
NOTHING = 1e-7
"""A value closer to zero is what arithmetic leaves of zero; points are stored to about 1e-5."""
SMALL, LARGE = -4, 6
"""Powers of ten from below the first of which, and from the second on, a number is written as 8.95e−5."""
TICKS = ",.3r"
"""Vega's format of a value with DIGITS digits, for charts of so many rows that words for each would be too much."""
_EXACT = Context(prec=400, rounding=ROUND_HALF_UP)


def number(value: float | None, digits: int = DIGITS) -> str:
    """A value of a metric with so many significant digits: ``0.145``, ``1.10``, ``0.00180``, ``1,420``, ``8.95e−5``."""
    if not _known(value):
        return DASH
    if abs(value) < NOTHING:
        return f"{0:.{digits}f}"
    found = _significant(value, digits)
    power = found.adjusted()
    if SMALL <= power < LARGE:
        return _minus(f"{found:,f}")
    return _minus(f"{found.scaleb(-power, _EXACT):f}e{power}")


def signed(value: float | None, digits: int = DIGITS) -> str:
    """A change with its sign: ``+0.0487``, ``−0.133``; zero has none."""
    text = number(value, digits)
    return f"+{text}" if _known(value) and value >= NOTHING else text


def fixed(value: float | None, decimals: int = 3, sign: str = "") -> str:
    """A number with so many decimals, such as a coordinate; ``sign="+"`` writes that of a positive one too."""
    if not _known(value):
        return DASH
    found = _at(value, decimals)
    if not found:
        return f"{abs(found):f}"
    return _minus(f"{found:{sign}f}")


def percent(value: float | None, decimals: int = 0) -> str:
    """A share as a percentage, never rounded up to 100% or down to 0%: ``>99%``, ``<1%``."""
    if not _known(value):
        return DASH
    exact = Decimal(repr(float(value))).scaleb(2, _EXACT)
    found, unit = _rounded(exact, -decimals), Decimal((0, (1,), -decimals))
    if 0 < exact < 100 and not 0 < found < 100:
        return f">{100 - unit:f}%" if found else f"<{unit:f}%"
    return _minus(f"{found if found else abs(found):f}%")


def level(share: float) -> str:
    """A level of confidence or error with as many digits as it takes, at most four: ``95%``, ``99.17%``."""
    found = _significant(100 * share, 4)
    return f"{found.normalize(_EXACT):f}%"


def points(share: float | None) -> str:
    """A difference of two shares in whole percentage points: ``+30``, ``−7``, ``0``."""
    return fixed(float(Decimal(repr(float(share))).scaleb(2, _EXACT)) if _known(share) else None, 0, "+")


def chance(p: float | None) -> str:
    """A p value with three decimals, never rounded down to 0 or up to 1: ``0.049``, ``<0.001``, ``>0.999``."""
    if _known(p) and p < 0.001:
        return "<0.001"
    if _known(p) and 0.9995 <= p < 1:
        return ">0.999"
    return fixed(p)


def interval(
    low: float | None, high: float | None, say: Callable[[float | None], str] = number, none: str = DASH
) -> str:
    """``0.126 to 0.157``, each end as ``say`` says it; ``none`` where an end is missing."""
    return f"{say(low)} to {say(high)}" if _known(low) and _known(high) else none


def short(value: float, digits: int) -> float:
    """A number in few characters of JSON, for charts and the viewer: rounded to so many significant digits."""
    return float(f"{value:.{digits}g}")


def typed(value: SupportsFloat, digits: int = 6) -> str:
    """A number as one would type it, with no more digits than needed: ``0.25``, ``-1.5``, ``1000``, ``1e+17``.

    For what stands in a file or is a setting; what was measured reads as ``number`` says it.
    """
    given = float(value)
    return f"{float(_significant(given, digits)):.{digits}g}" if math.isfinite(given) else str(given)


def typeset(value: float | None, digits: int = 6) -> str:
    """A number with no more digits than needed in a sentence or on an axis: ``−1.5``, where ``typed`` has ``-1.5``."""
    return DASH if value is None else _minus(typed(value, digits))


def _known(value: float | None) -> TypeGuard[float]:
    return value is not None and math.isfinite(value)


def _significant(value: float, digits: int) -> Decimal:
    """Rounded to so many digits; trailing zeros are kept."""
    exact = Decimal(repr(float(value)))
    found = _rounded(exact, exact.adjusted() - digits + 1)
    # 9.996 becomes 10.00, which has a digit too many.
    return found if found.adjusted() == exact.adjusted() else _rounded(found, found.adjusted() - digits + 1)


def _at(value: float, decimals: int) -> Decimal:
    return _rounded(Decimal(repr(float(value))), -decimals)


def _rounded(exact: Decimal, exponent: int) -> Decimal:
    return exact.quantize(Decimal((0, (1,), exponent)), context=_EXACT)


def _minus(text: str) -> str:
    return text.replace("-", "−")
