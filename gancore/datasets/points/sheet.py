"""Sheet: a file of rows and columns that has been opened and not yet read, whatever its format."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.parts.errors import ConfigError, quoted, shortened
from gancore.words import count, size, typed

if TYPE_CHECKING:
    import pandas as pd

FIELD = "points"
"""How errors name a file of points."""
MAX_BYTES = 128_000_000
"""Bytes that a file may have."""
MAX_COLUMNS = 256
MAX_ROWS = 1_000_000
"""Rows that may be kept."""
LONGEST_NAME = 200
"""Characters of a column's name."""
SHOWN_ROWS = 10
"""Rows of a preview."""
CHUNK = 2**17
"""Rows that are read together."""


@dataclass(frozen=True)
class Sheet:
    """Columns and the first rows of a file, and how its rows are read."""

    name: str
    """The file's name, for people."""
    format: str
    """``CSV``, ``ARFF``, ``Parquet``, ``NPY`` or ``NPZ``."""
    columns: tuple[str, ...]
    """Names, each there once."""
    numeric: tuple[bool, ...]
    """Which columns hold numbers, as far as the first rows tell."""
    preview: tuple[tuple[str, ...], ...]
    """The first rows, as text."""
    chunks: Callable[[Sequence[int], Sequence[int]], Iterator[pd.DataFrame]]
    """Numbers of columns to read as numbers, and of columns to read as labels → frames whose columns have those
    numbers for names; labels are text."""
    separator: str = ""
    """What separates columns, in words; empty where the format decides it."""
    decimal: str = "."
    header: bool = True
    """Whether the file names its columns."""


def refuse(name: str, because: str, allowed: str) -> ConfigError:
    """``points: 'NAME' BECAUSE; ALLOWED``."""
    return ConfigError.refused(FIELD, name, allowed, because)


def unreadable(name: str, what: str, error: BaseException | str) -> ConfigError:
    """A file that begins as ``what`` and cannot be read as one."""
    reason = shortened(printable(" ".join(str(error).split())), 160) or type(error).__name__
    return refuse(name, f"is not a readable {what} file ({reason})", "save it again, or as CSV")


def check_columns(name: str, columns: Sequence[Any]) -> tuple[str, ...]:
    """Names of columns that can be shown and told apart; raises ConfigError where they are too many or too long."""
    if len(columns) > MAX_COLUMNS:
        raise refuse(
            name, f"has {count(len(columns), 'column')}", f"at most {MAX_COLUMNS} are allowed; keep those of the points"
        )
    names: dict[str, None] = {}
    for number, given in enumerate(columns, start=1):
        text = " ".join(str(given).split())
        if len(text) > LONGEST_NAME:
            raise refuse(name, f"has a column named {quoted(text)}", f"use names of at most {LONGEST_NAME} characters")
        text = printable(text) or f"column {number}"
        free, copies = text, 1
        while free in names:
            copies += 1
            free = f"{text} ({copies})"
        names[free] = None
    return tuple(names)


def printable(text: str) -> str:
    """The text with what cannot be shown escaped."""
    return text if text.isprintable() else repr(text)[1:-1]


def numbered(columns: int) -> tuple[str, ...]:
    """Names of columns that have none."""
    return tuple(f"column {number}" for number in range(1, columns + 1))


def too_large(name: str, given: int) -> ConfigError:
    """A file of too many bytes."""
    return refuse(name, f"has {size(given)}", f"at most {size(MAX_BYTES)} are allowed; keep two columns, or fewer rows")


def too_many_rows(name: str) -> ConfigError:
    """A file of too many rows."""
    allowed = f"at most {MAX_ROWS:,} are allowed; keep some of them, drawn by chance"
    return refuse(name, f"has more than {MAX_ROWS:,} rows", allowed)


def preview_of(frame: pd.DataFrame) -> tuple[tuple[str, ...], ...]:
    """The first rows as text, each cell cut."""
    rows = frame.head(SHOWN_ROWS).itertuples(index=False, name=None)
    return tuple(tuple(_cell(value) for value in row) for row in rows)


def _cell(value: Any) -> str:
    if isinstance(value, float | np.floating):
        return typed(value)
    return shortened(value.decode("utf-8", "replace") if isinstance(value, bytes) else str(value), 40)
