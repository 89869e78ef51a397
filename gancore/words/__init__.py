"""Numbers and names in words: the same value reads the same on pages, in reports, figures, tables and on a terminal.

Machine formats (JSON, CSV, arguments) hold plain numbers and never come through here.
"""

from __future__ import annotations

from gancore.words.amounts import about, count, duration, fraction, size, whole
from gancore.words.closeness import closeness, closeness_explained, closeness_in_short, near_in_words
from gancore.words.curves import CRITIC, OTHER_CURVES, UNJUDGED, without_measures
from gancore.words.numbers import (
    DASH,
    TICKS,
    chance,
    fixed,
    interval,
    level,
    number,
    percent,
    points,
    short,
    signed,
    typed,
    typeset,
)
from gancore.words.settings import setting_in_label, setting_in_words, setting_value, tables, tables_text

__all__ = [
    "CRITIC",
    "DASH",
    "OTHER_CURVES",
    "TICKS",
    "UNJUDGED",
    "about",
    "chance",
    "closeness",
    "closeness_explained",
    "closeness_in_short",
    "count",
    "duration",
    "fixed",
    "fraction",
    "interval",
    "level",
    "near_in_words",
    "number",
    "percent",
    "points",
    "setting_in_label",
    "setting_in_words",
    "setting_value",
    "short",
    "signed",
    "size",
    "tables",
    "tables_text",
    "typed",
    "typeset",
    "whole",
    "without_measures",
]
