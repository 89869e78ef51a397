"""Frames of numbers ↔ parquet bytes, read as if they came from a stranger.

A parquet file can promise 16,000 times its own size: a page says how large it is unpacked, a text that stands once may
be meant for a million rows, and lists nest. So what ``encode_frame`` writes is all that is read: flat columns of
numbers, plain and packed with zstd, and run ids through a dictionary. It is checked in the file's own headers before
anything is unpacked (https://github.com/apache/parquet-format, parquet.thrift).
"""

from __future__ import annotations

import io
import re
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.config import quoted, shortened
from gancore.datasets.points.pages import DATA_PAGE, DICTIONARY_PAGE, pages
from gancore.store.errors import Damaged

if TYPE_CHECKING:
    import pandas as pd

MAX_COLUMNS = 100
MAX_CELLS = 2**23
"""Numbers in a frame, 8 bytes each."""
MAX_FOOTER = 2**17
"""Bytes of the description of a file's columns, which takes a hundred times as many once it is read."""
COLUMN = re.compile(r"[a-z][a-z0-9_]{0,63}")
RUN_ID = re.compile(r"[0-9a-f]{64}")
PLAIN, DICTIONARIES = 0, (2, 8)
"""Encodings of a page: values, or (in either spelling) numbers of values in the dictionary page before."""


def encode_frame(frame: pd.DataFrame) -> bytes:
    """Parquet bytes of a frame of numbers (and run ids)."""
    import pyarrow as pa

    return _encode(pa.Table.from_pandas(frame, preserve_index=False).replace_schema_metadata(None))


def encode_columns(columns: Mapping[str, np.ndarray]) -> bytes:
    """The same of columns of numbers [rows], without the detour of a frame, which takes most of the time."""
    import pyarrow as pa

    # As from a frame, NaN is stored as a missing value.
    return _encode(pa.table({name: pa.array(values, from_pandas=True) for name, values in columns.items()}))


def _encode(table: Any) -> bytes:
    import pyarrow.parquet as pq

    buffer = io.BytesIO()
    dictionary = ["run_id"] if "run_id" in table.column_names else False
    pq.write_table(table, buffer, compression="zstd", use_dictionary=dictionary, write_statistics=False)  # type: ignore[arg-type]
    return buffer.getvalue()


def decode_frame(data: bytes, max_rows: int, runs: int = 0) -> pd.DataFrame:
    """A frame of numbers with a ``step`` column; raises Damaged.

    ``runs``: the most runs that it may be of; where there are any it has a ``run_id`` column, a categorical one.
    """
    import pandas as pd
    import pyarrow as pa
    import pyarrow.parquet as pq

    if data[:4] != b"PAR1" or data[-4:] != b"PAR1" or not 0 < int.from_bytes(data[-8:-4], "little") <= MAX_FOOTER:
        raise Damaged("it is not a readable parquet file (its ends are not those of one)")
    try:
        limits: Any = {"thrift_string_size_limit": MAX_FOOTER, "thrift_container_size_limit": 2**12}
        file = pq.ParquetFile(pa.BufferReader(data), **limits)
        _check_columns(file, max_rows, runs)
        _check_pages(data, file.metadata, runs)
        if runs:  # read as numbers of ids, which only a column of texts can be
            file = pq.ParquetFile(pa.BufferReader(data), metadata=file.metadata, read_dictionary=["run_id"], **limits)
        columns: dict[str, Any] = {}
        for name in file.schema_arrow.names:  # one after another, so that there is never a second copy of all
            table = file.read([name], use_threads=False)  # pyright: ignore[reportUnknownMemberType]
            column = table.column(0)
            columns[name] = _run_ids(column, runs) if runs and name == "run_id" else column.to_numpy()
            del table, column  # their memory serves the next one; Arrow keeps what it let go of
            pa.default_memory_pool().release_unused()
        return pd.DataFrame(columns, copy=False)
    except Damaged:
        raise
    except (pa.ArrowException, OSError, ValueError, MemoryError, IndexError, KeyError, TypeError) as error:
        reason = shortened(" ".join(str(error).split()), 200)
        raise Damaged(f"it is not a readable parquet file ({reason})") from None


def _check_columns(file: Any, max_rows: int, runs: int) -> None:
    """Raise Damaged where a frame has other columns, or more of them or of their rows, than it may."""
    import pyarrow as pa

    schema, rows = file.schema_arrow, file.metadata.num_rows
    if not 0 <= rows <= max_rows or len(schema.names) > MAX_COLUMNS:
        raise Damaged(f"it has more than {max_rows:,} rows or {MAX_COLUMNS} columns")
    if rows * len(schema.names) > MAX_CELLS:
        raise Damaged(f"it has {rows:,} rows of {len(schema.names)} columns; at most {MAX_CELLS:,} values are allowed")
    for column in schema:
        kind = column.type
        if runs and column.name == "run_id":
            allowed = pa.types.is_string(kind) or pa.types.is_large_string(kind)
        else:
            allowed = pa.types.is_floating(kind) or pa.types.is_integer(kind)
        if not COLUMN.fullmatch(column.name) or not allowed:
            raise Damaged(f"it has an unexpected column {quoted(column.name)} of type {shortened(str(kind))}")
    if "step" not in schema.names or (runs and "run_id" not in schema.names):
        raise Damaged("its step or run_id column is missing")
    if len(set(schema.names)) < len(schema.names) or file.metadata.num_columns != len(schema.names):
        raise Damaged("a column is there twice")


def _check_pages(data: bytes, metadata: Any, runs: int) -> None:
    """Raise Damaged where a page says that it is larger, or of another kind, than the column's rows need."""
    rows = 0
    for group in range(metadata.num_row_groups):
        rows += metadata.row_group(group).num_rows
        for number in range(metadata.num_columns):
            chunk = metadata.row_group(group).column(number)
            count = metadata.row_group(group).num_rows
            if not 0 <= count == chunk.num_values or chunk.compression not in ("ZSTD", "UNCOMPRESSED"):
                raise Damaged("a column's values are not as many as its rows, or packed in an unknown way")
            has_ids = bool(runs) and chunk.path_in_schema == "run_id"
            if chunk.has_dictionary_page != has_ids:
                raise Damaged("a column of numbers has a dictionary, or one of run ids has none")
            first = chunk.dictionary_page_offset if has_ids else chunk.data_page_offset
            if first > chunk.data_page_offset:
                raise Damaged("a column's dictionary stands behind its values")
            _check_chunk(data, first, first + chunk.total_compressed_size, count, runs if has_ids else 0)
    if rows != metadata.num_rows:
        raise Damaged("its parts have other numbers of rows than it has itself")


def _check_chunk(data: bytes, position: int, end: int, rows: int, runs: int) -> None:
    """Walk over the pages of one column; ``runs``: of how many run ids it may be, 0 for numbers."""
    if not 4 <= position < end <= len(data) and rows:
        raise Damaged("a column is not where the file says")
    # A number takes 8 bytes and, where some are missing, a bit more; the number of a run id 4, an id 64 and its length.
    left = 16 * rows + 2**12 + 2 * 68 * runs
    seen, names = 0, 0
    for page in pages(data, position, end):
        if page.kind == DATA_PAGE:
            seen += page.values
            sound = page.encoding in DICTIONARIES if names else page.encoding == PLAIN and not runs
        else:
            names += page.values
            sound = page.kind == DICTIONARY_PAGE and 0 < page.values <= runs and names == page.values and not seen
        left -= page.size
        if not sound or left < 0 or seen > rows:
            raise Damaged("a page is larger, or of another kind, than the column's rows need")
    if seen != rows:
        raise Damaged("a column's pages do not hold its rows")


def _run_ids(column: Any, runs: int) -> pd.Categorical[str]:
    """A column of run ids, each held once."""
    import pandas as pd

    numbers: dict[str, int] = {}
    codes: list[np.ndarray] = []
    for chunk in column.chunks:
        if chunk.null_count or len(chunk.dictionary) > runs:
            raise Damaged("a row has no run_id, or there are more of them than runs")
        ids = chunk.dictionary.to_pylist()
        if not all(isinstance(name, str) and RUN_ID.fullmatch(name) for name in ids):
            raise Damaged("a run_id is not 64 hexadecimal digits")
        known = np.array([numbers.setdefault(name, len(numbers)) for name in ids], np.int32)
        codes.append(known[chunk.indices.to_numpy()])
    together = np.concatenate(codes) if codes else np.zeros(0, np.int32)
    return pd.Categorical.from_codes(together, pd.Index(list(numbers)))
