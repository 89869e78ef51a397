"""Words on the page: escaping, and the numbers and durations that ``gancore.words`` writes everywhere."""

from __future__ import annotations

import re

from gancore.words import about as about
from gancore.words import count as count
from gancore.words import duration as duration
from gancore.words import percent as percent


def escaped(text: object) -> str:
    """Text that Markdown shows as it is, cut at 2,000 characters; for anything a person or a URL has typed."""
    words = str(text)
    words = words if len(words) <= 2000 else words[:2000] + "…"
    return re.sub(r"([\\`*_\[\]$<>~:|#!{}])", r"\\\1", words.replace("\n", " "))
