"""Text files of columns: what separates them, how decimals are written and whether there is a header, by looking."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from gancore.datasets.points.sheet import CHUNK, SHOWN_ROWS, Sheet, check_columns, numbered, refuse, unreadable
from gancore.parts.errors import ConfigError
from gancore.words import count

if TYPE_CHECKING:
    import pandas as pd

HEAD = 2**18
"""Bytes that are looked at to find out how a file is written."""
LONGEST_LINE = 2**16
"""Characters of a line."""
LOOKED_AT = 200
"""Lines that are looked at."""
SEPARATORS = {"\t": "tabs", ";": "semicolons", ",": "commas", "|": "bars", " ": "blanks"}
"""In the order in which they are preferred where several would do."""
BLANKS = " "
NUMBER = {
    ".": re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d+)?"),
    ",": re.compile(r"[+-]?(\d+,?\d*|,\d+)([eE][+-]?\d+)?"),
}
MISSING = {"", "nan", "na", "n/a", "null", "none", "?", "-", "inf", "+inf", "-inf", "infinity", "-infinity"}
"""What stands where there is no finite number, in lower case."""
COMMENTS = ("#", "%")
TOLD = re.compile(r"sep=(.)", re.IGNORECASE)
"""The first line by which Excel is told what separates columns."""


READ_WHOLE = 12
"""Columns up to which all are read, because pandas then sees where a row has more of them."""
UNEVEN = re.compile(r"Expected (\d+) fields in line (\d+), saw (\d+)")


@dataclass(frozen=True)
class Dialect:
    """How a text is written."""

    separator: str
    decimal: str
    header: tuple[str, ...] | None
    skip: int
    """Lines before the first row of data."""
    rows: list[list[str]]
    """The first rows of data."""
    width: int
    """Columns."""
    encoding: str


def open_text(data: bytes, name: str, named: bool = False) -> Sheet:
    """A file of CSV, TSV, semicolons or blanks; raises ConfigError. ``named``: it has no header of its own."""
    import pandas as pd

    dialect = dialect_of(data, name, named)
    width = dialect.width
    names = check_columns(name, dialect.header or numbered(width))
    numeric = tuple(_is_numeric(dialect, column) for column in range(width))

    def chunks(numbers: Sequence[int], labels: Sequence[int]) -> Iterator[pd.DataFrame]:
        try:
            reader = pd.read_csv(
                io.BytesIO(data),
                sep=r"\s+" if dialect.separator == BLANKS else dialect.separator,
                decimal=dialect.decimal,
                header=None,
                names=range(width),
                index_col=False,
                usecols=None if width <= READ_WHOLE else [*numbers, *labels],
                dtype=dict.fromkeys(set(range(width)).difference(numbers), "category"),  # type: ignore[arg-type]
                keep_default_na=True,
                na_values=["?", "-"],
                skiprows=dialect.skip,
                skipinitialspace=True,
                encoding=dialect.encoding,
                encoding_errors="replace",
                float_precision=_precision(pd.__version__),
                low_memory=False,
                chunksize=CHUNK,
            )
            with reader:
                yield from reader
        except (ValueError, OverflowError, csv.Error) as error:  # pandas' ParserError is one
            raise _unreadable(name, error) from None

    preview = tuple(tuple(cell[:40] for cell in row) for row in dialect.rows[:SHOWN_ROWS])
    return Sheet(
        name, "text", names, numeric, preview, chunks, SEPARATORS[dialect.separator], dialect.decimal,
        dialect.header is not None,
    )  # fmt: skip


def _precision(version: str) -> Literal["round_trip"] | None:
    """By which pandas reads every decimal as Python does; from 3.1 it always does, and warns where one asks."""
    major, minor = (int(part) for part in re.findall(r"\d+", version)[:2])
    return "round_trip" if (major, minor) < (3, 1) else None


def dialect_of(data: bytes, name: str, named: bool = False) -> Dialect:
    """How a text is written, by its first lines; raises ConfigError where it is no table.

    ``named``: its columns are named elsewhere, so that no row is taken for a header.
    """
    encoding = _encoding(data, name)
    head = data[:HEAD].decode(encoding, "replace")
    lines = re.split(r"\r\n|\n|\r", head)
    if len(data) > HEAD:
        lines = lines[:-1]  # which is cut
    if not lines or max(map(len, lines)) > LONGEST_LINE:
        raise refuse(name, f"has a line of more than {LONGEST_LINE:,} characters", "give a row of numbers per line")
    skip, told, comment = 0, None, ""
    while skip < len(lines) and (not lines[skip].strip() or lines[skip].lstrip().startswith(COMMENTS)):
        comment = lines[skip].strip() or comment
        skip += 1
    if skip < len(lines) and (found := TOLD.fullmatch(lines[skip].strip(' "'))):
        told, skip = found[1], skip + 1
    rest = [line for line in lines[skip:] if line.strip()][:LOOKED_AT]
    if not rest:
        raise refuse(name, "has no rows", "give a file with a row of numbers per line")
    options = [_look(rest, separator, decimal) for separator in _candidates(told) for decimal in ".,"]
    share, separator, decimal, rows = max(options, key=lambda option: option[0])
    width = _width(rows, name)
    if width < 2:
        raise refuse(name, "has one column", "give two columns of numbers, x and y, with a header or without")
    header = None if named else _header(rows, decimal)
    if header is not None:
        # The line of the header itself may have blank lines before it, which are skipped already.
        skip += 1 + next(index for index, line in enumerate(lines[skip:]) if line.strip())
        rows = rows[1:]
    elif comment and not named:
        words = _split([comment.lstrip("".join(COMMENTS)).strip()], separator)[0]
        if len(words) == width and not any(_is_number(word, decimal) for word in words):
            header = tuple(words)
    if header is not None:
        header = _fitted(header, rows, width, name)
    return Dialect(separator, decimal, header, skip, rows, width, encoding)


def _encoding(data: bytes, name: str) -> str:
    """UTF-8, UTF-16 where the file begins so, or else what Windows uses in the west; raises ConfigError."""
    if data[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return "utf-16"
    if b"\0" in data:
        raise refuse(name, "is not text", "use a text file, Parquet, NPY, NPZ or ARFF")
    try:
        data[:HEAD].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        if error.start < min(len(data), HEAD) - 4:  # otherwise a letter was cut
            return "cp1252"
    return "utf-8-sig"


def _candidates(told: str | None) -> list[str]:
    return [told] if told in SEPARATORS else list(SEPARATORS)


def _split(lines: Sequence[str], separator: str) -> list[list[str]]:
    """Rows of cells without the blanks around them."""
    if separator == BLANKS:
        return [[cell.strip("\"'") for cell in line.split()] for line in lines]
    try:
        rows = list(csv.reader([f"{line}\n" for line in lines], delimiter=separator, skipinitialspace=True))
    except csv.Error:
        rows = [line.split(separator) for line in lines]
    return [[cell.strip() for cell in row] for row in rows if row]


def _look(lines: Sequence[str], separator: str, decimal: str) -> tuple[tuple[float, ...], str, str, list[list[str]]]:
    """How well a separator and a decimal sign explain the lines (the larger the better), and the rows that they give.

    First whether there are two columns at all, then how much is numbers, and how alike the rows are.
    """
    rows = _split(lines, separator)
    body = rows[1:] or rows
    widths = [len(row) for row in body]
    usual = max(set(widths), key=widths.count, default=0)
    alike = widths.count(usual) / max(1, len(widths))
    cells = [cell for row in body for cell in row]
    numbers = sum(_is_number(cell, decimal) or cell.lower() in MISSING for cell in cells) / max(1, len(cells))
    two = usual > 1 and separator != decimal and alike > 0.5
    # A decimal comma must be seen, or the point is taken.
    seen = decimal == "." or any("," in cell and _is_number(cell, ",") for cell in cells)
    return (float(two and seen), numbers + alike, -list(SEPARATORS).index(separator)), separator, decimal, rows


def _is_number(cell: str, decimal: str) -> bool:
    return NUMBER[decimal].fullmatch(cell) is not None


def _header(rows: list[list[str]], decimal: str) -> tuple[str, ...] | None:
    """The first row where it names the columns: words above numbers or above all, or 0, 1, ... above decimals."""
    first, body = rows[0], rows[1:]
    if not body:
        return None
    number = [_is_number(cell, decimal) for cell in first]
    if not any(number):
        words = any(cell.lower() not in MISSING for cell in first)
        return tuple(first) if words else None
    counted = [cell for cell in first if cell]
    if counted == [str(index) for index in range(len(counted))]:  # how pandas writes columns without names
        below = [cell for row in body for cell in row[len(first) - len(counted) :]]
        return tuple(first) if below and all(decimal in cell or "e" in cell.lower() for cell in below) else None
    for index, cell in enumerate(first):
        below = [row[index] for row in body if index < len(row)]
        named = bool(cell) and not number[index] and cell.lower() not in MISSING
        if named and below and all(_is_number(other, decimal) or other.lower() in MISSING for other in below):
            return tuple(first)
    return None


def _width(rows: list[list[str]], name: str) -> int:
    """How many columns there are: as many as most rows have cells; raises ConfigError where one has more of them."""
    widths = [len(row) for row in rows[1:] or rows]
    usual = max(set(widths), key=widths.count)
    for number, row in enumerate(rows, start=1):
        if any(row[usual:]):
            allowed = "give as many in every row, with decimal points where commas separate columns"
            raise refuse(name, f"has {len(row)} cells in row {number}, and most have {usual}", allowed)
    return max(map(len, rows))


def _fitted(header: tuple[str, ...], rows: list[list[str]], width: int, name: str) -> tuple[str, ...]:
    """The header with a name, which may be empty, for each column; raises ConfigError where rows are longer."""
    missing = width - len(header)
    used = max((index + 1 for row in rows for index, cell in enumerate(row) if cell), default=0)
    if missing == 1 and used == width:  # how R writes the names of rows
        return ("", *header)
    if used > len(header):
        meant = ""
        if used >= 2 * len(header):
            meant = "; if decimals are written with commas, separate columns by semicolons"
        allowed = f"name every column{meant}"
        raise refuse(name, f"has rows of {used} cells below {count(len(header), 'name')} of columns", allowed)
    return (*header, *("" for _ in range(missing)))


def _unreadable(name: str, error: Exception) -> ConfigError:
    found = UNEVEN.search(str(error))
    if found is None:
        return unreadable(name, "text", error)
    allowed = "give as many in every row, with decimal points where commas separate columns"
    return refuse(name, f"has {found[3]} cells in line {found[2]}, and {found[1]} in those before", allowed)


def _is_numeric(dialect: Dialect, column: int) -> bool:
    """Whether at least half of what stands in a column, as far as it was looked at, is numbers."""
    cells = [row[column] for row in dialect.rows if column < len(row) and row[column].lower() not in MISSING]
    return bool(cells) and 2 * sum(_is_number(cell, dialect.decimal) for cell in cells) >= len(cells)
