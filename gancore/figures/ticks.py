"""Where an axis has its ticks, and what stands at them."""

from __future__ import annotations

import math
from collections.abc import Sequence

from gancore.words import typeset

DIGITS = 6
"""Significant digits of a label, at least; more where the numbers on an axis differ only in later ones."""
PLAIN = f"format(datum.value, '.{DIGITS}~g')"
"""A label in Vega. An axis's own ``format="~g"`` would go by the distance of ticks, and write 400 as 4e+2."""


def even_ticks(low: float, high: float, count: int = 4) -> list[float]:
    """About so many round numbers between two others: multiples of 1, 2 or 5 times a power of ten."""
    step = _step(low, high, count)
    return [number * step for number in range(math.ceil(low / step), math.floor(high / step) + 1)]


def in_units(domain: Sequence[float], centre: float, length: float, count: int = 4) -> tuple[list[float], str]:
    """Ticks along a domain whose coordinate v reads ``centre + length * v``, and their labels as Vega's labelExpr."""
    ticks, step, digits = _ticks(domain, centre, length, count)
    # A multiple of the step again, since what is next to 0 would read 7e-15.
    label = f"format(round((datum.value * {length!r} + {centre!r}) / {step!r}) * {step!r}, '.{digits}~g')"
    return [(at - centre) / length for at in ticks], label


def labelled(domain: Sequence[float], centre: float, length: float, count: int = 4) -> list[tuple[float, str]]:
    """The same ticks, each with its label, for what is not drawn by Vega."""
    ticks, step, digits = _ticks(domain, centre, length, count)
    return [((at - centre) / length, typeset(round(at / step) * step, digits)) for at in ticks]


def _ticks(domain: Sequence[float], centre: float, length: float, count: int) -> tuple[list[float], float, int]:
    """Ticks as they read, the step from one to the next, and how many digits tell them apart."""
    low, high = (centre + end * length for end in domain)
    step = _step(low, high, count)
    ticks = even_ticks(low, high, count)
    apart = math.log10(max(map(abs, ticks), default=step) / step)
    return ticks, step, min(15, max(DIGITS, math.ceil(apart) + 1))


def _step(low: float, high: float, count: int) -> float:
    rough = (high - low) / count
    power = 10.0 ** math.floor(math.log10(rough))
    return power * next(factor for factor in (1, 2, 5, 10) if factor * power >= rough * 0.7)
