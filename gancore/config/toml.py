"""TOML that people write or links carry, bounded where it is read."""

from __future__ import annotations

import tomllib
from typing import Any

from gancore.parts.errors import ConfigError, shortened

MAX_DOTS = 1000
"""Dots in a line: numbers have one each, and the parser's time grows with the square of a key's parts."""
TOO_DEEP = "its tables are nested too deeply"


def toml_of(text: str, what: str, most: int) -> dict[str, Any]:
    """What TOML text holds; ``what`` names its kind (``a study``) and ``most`` its bytes. Raises ConfigError."""
    if len(text.encode("utf-8", "replace")) > most:
        raise ConfigError(f"{what} has at most {most // 1024} KB")
    if any(line.count(".") > MAX_DOTS for line in text.split("\n")):
        raise ConfigError(TOO_DEEP)
    try:
        return tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:  # which quotes a key whole
        raise ConfigError(f"it is not valid TOML; {shortened(str(error), 200)}") from None
    except ValueError:  # what int() raises inside tomllib
        raise ConfigError("it is not valid TOML; a number has thousands of digits") from None
    except RecursionError:
        raise ConfigError(TOO_DEEP) from None
