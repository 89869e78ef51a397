"""Settings as a script's templates see them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from gancore.config import ConfigError
from gancore.parts import Part


class Settings:
    """A part of a config as a template sees it, noting what it reads: the rest would silently be left out."""

    def __init__(self, part: Part, path: str, read: set[str]):
        self._part, self._path, self._read = part, path, read

    def __str__(self) -> str:
        return self._path

    def __getattr__(self, name: str) -> Any:
        value, path = getattr(self._part, name), f"{self._path}{name}"
        if isinstance(value, Part):
            return Settings(value, f"{path}.", self._read)
        self._read.add(path)
        return value


def choose(part: Settings, name: str, known: Mapping[str, str]) -> str:
    """What stands in the script for a setting's value; ConfigError where the templates do not know it."""
    value = getattr(part, name)
    if value not in known:
        raise ConfigError(f"{part}{name}: {value!r} has no script; use one of {', '.join(sorted(known))}")
    return known[value]
