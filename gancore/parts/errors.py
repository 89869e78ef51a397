"""ConfigError, and values as errors echo them."""

from __future__ import annotations

import difflib
import reprlib
from collections.abc import Iterable, Mapping
from typing import Any

SHOWN = 80
"""Characters of a value that an error echoes."""
LISTED = 12
"""Names that a sentence lists, at most."""


class ConfigError(ValueError):
    """Wrong input, said in one sentence that names the field, the value and what is allowed."""

    def __init__(
        self, sentence: str, path: str = "", *, value: Any = None, allowed: str = "", reason: str | None = None
    ) -> None:
        super().__init__(sentence)
        self.path = path
        """The field with dots, as a file or ``--set`` spells it (``generator.hidden``); empty where it is none."""
        self.value = value
        """What was given there, where one value is at fault."""
        self.allowed = allowed
        """What is allowed there, in the words of the sentence."""
        self.reason = sentence if reason is None else reason
        """The sentence without the field."""

    @classmethod
    def of(cls, path: str, reason: str, value: Any = None, allowed: str = "") -> ConfigError:
        """An error of one field, which the sentence begins with; signs that cannot be printed are escaped."""
        path = path if path.isprintable() else repr(path)[1:-1]
        return cls(f"{path}: {reason}", path, value=value, allowed=allowed, reason=reason)

    @classmethod
    def refused(cls, path: str, value: Any, allowed: str, because: str = "is not allowed") -> ConfigError:
        """``PATH: VALUE is not allowed; ALLOWED``."""
        return cls.of(path, f"{quoted(value)} {because}; {allowed}", value, allowed)

    def within(self, where: str, field: bool = True, between: str = ": ") -> ConfigError:
        """The same error, with the words ``where`` before its sentence; they begin the path too if they are a field."""
        path = (f"{where}.{self.path}" if self.path else where) if field else self.path
        return ConfigError(f"{where}{between}{self}", path, value=self.value, allowed=self.allowed, reason=self.reason)

    def named(self, names: Mapping[str, str]) -> ConfigError:
        """The same error of the field that people know by another name, if it is one of ``names``."""
        if self.path not in names:
            return self
        return ConfigError.of(names[self.path], self.reason, self.value, self.allowed)


class _Short(reprlib.Repr):
    """``repr`` of the first parts of a value, whatever its size and nesting."""

    def __init__(self) -> None:
        super().__init__()
        self.maxlevel = 20
        self.maxlist = self.maxtuple = self.maxdict = self.maxset = self.maxfrozenset = SHOWN
        self.maxstring = self.maxother = 10 * SHOWN

    def repr_dict(self, x: dict[Any, Any], level: int) -> str:
        """In its own order, as ``repr`` has it."""
        if x and level <= 0:
            return "{...}"
        pairs = [f"{self.repr1(key, level - 1)}: {self.repr1(x[key], level - 1)}" for key, _ in zip(x, range(SHOWN))]  # noqa: B905
        return f"{{{', '.join(pairs + (['...'] if len(x) > SHOWN else []))}}}"

    def repr_int(self, x: int, level: int) -> str:
        """Python prints no whole number of more than 4,300 digits."""
        return "a number of thousands of digits" if x.bit_length() > 3000 else repr(x)


def quoted(value: Any) -> str:
    """A value as an error echoes it: its repr, cut at 80 characters."""
    return shortened(_Short().repr(value))


def shortened(text: str, limit: int = SHOWN) -> str:
    """The text, cut with an ellipsis at ``limit`` characters."""
    return text if len(text) <= limit else f"{text[: limit - 1]}…"


def one_of(names: Iterable[str], value: Any = None) -> str:
    """``use one of A, B, C``: what is allowed in the place of a value; of many names the likely ones first."""
    names = list(names)
    if len(names) <= LISTED:
        return f"use one of {', '.join(names)}"
    likely = difflib.get_close_matches(value[:SHOWN], names, 3) if isinstance(value, str) else []
    names = [*likely, *(name for name in names if name not in likely)]
    return f"use one of {', '.join(names[: LISTED - 1])}, … {names[-1]}"
