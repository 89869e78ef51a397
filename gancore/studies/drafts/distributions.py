"""Distributions as the levels of a factor: kinds and names from a list, and formulas as people write them."""

from __future__ import annotations

import re
from collections.abc import Sequence

from gancore.config import ConfigError, quoted, shortened
from gancore.studies.drafts.cells import changes_text, joined
from gancore.studies.drafts.rows import FactorRow

NAME = "distribution"
"""What the factor is called."""
WRITTEN = "such as (cos(t), sin(2*t)) or y = x^2 from -1 to 1"
"""How a formula is written there."""
LISTED = re.compile(r"[a-z0-9][a-z0-9_-]*")
"""A kind of dataset, or a name that stands for one."""
RANGE = re.compile(r"(?P<curve>.*?)(?:\s+from\s+(?P<start>.+?)\s+to\s+(?P<end>.+))?", re.DOTALL)


def distribution_factor(chosen: Sequence[str]) -> FactorRow | None:
    """The factor that has these as its levels, the first as its baseline; None without any. Raises ConfigError."""
    if not chosen:
        return None
    levels = [settings_of_distribution(text) for text in chosen]
    return FactorRow(NAME, "", joined([changes_text(level, " & ") for level in levels]))


def settings_of_distribution(text: str) -> dict[str, str]:
    """Path → value of a kind such as ``ring``, or of a formula such as ``(cos(t), sin(2*t)) from 0 to pi``.

    ``y = x^2 from -1 to 1`` is one as well. Raises ConfigError where it is neither.
    """
    text = " ".join(text.split())
    if LISTED.fullmatch(text):
        return {"dataset.kind": text}
    found = RANGE.fullmatch(text)
    curve = "" if found is None else _unwrapped(found["curve"])
    parts = _parts(curve)
    if re.match(r"(y|f\s*\(\s*[xt]\s*\))\s*=", curve) and len(parts) == 1:
        parts = ["x", curve.partition("=")[2].strip()]
    if found is None or len(parts) != 2 or not all(parts) or set("&=") & set("".join(parts)):
        allowed = f"choose one from the list, or write a formula, {WRITTEN}"
        raise ConfigError.refused(f"factors.{NAME}", shortened(text), allowed)
    changes = {"dataset.kind": "formula", "dataset.x": parts[0], "dataset.y": parts[1]}
    ends = {f"dataset.{end}": found[end] for end in ("start", "end") if found[end]}
    for path, value in ends.items():
        if set("&=") & set(value):
            raise ConfigError.of(path, f"{quoted(value)} is not allowed; write a number or such as 2*pi", value)
    return changes | ends


def _unwrapped(text: str) -> str:
    """``(x, y)`` without its brackets."""
    inner = text[1:-1]
    return inner if text[:1] == "(" and text[-1:] == ")" and len(_parts(inner)) == 2 else text


def _parts(text: str) -> list[str]:
    """The text's pieces between commas that stand outside of brackets."""
    parts, depth = [""], 0
    for character in text:
        depth += (character == "(") - (character == ")")
        if character == "," and depth == 0:
            parts.append("")
        else:
            parts[-1] += character
    return [part.strip() for part in parts]
