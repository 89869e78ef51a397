"""Words on the page: escaping and numbers."""

from __future__ import annotations

import math
import re

from gancore.words import about as about
from gancore.words import duration as duration
from gancore.words import percent as percent


def escaped(text: object) -> str:
    """Text that Markdown shows as it is, cut at 2,000 characters; for anything a person or a URL has typed."""
    words = str(text)
    words = words if len(words) <= 2000 else words[:2000] + "…"
    return re.sub(r"([\\`*_\[\]$<>~:|#!{}])", r"\\\1", words.replace("\n", " "))


def number(value: float | None, digits: int = 2) -> str:
    """A number for a sentence; an en dash where there is none."""
    return "–" if value is None or not math.isfinite(value) else f"{value:.{digits}f}"


def count(n: int, noun: str) -> str:
    """``1 run``, ``2 runs``."""
    return f"{n:,} {noun}" if n == 1 else f"{n:,} {noun}s"
