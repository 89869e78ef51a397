"""ARFF files, which scipy reads."""

from __future__ import annotations

import io
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

import numpy as np

from gancore.datasets.points.sheet import CHUNK, Sheet, check_columns, preview_of, unreadable

if TYPE_CHECKING:
    import pandas as pd


def open_arff(data: bytes, name: str) -> Sheet:
    """Numbers and nominal values of an ARFF file, which is read whole; raises ConfigError."""
    import pandas as pd
    from scipy.io import arff

    try:
        with np.errstate(all="ignore"):
            table, meta = arff.loadarff(io.StringIO(data.decode("utf-8-sig", "replace")))
    # scipy's parser of a stranger's text raises whatever its lines run into.
    except Exception as error:
        raise unreadable(name, "ARFF", error) from None
    kept = [column for column in meta.names() if meta[column][0] in ("numeric", "nominal")]
    names = check_columns(name, kept)
    numeric = tuple(meta[column][0] == "numeric" for column in kept)

    def column(index: int, start: int, stop: int) -> np.ndarray:
        part = table[kept[index]][start:stop]
        return part if numeric[index] else np.char.decode(part, "utf-8", "replace")

    def chunks(numbers: Sequence[int], labels: Sequence[int]) -> Iterator[pd.DataFrame]:
        for start in range(0, len(table), CHUNK):
            part = {index: column(index, start, start + CHUNK) for index in [*numbers, *labels]}
            yield pd.DataFrame(part, copy=False)

    first = pd.DataFrame({index: column(index, 0, 10) for index in range(len(kept))})
    return Sheet(name, "ARFF", names, numeric, preview_of(first), chunks)
