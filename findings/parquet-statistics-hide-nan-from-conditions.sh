#!/usr/bin/env bash
# pyarrow 26.0.1, DuckDB 2.0.1.
#
# Expected: a condition selects the same rows of a table in memory and of the Parquet file that it was written to.
# Behaviour: Parquet's statistics leave NaN out, and say of [1, NaN, 2] that it lies between 1 and 2. pyarrow concludes
#   from them that "not below 5" holds nowhere and skips the rows, NaN among them; DuckDB, for which NaN is the largest
#   number, even finds no row with isnan(). Runs that diverged to NaN are so missing from "which did not get below the
#   threshold", from the file only, and only where the other rows of their group decide the condition alone.
# Seen: ~(w1 < 5) selects 1 row of the table and 0 of the file; isnan(w1) and w1 > 5 in DuckDB 1 and 0. Written without
#   statistics, or with NaN as null for pyarrow's is_null, nothing is lost.
set -euo pipefail
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
python3 -m venv "$folder/venv"
"$folder/venv/bin/pip" install -q pyarrow==26.0.1 duckdb==2.0.1 numpy==2.4.6
cd "$folder"
"$folder/venv/bin/python" - <<'PYTHON'
import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

runs = pa.table({"w1": [1.0, np.nan, 2.0]})
pq.write_table(runs, "with.parquet")
pq.write_table(runs, "without.parquet", write_statistics=False)
above = ~(pc.field("w1") < 5)
files = ("with.parquet", "without.parquet")
arrow = [runs.filter(above).num_rows, *(pq.read_table(file, filters=above).num_rows for file in files)]
print("pyarrow, ~(w1 < 5): table, file, file without statistics:", arrow)
assert arrow == [1, 0, 1], "the behaviour has changed"
for condition in ("isnan(w1)", "w1 > 5", "NOT w1 < 5"):
    counts = [
        duckdb.sql(f"SELECT count(*) FROM {source} WHERE {condition}").fetchall()[0][0]
        for source in ("runs", *(f"'{file}'" for file in files))
    ]
    print(f"DuckDB, {condition}:", counts)
    assert counts == [1, 0, 1], "the behaviour has changed"
PYTHON
