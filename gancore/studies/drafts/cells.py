"""Cells of a draft's tables: text that a person types, to pieces and settings and back."""

from __future__ import annotations

import csv
import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from gancore.config import ConfigError, RunConfig, flatten, quoted, with_changes
from gancore.recipes import expanded
from gancore.words import tables

MAX_CELL = 4_000
"""Characters of a cell."""


def pieces(text: str, between: str = "") -> list[str]:
    """The pieces of a cell, split at semicolons, or else at commas outside brackets. Raises ConfigError."""
    text = " ".join(text.split())
    if len(text) > MAX_CELL:
        raise ConfigError(f"{quoted(text)} is too long; at most {MAX_CELL:,} characters are allowed")
    if not text:
        return []
    if not between and ";" not in text and "[" in text:
        return [piece.strip() for piece in re.findall(r"\[[^\]]*\]|[^,\s][^,]*", text)]
    row = next(csv.reader([text], delimiter=between or (";" if ";" in text else ","), skipinitialspace=True), [])
    return [piece.strip() for piece in row]


def joined(parts: Sequence[str]) -> str:
    """Pieces as one cell; those with a semicolon in quotes, as csv has it."""
    return "; ".join('"' + part.replace('"', '""') + '"' if re.search('[;"]', part) else part for part in parts)


def changes_of(text: str, between: str) -> dict[str, str]:
    """``path=value`` texts → path → value. Raises ConfigError."""
    if len(text) > MAX_CELL:
        raise ConfigError(f"{quoted(text)} is too long; at most {MAX_CELL:,} characters are allowed")
    found: dict[str, str] = {}
    for piece in filter(None, map(str.strip, text.split(between))):
        path, equals, value = (part.strip() for part in piece.partition("="))
        if not equals or not path:
            raise ConfigError(f"{quoted(piece)} is not allowed; write path=value, such as batch_size=256")
        if path in found:
            raise ConfigError(f"{quoted(path)} is there twice; set it once")
        found[path] = value
    return found


def changes_text(changes: Mapping[str, Any], between: str) -> str:
    """Changes as they are typed, such as ``update.kind=combined; batch_size=256``."""
    return between.join(f"{path}={typed(value)}" for path, value in changes.items())


def typed(value: Any) -> str:
    """A setting's value as it is typed."""
    if tables(value):  # as JSON, for a file may have their keys in any order
        return json.dumps(value)
    if isinstance(value, list | tuple):
        return ",".join(map(str, value)) or "[]"
    return value if isinstance(value, str) else json.dumps(value)


def resolved(base: RunConfig, changes: Mapping[str, str]) -> dict[str, Any]:
    """Typed changes with the values that a config makes of them, a recipe's for its name; as they are if refused."""
    try:
        changes = expanded(changes, base.steps)
        flat = flatten(with_changes(base, changes))
    except ConfigError:
        flat = {}
    return {path: flat.get(path, value) for path, value in changes.items()}
