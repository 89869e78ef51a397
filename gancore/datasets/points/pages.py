"""The pages of a Parquet file's columns, read from their headers before anything is unpacked.

A Parquet file can promise 16,000 times its own size, and each page says how large it is unpacked. The headers are
structs in Thrift's compact protocol (https://github.com/apache/parquet-format, parquet.thrift).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

DATA_PAGE, DICTIONARY_PAGE, DATA_PAGE_2 = 0, 2, 3
I32, STRUCT = 5, 12
"""Types in the compact protocol of Thrift."""
VALUES = {DATA_PAGE: 5, DICTIONARY_PAGE: 7, DATA_PAGE_2: 8}
"""Number of the field that describes a page's values."""


class BadPage(ValueError):
    """A header that is not one of a page."""


class Page(NamedTuple):
    """What a page's header says."""

    kind: int
    size: int
    """Bytes once it is unpacked."""
    packed: int
    """Bytes in the file, behind the header."""
    values: int
    """Values."""
    encoding: int
    """How the values are written; of the second version of data pages, which keeps it elsewhere, -1."""


def pages(data: bytes, position: int, end: int) -> Iterator[Page]:
    """The pages between two places of a file; raises BadPage or IndexError where there is something else."""
    while position < end:
        header, position = _struct(data, position)
        kind, size, packed = (_field(header, number, I32) for number in (1, 2, 3))
        if kind not in VALUES:
            raise BadPage("a page's header is not one")
        values = _field(header, VALUES[kind], STRUCT)
        encoding = -1 if kind == DATA_PAGE_2 else _field(values, 2, I32)
        page = Page(kind, size, packed, _field(values, 1, I32), encoding)
        if min(page.size, page.packed, page.values) < 0:
            raise BadPage("a page's header is not one")
        yield page
        position += packed
    if position != end:
        raise BadPage("a column's pages do not end where it does")


def _field(header: Any, number: int, kind: int) -> Any:
    """A field that must be there, and of that type."""
    found, value = header.get(number, (0, None))
    if found != kind:
        raise BadPage("a page's header is not one")
    return value


def _struct(data: bytes, position: int, depth: int = 0) -> tuple[dict[int, tuple[int, Any]], int]:
    """A struct in Thrift's compact protocol: number of a field → its type and value; and where it ends."""
    fields: dict[int, tuple[int, Any]] = {}
    number = 0
    while data[position]:
        kind, step = data[position] & 15, data[position] >> 4
        position += 1
        if step:
            number += step
        else:
            number, position = _whole(data, position)
        value, position = _value(data, position, kind, depth)
        fields[number] = (kind, value)
    return fields, position + 1


def _value(data: bytes, position: int, kind: int, depth: int) -> tuple[Any, int]:
    """A value of a page's header, and where it ends; IndexError or BadPage where there is none."""
    if kind in (1, 2):  # true and false, which the type says
        return kind == 1, position
    if kind in (4, I32, 6):
        return _whole(data, position)
    if kind == 8:  # bytes, of which nothing here is read
        size, position = _varint(data, position)
        return None, position + size
    if kind == STRUCT and depth < 4:
        return _struct(data, position, depth + 1)
    raise BadPage("a page's header is not one")


def _whole(data: bytes, position: int) -> tuple[int, int]:
    value, position = _varint(data, position)
    return (value >> 1) ^ -(value & 1), position


def _varint(data: bytes, position: int) -> tuple[int, int]:
    value = 0
    for shift in range(0, 70, 7):
        byte = data[position]
        position += 1
        value |= (byte & 127) << shift
        if byte < 128:
            return value, position
    raise BadPage("a page's header is not one")
