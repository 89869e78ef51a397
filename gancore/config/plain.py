"""Plain data from a file or a link, bounded where it is read."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any, TypeGuard, cast

from gancore.parts.errors import SHOWN, ConfigError, shortened

LARGEST = 2**63 - 1
"""Largest whole number, which TOML has too; nothing that gancore reads has larger ones."""
DEEPEST = 32
"""Tables and lists inside each other."""


def is_table(value: object) -> TypeGuard[Mapping[str, Any]]:
    """Whether plain data is a table (a JSON object), whose names are texts."""
    return isinstance(value, Mapping)


def is_list(value: object) -> TypeGuard[list[Any]]:
    """Whether plain data is a list."""
    return isinstance(value, list)


def check_plain(data: Any, path: str = "") -> None:
    """Refuse what nothing may hold: whole numbers beyond 64 bits, and nesting beyond 32. Raises ConfigError.

    Every number can then be printed, and every branch followed.
    """
    parts: list[tuple[str, Any, int]] = [(path, data, 0)]
    while parts:
        here, value, depth = parts.pop()
        if isinstance(value, int) and not -LARGEST - 1 <= value <= LARGEST:
            allowed = f"it must be a whole number from {-LARGEST - 1} to {LARGEST}"
            raise ConfigError.refused(here or "a number", value, allowed)
        if depth >= DEEPEST and isinstance(value, Mapping | list | tuple):
            raise ConfigError.of(
                here or "value", f"its tables are nested too deeply; at most {DEEPEST} inside each other are allowed"
            )
        parts.extend((name, item, depth + 1) for name, item in _items(here, value))


def dotted(table: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted paths, so that ``generator.hidden`` may be written with or without quotes."""
    changes: dict[str, Any] = {}
    for name, value in table.items():
        changes |= dotted(value, f"{prefix}{name}.") if is_table(value) else {prefix + name: value}
    return changes


def _items(path: str, value: Any) -> Iterator[tuple[str, Any]]:
    """The parts of a table or list with their paths; those of a list count from 1."""
    named: Iterable[tuple[object, Any]] = ()
    if is_table(value):
        named = value.items()
    elif isinstance(value, list | tuple):
        named = enumerate(cast("Sequence[Any]", value), start=1)
    for name, item in named:
        if isinstance(item, int | Mapping | list | tuple):
            # A path that is no longer a field's is not made longer, or a deep table would take a square of its size.
            longer = f"{path}.{shortened(str(name))}" if path else shortened(str(name))
            yield path if len(path) > SHOWN else longer, item
