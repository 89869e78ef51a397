"""How close generated points come to a distribution and how much of it they reach, in the words of its support."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Protocol

from gancore.words.numbers import DASH, number, percent


class Worded(Protocol):
    """What is asked of a support here (``gancore.parts.Support``)."""

    @property
    def cells(self) -> int: ...  # noqa: D102

    @property
    def near(self) -> float: ...  # noqa: D102

    @property
    def words(self) -> str: ...  # noqa: D102

    @property
    def counted(self) -> str: ...  # noqa: D102

    @property
    def unit(self) -> str: ...  # noqa: D102


def closeness(support: Worded | None, near: float | None, coverage: float | None, excess: float | None = None) -> str:
    """``97% near the curve, 100% of it covered``, or ``97% near a mode, 8 of 8 modes reached``.

    ``excess``: the Wasserstein excess, which is said where the support is not known, as of points of one's own.
    """
    if support is None:
        return f"Wasserstein excess {number(excess)}"
    reached = f"{_reached(support, coverage)} reached" if support.counted else f"{percent(coverage)} of it covered"
    return f"{percent(near)} near {support.words}, {reached}"


def closeness_in_short(
    support: Worded | None, near: float | None, coverage: float | None, excess: float | None = None
) -> str:
    """``97% near, 100% covered``, or ``97% near, 8 of 8 modes``, without what is not known: for a small panel."""
    if support is None:
        return "" if excess is None or not math.isfinite(excess) else f"excess {number(excess)}"
    said = f"{percent(near)} near", _reached(support, coverage) if support.counted else f"{percent(coverage)} covered"
    return ", ".join(words for words in said if not words.startswith(DASH))


def near_in_words(supports: Iterable[Worded | None]) -> str:
    """What near means on these distributions: ``within 0.05 of the curve``; empty where no support is known."""
    known = dict.fromkeys((_within(s), s.words) for s in supports if s is not None)
    return " or ".join(f"within {near} of {words}" for near, words in known)


def _within(support: Worded) -> str:
    """``0.05``, ``3 standard deviations``."""
    return f"{support.near:g} {support.unit}" if support.unit else number(support.near, 2).rstrip("0")


def closeness_explained(supports: Iterable[Worded | None]) -> str:
    """What the shares beside a picture of these distributions mean, in sentences; empty where no support is known."""
    known = [support for support in supports if support is not None]
    if not known:
        return ""
    said = [f"Near: the share of generated points {near_in_words(known)}."]
    said += [
        f"Covered: the share of {words} that they reach."
        for words in dict.fromkeys(support.words for support in known if not support.counted)
    ]
    said += [
        f"{counted.capitalize()}: those that at least one near point belongs to."
        for counted in dict.fromkeys(support.counted for support in known if support.counted)
    ]
    return " ".join(said)


def _reached(support: Worded, coverage: float | None) -> str:
    """``8 of 8 modes``; a median over seeds may be half of one."""
    reached = DASH
    if coverage is not None and math.isfinite(coverage):
        reached = f"{round(coverage * support.cells, 1):g}"
    return f"{reached} of {support.cells} {support.counted}"
