"""read_table: points from a file that anybody may have made, or one sentence that says what is wrong with it."""

from __future__ import annotations

import difflib
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from gancore.datasets.points.opening import open_sheet
from gancore.datasets.points.sheet import MAX_ROWS, Sheet, printable, refuse, too_many_rows
from gancore.parts.errors import ConfigError, quoted, shortened
from gancore.words import count, typed

if TYPE_CHECKING:
    import pandas as pd

Array = NDArray[np.float64]

LEAST = 20
"""Rows of finite numbers that points must have."""
LARGEST = 1e100
"""Largest coordinate: squares of distances stay finite."""
FINEST = 1e-12
"""Least extent of an axis beside its largest coordinate: below it float64 has too few digits for the points."""
MOST_LABELS = 50
"""Different values up to which a column is offered for choosing rows."""
LABEL_COLUMNS = 8
LIST = 12
"""Names that a sentence lists."""


@dataclass(frozen=True, eq=False)
class Table:
    """Points of a file, and what was found in it."""

    points: Array
    """float64 [n, 2], in the file's own units and order; all finite."""
    columns: tuple[str, str]
    """The columns of x and y."""
    where: str
    """``column=value`` of the rows that were taken; empty for all."""
    sheet: Sheet
    """The file: its format, columns, separator and first rows."""
    rows: int
    """Rows of the file."""
    matching: int
    """Rows that ``where`` took."""
    left_out: int
    """Of these, rows without two finite numbers."""
    duplicates: int
    """Points that an earlier row has already."""
    labels: dict[str, dict[str, int]]
    """Column → value → rows, of columns with few different values: what ``where`` may choose."""

    @property
    def name(self) -> str:
        """The file's name."""
        return self.sheet.name

    @property
    def found(self) -> str:
        """What was found, in a sentence."""
        sheet, x, y = self.sheet, *self.columns
        how = sheet.format
        if sheet.separator:
            how = f"{sheet.separator} between columns"
            how += ", decimal commas" if sheet.decimal == "," else ""
            how += ", with a header" if sheet.header else ", without a header"
        chosen = f" where {printable(self.where)}" if self.where else ""
        parts = [f"{count(len(self.points), 'point')} from {x} and {y}{chosen} ({how})"]
        if self.left_out:
            parts.append(f"{count(self.left_out, 'row')} without two finite numbers left out")
        if self.duplicates:
            parts.append(f"{count(self.duplicates, 'point')} there already in an earlier row, and kept")
        return "; ".join(parts) + "."


def read_table(
    source: bytes | Path,
    name: str,
    columns: Sequence[str] | None = None,
    where: str | None = None,
    varied: bool = True,
) -> Table:
    """The points of a file: 20 to 1,000,000 rows of two finite numbers, in float64.

    ``source`` is its bytes or its place; ``name`` is what errors call it and, with the content, says its format.
    ``columns`` names those of x and y (by default columns so called, or else the first two of numbers); a file without
    a header has ``column 1``, ``column 2``, ..., and their numbers do as well. ``where`` is ``column=value`` and
    takes the rows that have it. ``varied``: both axes have to vary, as of points to train on; samples of a generator
    that has collapsed do not. Raises ConfigError that names the field, the value and what is allowed.
    """
    sheet = open_sheet(source, name)
    return pick(sheet, columns, where, varied)


def pick(sheet: Sheet, columns: Sequence[str] | None = None, where: str | None = None, varied: bool = True) -> Table:
    """The points of a file that has been opened; see ``read_table``."""
    if len(sheet.columns) < 2:
        raise refuse(sheet.name, "has one column", "give two columns of numbers")
    x, y = _chosen(sheet, columns)
    by, value = _condition(sheet, where)
    offered = _offered(sheet, [index for index in (x, y) if index != by])
    counters: dict[int, Counter[str] | None] = {index: Counter() for index in offered}
    parts: list[Array] = []
    rows = matching = texts = kept = 0
    numbers = list(dict.fromkeys((x, y)))
    for frame in sheet.chunks(numbers, [index for index in offered if index not in numbers]):
        rows += len(frame)
        for index in offered:
            counters[index] = _counted(counters[index], frame[index])
        if by is not None:
            frame = frame[_equal(frame[by], value)]
        matching += len(frame)
        both = [_numbers(frame[index]) for index in (x, y)]
        texts += sum(found for _, found in both)
        points = np.column_stack([column for column, _ in both])
        points = points[np.isfinite(points).all(axis=1)]
        kept += len(points)
        if kept > MAX_ROWS:
            raise too_many_rows(sheet.name)
        parts.append(points)
    points = np.concatenate(parts) if parts else np.zeros((0, 2))
    labels = {sheet.columns[index]: _ordered(found) for index, found in counters.items() if found}
    _check_matching(sheet, where, by, matching, labels)
    names = (sheet.columns[x], sheet.columns[y])
    _check_points(sheet, names, points, matching, texts)
    if varied:
        check_extent(sheet.name, names, points)
    chosen = f"{sheet.columns[by]}={value}" if by is not None else ""
    return Table(points, names, chosen, sheet, rows, matching, matching - len(points), repeated(points), labels)


def repeated(points: Array) -> int:
    """How many of the points [n, 2] an earlier one equals."""
    # As complex numbers, which numpy sorts by both parts; adding zero makes -0.0 equal 0.0 there too.
    pairs = np.ascontiguousarray(points + 0.0).view(np.complex128).ravel()
    pairs.sort()
    return int((pairs[1:] == pairs[:-1]).sum())


def _chosen(sheet: Sheet, columns: Sequence[str] | None) -> tuple[int, int]:
    """Which columns are x and y; raises ConfigError."""
    if columns is not None:
        if len(columns) != 2:
            raise ConfigError.refused("columns", list(columns), "name two of them, such as x,y")
        x, y = (_column(sheet, name.strip(), "columns") for name in columns)
        if x == y:
            raise ConfigError.refused("columns", list(columns), "name two different ones, of x and of y")
        return x, y
    lower = [name.lower() for name in sheet.columns]
    if "x" in lower and "y" in lower:
        return lower.index("x"), lower.index("y")
    numbers = [index for index, numeric in enumerate(sheet.numeric) if numeric]
    unlike = [index for index in numbers if not _counts_rows(sheet, index)]
    numbers = unlike if len(unlike) >= 2 else numbers
    if len(numbers) < 2:
        text = _listed([name for name, numeric in zip(sheet.columns, sheet.numeric, strict=True) if not numeric])
        because = f"has 1 column of numbers, and text in {text}" if numbers else f"holds text in {text}"
        raise refuse(sheet.name, because, "give two columns of numbers")
    return numbers[0], numbers[1]


def _counts_rows(sheet: Sheet, index: int) -> bool:
    """Whether a column only numbers the rows, from 0 or 1, as far as the preview tells."""
    cells = [row[index] for row in sheet.preview if index < len(row)]
    return any(cells == [str(first + row) for row in range(len(cells))] for first in (0, 1))


def _column(sheet: Sheet, name: str, field: str) -> int:
    """The column of a name, or of a number from 1 where the file names none; raises ConfigError."""
    if name in sheet.columns:
        return sheet.columns.index(name)
    if not sheet.header and name.isdecimal() and len(name) < 4 and 1 <= int(name) <= len(sheet.columns):
        return int(name) - 1
    because = f"is not a column of {quoted(sheet.name)}{_meant(name[:200], sheet.columns)}"
    raise ConfigError.refused(field, name, f"use {_listed(sheet.columns)}", because)


def _condition(sheet: Sheet, where: str | None) -> tuple[int | None, str]:
    """The column and the value of ``column=value``; raises ConfigError."""
    if where is None or not where.strip():
        return None, ""
    # A column's own name may have the sign in it.
    own = [name for name in sheet.columns if where.startswith(f"{name}=")]
    column = max(own, key=len, default=where.partition("=")[0])
    value = where[len(column) :].removeprefix("=")
    if not where[len(column) :].startswith("=") or not value.strip():
        raise ConfigError.refused("where", where, "it must be COLUMN=VALUE, such as dataset=dino")
    return _column(sheet, column.strip(), "where"), value.strip()


def _offered(sheet: Sheet, taken: Collection[int | None]) -> list[int]:
    """Columns whose values are counted: the one that chooses, then texts, then numbers."""
    order = sorted(range(len(sheet.columns)), key=lambda index: sheet.numeric[index])
    return [index for index in order if index not in taken][:LABEL_COLUMNS]


def _counted(found: Counter[str] | None, column: pd.Series) -> Counter[str] | None:
    """A column's values and how often each is there; None once they are too many."""
    if found is None:
        return None
    # A look at few rows first: a column of measurements has as many values as rows.
    if column.iloc[: 4 * MOST_LABELS].nunique() > MOST_LABELS:
        return None
    values = column.value_counts()
    found.update({shortened(str(value)): int(rows) for value, rows in values[values > 0].items()})
    return found if len(found) <= MOST_LABELS else None


def _ordered(found: Counter[str]) -> dict[str, int]:
    """The most frequent first, alphabetically where they are equally so."""
    return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


def _equal(column: pd.Series, value: str) -> NDArray[np.bool_]:
    """Which rows have a value: as text, or as the same number."""
    texts = column.astype(str).str.strip()
    same = (texts == value).to_numpy(dtype=bool)
    try:
        wanted = float(value)
    except ValueError:
        return same
    import pandas as pd

    return same | (pd.to_numeric(texts, errors="coerce") == wanted).to_numpy(dtype=bool)


def _numbers(column: pd.Series) -> tuple[Array, int]:
    """A column as numbers [n], NaN where there is none, and how many cells are text."""
    import pandas as pd

    if pd.api.types.is_bool_dtype(column.dtype):
        return np.full(len(column), np.nan), len(column)
    if pd.api.types.is_numeric_dtype(column.dtype) and not pd.api.types.is_complex_dtype(column.dtype):
        return column.to_numpy(dtype=np.float64, na_value=np.nan), 0
    values = pd.to_numeric(column, errors="coerce").to_numpy(dtype=np.float64, na_value=np.nan)
    return values, int((np.isnan(values) & column.notna().to_numpy()).sum())


def _check_matching(
    sheet: Sheet, where: str | None, by: int | None, matching: int, labels: dict[str, dict[str, int]]
) -> None:
    if by is None or matching:
        return
    values = list(labels.get(sheet.columns[by], {}))
    value = (where or "").partition("=")[2].strip()
    allowed = f"use one of {_listed(values)}" if values else f"use a value of {sheet.columns[by]}"
    raise ConfigError.refused("where", where, allowed, f"takes no row{_meant(value[:80], values)}")


def _check_points(sheet: Sheet, names: tuple[str, str], points: Array, matching: int, texts: int) -> None:
    """Refuse what is no distribution in the plane; raises ConfigError."""
    if len(points) < LEAST:
        if texts >= max(1, matching):
            shown = " and ".join(names)
            raise refuse(sheet.name, f"holds text in {shown}", "choose two columns of numbers, or write decimals alike")
        rows = count(len(points), "row") if len(points) else "no row"
        because = f"has {rows} with two finite numbers in {' and '.join(names)}"
        raise refuse(sheet.name, because, f"at least {LEAST} are needed")


def check_extent(name: str, columns: tuple[str, str], points: Array) -> None:
    """Refuse points [n, 2] that are too far out, or do not vary along an axis; raises ConfigError."""
    low, high = points.min(axis=0), points.max(axis=0)
    for axis, column in enumerate(columns):
        largest = max(abs(low[axis]), abs(high[axis]))
        if largest > LARGEST:
            raise refuse(name, f"has {typed(largest)} in {column}", f"numbers up to {typed(LARGEST)} are allowed")
        if high[axis] - low[axis] <= FINEST * largest:
            allowed = "both axes must vary; choose another column"
            raise refuse(name, f"has {typed(low[axis])} in every row of {column}", allowed)


def _meant(name: str, known: Sequence[str]) -> str:
    """What a misspelt name may stand for, in brackets; empty where nothing is near."""
    near = difflib.get_close_matches(name, known, 1)
    return f" (did you mean {shortened(printable(near[0]))}?)" if near else ""


def _listed(names: Sequence[str]) -> str:
    shown = [shortened(printable(name), 40) for name in names[:LIST]]
    return ", ".join(shown) + (f" and {len(names) - LIST} more" if len(names) > LIST else "")
