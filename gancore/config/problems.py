"""What pydantic refuses, in a sentence that names the field, the value and what is allowed."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gancore.parts import ConfigError, kinds
from gancore.parts.errors import shortened


def error_of(error: ValidationError, field: str = "") -> ConfigError:
    """First problem of a ValidationError as a ConfigError: the field, the value, what is allowed.

    ``field``: its name where the error has none, as of a single value.
    """
    problem = error.errors(include_url=False)[0]
    cause = problem.get("ctx", {}).get("error")
    item = any(isinstance(part, int) for part in problem["loc"])
    known = kinds()
    where = _path(problem, known) or field
    message = problem["msg"].removeprefix("Value error, ")
    if not where:
        return cause if isinstance(cause, ConfigError) else ConfigError(message)
    if isinstance(cause, ConfigError) and cause.path:  # of a part, which names its own field
        return cause.within(where, between=".")
    message = message.replace("Input should", "it must").partition(", unable to parse")[0]
    message = message.replace("be a valid integer", "be whole numbers, such as 16,32" if item else "be a whole number")
    message = message.replace("be a valid number", "be a number").replace("be a valid string", "be text")
    if problem["type"] == "int_parsing_size":  # text of thousands of digits
        message = "it must be a whole number of fewer digits"
    return ConfigError.refused(shortened(where), problem["input"], f"{message[0].lower()}{message[1:]}")


def _path(problem: Any, known: set[str]) -> str:
    """A problem's place with dots, without kinds; of a list of tables with the number of the table, from 1."""
    loc = list(problem["loc"])
    while loc and isinstance(loc[-1], int) and not isinstance(problem["input"], Mapping):
        loc.pop()
    return ".".join(str(part + 1 if isinstance(part, int) else part) for part in loc if part not in known)


def sentence_of(error: ValidationError, field: str = "") -> str:
    """First problem of a ValidationError in a sentence, as ``error_of`` says it."""
    return str(error_of(error, field))
