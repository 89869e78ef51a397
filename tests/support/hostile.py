"""A study whose every name tries to be something else than text; its runs are in the gallery."""

from __future__ import annotations

from collections.abc import Sequence


def hostile(names: Sequence[str], *, question: str, never: str, claim: str) -> str:
    """The study's file: four labels, what the variant that nobody trained sets, and a claim, all as TOML."""
    return f"""
name = "hostile"
title = '<b>Names</b> & "quotes" | 😀'
question = "{question}"
seeds = 4
base.dataset.kind = "circle"

[[variant]]
name = "baseline"
label = "{names[0]}"

[[variant]]
name = "combined"
label = "{names[1]}"
set = {{"update.kind" = "combined"}}

[[variant]]
name = "batch-256"
label = '''{names[2]}'''
set = {{"batch_size" = 256}}

[[variant]]
name = "never"
label = "{names[3]}"
set = {{{never}}}

[[claim]]
text = "{claim}"
from = "baseline"
to = "combined"
"""
