"""Parquet files: only the columns that are wanted, and only once their pages' headers promise no more than they may."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any

from gancore.datasets.points.pages import BadPage, pages
from gancore.datasets.points.sheet import (
    CHUNK,
    MAX_BYTES,
    MAX_COLUMNS,
    MAX_ROWS,
    Sheet,
    check_columns,
    preview_of,
    refuse,
    unreadable,
)
from gancore.parts.errors import ConfigError

if TYPE_CHECKING:
    import pandas as pd

MAX_FOOTER = 2**20
"""Bytes of the description of a file's columns, which takes a hundred times as many once it is read."""
ROWS_READ = 8 * MAX_ROWS
"""Rows that a file may have of which some are chosen by a label."""
LIMITS: Any = {"thrift_string_size_limit": MAX_FOOTER, "thrift_container_size_limit": 2**16}


def open_parquet(data: bytes, name: str) -> Sheet:
    """Flat columns of a Parquet file; raises ConfigError."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    if data[-4:] != b"PAR1" or not 0 < int.from_bytes(data[-8:-4], "little") <= MAX_FOOTER:
        raise unreadable(name, "Parquet", "it does not end as one")
    broken = (pa.ArrowException, OSError, ValueError, MemoryError, IndexError, KeyError, TypeError, OverflowError)
    try:
        file = pq.ParquetFile(io.BytesIO(data), **LIMITS)
        schema, metadata = file.schema_arrow, file.metadata
        if metadata.num_columns > MAX_COLUMNS:
            check_columns(name, range(metadata.num_columns))
        if metadata.num_rows > ROWS_READ:
            raise refuse(name, f"has {metadata.num_rows:,} rows", f"at most {ROWS_READ:,} are read")
        # A column of lists or structs has several leaves, or one with dots in its path.
        leaves = {metadata.schema.column(index).path: index for index in range(metadata.num_columns)}
        flat = [field for field in schema if field.name in leaves and "." not in field.name]
        flat = [field for field in flat if _is_number(field.type) or _is_text(field.type)]
        names = check_columns(name, [field.name for field in flat])
        numeric = tuple(_is_number(field.type) for field in flat)
        first = _frames(data, [field.name for field in flat], leaves, name, texts=_texts(flat))
        preview = preview_of(next(first)) if flat and metadata.num_rows else ()
    except ConfigError:
        raise
    except (*broken, BadPage) as error:
        raise unreadable(name, "Parquet", error) from None

    def chunks(numbers: Sequence[int], labels: Sequence[int]) -> Iterator[pd.DataFrame]:
        wanted = [*numbers, *labels]
        try:
            texts = _texts([flat[index] for index in labels])
            for frame in _frames(data, [flat[index].name for index in wanted], leaves, name, texts):
                frame.columns = wanted
                yield frame
        except ConfigError:
            raise
        except (*broken, BadPage) as error:
            raise unreadable(name, "Parquet", error) from None

    return Sheet(name, "Parquet", names, numeric, preview, chunks)


def _is_number(kind: Any) -> bool:
    import pyarrow as pa

    return pa.types.is_floating(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind)


def _is_text(kind: Any) -> bool:
    import pyarrow as pa

    kind = kind.value_type if pa.types.is_dictionary(kind) else kind
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_boolean(kind)


def _texts(fields: Sequence[Any]) -> list[str]:
    return [field.name for field in fields if not _is_number(field.type)]


def _frames(
    data: bytes, columns: list[str], leaves: dict[str, int], name: str, texts: list[str]
) -> Iterator[pd.DataFrame]:
    """Frames of some columns; a text that stands for many rows is held once."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    strings = [text for text in texts if not pa.types.is_boolean(pq.read_schema(io.BytesIO(data)).field(text).type)]
    file = pq.ParquetFile(io.BytesIO(data), read_dictionary=strings, **LIMITS)
    for column in columns:
        _check_pages(data, file.metadata, leaves[column], name)
    for batch in file.iter_batches(batch_size=CHUNK, columns=columns, use_threads=False):
        import pandas as pd

        yield pd.DataFrame({column: _series(batch.column(column)) for column in columns}, copy=False)


def _series(column: Any) -> Any:
    import pyarrow as pa

    return column.cast(pa.float64()).to_numpy(zero_copy_only=False) if _is_number(column.type) else column.to_pandas()


def _check_pages(data: bytes, metadata: Any, column: int, name: str) -> None:
    """Refuse a column whose pages say that they take more than it may once they are unpacked."""
    left, rows = MAX_BYTES, 0
    for number in range(metadata.num_row_groups):
        chunk = metadata.row_group(number).column(column)
        rows += metadata.row_group(number).num_rows
        first = chunk.data_page_offset
        if chunk.has_dictionary_page and chunk.dictionary_page_offset:
            first = min(first, chunk.dictionary_page_offset)
        end = first + chunk.total_compressed_size
        if not 0 <= first <= end <= len(data):
            raise BadPage("a column is not where the file says")
        for page in pages(data, first, end):
            left -= page.size
        if left < 0:
            raise refuse(name, f"takes more than {MAX_BYTES:,} bytes once it is unpacked", "keep fewer rows")
    if rows != metadata.num_rows:
        raise BadPage("its parts have other numbers of rows than it has itself")
