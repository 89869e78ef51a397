"""Words on the page: escaping, numbers and durations."""

from __future__ import annotations

import math
import re

from gancore.words import percent as percent


def escaped(text: object) -> str:
    """Text that Markdown shows as it is, cut at 2,000 characters; for anything a person or a URL has typed."""
    words = str(text)
    words = words if len(words) <= 2000 else words[:2000] + "…"
    return re.sub(r"([\\`*_\[\]$<>~:|#!{}])", r"\\\1", words.replace("\n", " "))


def number(value: float | None, digits: int = 2) -> str:
    """A number for a sentence; an en dash where there is none."""
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def duration(seconds: float | None) -> str:
    """Seconds in words a person would use."""
    if seconds is None or not math.isfinite(seconds):
        return "an unknown time"
    if seconds < 1:
        return "less than a second"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.1f} h"


def count(n: int, noun: str) -> str:
    """``1 run``, ``2 runs``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
