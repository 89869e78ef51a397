"""Columns are stored as a frame of them would be, byte for byte."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest

from gancore.store.parquet import decode_frame, encode_columns, encode_frame


@pytest.mark.parametrize("rows", [0, 1, 50])
def test_columns_are_stored_as_a_frame_of_them(rows: int) -> None:
    rng = np.random.default_rng(1)
    columns = {
        "step": np.arange(rows, dtype=np.int64),
        "d_loss": rng.random(rows),
        "w1": np.where(np.arange(rows) % 2, rng.random(rows), np.nan),
        "single": rng.random(rows).astype(np.float32),
        "unknown": np.full(rows, np.nan),
        "endless": np.full(rows, np.inf),
    }
    data = encode_columns(columns)
    assert data == encode_frame(pd.DataFrame(columns))
    found = decode_frame(data, 100)
    for name, values in columns.items():
        assert np.array_equal(found[name].to_numpy(), values, equal_nan=True)
