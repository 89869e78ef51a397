"""A condition on stored numbers selects the same rows of the file as of the table that it was written from."""

from __future__ import annotations

import io

import numpy as np
import pytest

from gancore.store.parquet import encode_columns


@pytest.mark.parametrize("missing", [np.nan, np.inf])
def test_a_diverged_run_is_in_the_file_for_every_condition(missing: float) -> None:
    """Parquet's statistics leave NaN out, and pyarrow skips rows by them: files are written without statistics."""
    import pyarrow.compute as pc
    import pyarrow.parquet as pq

    data = encode_columns({"step": np.arange(3), "w1": np.array([1.0, missing, 2.0])})
    table = pq.read_table(io.BytesIO(data))
    assert pq.ParquetFile(io.BytesIO(data)).metadata.row_group(0).column(1).statistics is None
    w1 = pc.field("w1")
    for condition, selected in (
        (~(w1 < 5) | w1.is_null(), [1]),
        (w1.is_null() | pc.is_inf(w1), [1]),
        (w1 < 5, [0, 2]),
        (~(w1 == 1) | w1.is_null(), [1, 2]),
    ):
        for rows in (table.filter(condition), pq.read_table(io.BytesIO(data), filters=condition)):
            assert rows["step"].to_pylist() == selected
