"""NPY and NPZ files of numbers: what a header promises is held against the bytes before an array is made of it."""

from __future__ import annotations

import io
import math
import zipfile
import zlib
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.datasets.points.sheet import (
    CHUNK,
    MAX_BYTES,
    MAX_COLUMNS,
    SHOWN_ROWS,
    Sheet,
    check_columns,
    numbered,
    preview_of,
    refuse,
    unreadable,
)
from gancore.parts.errors import quoted

if TYPE_CHECKING:
    import pandas as pd

BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError, KeyError)
"""What zipfile and numpy raise on damaged bytes."""
NUMBERS, TEXTS = "fiub", "U"
"""Kinds of numpy's types."""
MAX_ARRAYS = 64
WORKBOOK = "xl/workbook.xml"
"""What an Excel file, which is a zip file too, has among its members."""


def open_npy(data: bytes, name: str) -> Sheet:
    """One array [n, k], or one of rows with named fields; raises ConfigError."""
    return _sheet({"": _array(data, name)}, name, "NPY")


def open_npz(data: bytes, name: str) -> Sheet:
    """Several arrays: those [n] are a column each, those [n, k] are k columns; raises ConfigError."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            members = archive.infolist()
            names = [member.filename for member in members]
            if WORKBOOK in names:
                raise refuse(name, "is an Excel workbook", "save its sheet as CSV")
            if not members or not all(member.endswith(".npy") for member in names):
                raise refuse(name, "is a zip file", "unpack it and give the file of points in it")
            if len(members) > MAX_ARRAYS:
                raise refuse(name, f"has {len(members)} arrays", f"at most {MAX_ARRAYS} are allowed")
            if sum(member.file_size for member in members) > MAX_BYTES:
                raise refuse(name, f"takes {sum(m.file_size for m in members):,} bytes once it is unpacked",
                             f"at most {MAX_BYTES:,} are allowed")  # fmt: skip
            arrays = {}
            for member in members:
                with archive.open(member) as file:
                    arrays[member.filename.removesuffix(".npy")] = _array(file.read(member.file_size), name)
    except BROKEN as error:
        if type(error).__name__ == "ConfigError":
            raise
        raise unreadable(name, "NPZ", error) from None
    return _sheet(arrays, name, "NPZ")


def _array(data: bytes, name: str) -> np.ndarray:
    """One array; its header must promise exactly the bytes that follow, so that no header can claim memory."""
    file = io.BytesIO(data)
    try:
        version = np.lib.format.read_magic(file)
        read = np.lib.format.read_array_header_1_0 if version == (1, 0) else np.lib.format.read_array_header_2_0
        shape, fortran, dtype = read(file)
    # numpy reads it as Python, whose own errors (TokenError, RecursionError, ...) it lets through.
    except Exception as error:
        raise unreadable(name, "NPY", error) from None
    if dtype.hasobject:
        raise refuse(name, "holds Python objects, which only pickle could read", "save numbers: array.astype(float)")
    start = file.tell()
    if not dtype.itemsize or math.prod(shape) * dtype.itemsize != len(data) - start or not 1 <= len(shape) <= 2:
        because = "has a header that does not fit its bytes"
        if math.prod(shape) * dtype.itemsize == len(data) - start:
            because = f"holds an array of the shape {quoted(shape)}"
        raise refuse(name, because, "save an array [n, 2] with numpy.save")
    array = np.frombuffer(data, dtype, offset=start).reshape(shape, order="F" if fortran else "C")
    return array


def _sheet(arrays: dict[str, np.ndarray], name: str, kind: str) -> Sheet:
    columns: dict[str, np.ndarray] = {}
    for label, array in arrays.items():
        columns |= _columns(label, array, name, alone=len(arrays) == 1)
    # Columns stand beside each other where they have as many rows: most of them, or the first.
    lengths = [len(column) for column in columns.values()]
    rows = max(lengths, key=lengths.count, default=0)
    columns = {label: column for label, column in columns.items() if len(column) == rows}
    if len(columns) < 2:
        raise refuse(name, "has one column", "save an array [n, 2], or two arrays x and y of one length")
    names = check_columns(name, list(columns))
    stored = list(columns.values())
    numeric = tuple(column.dtype.kind in NUMBERS for column in stored)

    def chunks(numbers: Sequence[int], labels: Sequence[int]) -> Iterator[pd.DataFrame]:
        import pandas as pd

        for start in range(0, rows, CHUNK):
            part = {index: _plain(stored[index][start : start + CHUNK]) for index in numbers}
            part |= {index: stored[index][start : start + CHUNK].astype(str) for index in labels}
            yield pd.DataFrame(part, copy=False)

    import pandas as pd

    first = pd.DataFrame({index: _plain(column[:SHOWN_ROWS]) for index, column in enumerate(stored)})
    named = bool(arrays.keys() - {""}) or any(array.dtype.names for array in arrays.values())
    return Sheet(name, kind, names, numeric, preview_of(first), chunks, header=named)


def _columns(label: str, array: np.ndarray, name: str, alone: bool) -> dict[str, np.ndarray]:
    """The columns of one array by their names."""
    if array.dtype.names:
        fields = {field: array[field].reshape(len(array), -1)[:, 0] for field in array.dtype.names if array.ndim == 1}
        return {field: column for field, column in fields.items() if column.dtype.kind in NUMBERS + TEXTS}
    if array.dtype.kind not in NUMBERS + TEXTS:
        raise refuse(name, f"holds {array.dtype}", "save real numbers: array.astype(float)")
    if array.ndim == 1:
        return {label or "column 1": array}
    rows, width = array.shape
    if width > MAX_COLUMNS:
        meant = "; it is probably the other way round: save points.T" if rows <= 3 else ""
        raise refuse(name, f"has {rows:,} rows of {width:,} columns", f"at most {MAX_COLUMNS} are allowed{meant}")
    if rows <= 3 < width:
        raise refuse(name, f"has {rows} rows of {width:,} columns", "give a point per row: save points.T")
    titles = numbered(width) if alone else [f"{label} {number}" for number in range(1, width + 1)]
    return {title: array[:, index] for index, title in enumerate(titles)}


def _plain(column: np.ndarray) -> Any:
    """A column that pandas can hold: in the machine's own byte order, halves as floats."""
    if column.dtype.kind == "f":
        return column.astype(np.float64)
    return column.astype(column.dtype.newbyteorder("="))
