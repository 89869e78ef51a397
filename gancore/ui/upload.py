"""Points of one's own from a file that is chosen or dropped, or from rows that are pasted."""

from __future__ import annotations

import hashlib

import pandas as pd
import streamlit as st

from gancore import figures
from gancore.config import ConfigError
from gancore.datasets.points import Sheet, Table, open_sheet, pick
from gancore.store import KeptPoints, Store, StoreError
from gancore.ui.show import show_square
from gancore.ui.text import escaped

MEGABYTES = 64
"""Largest upload: 1,000,000 rows of two columns have 45. Streamlit keeps uploads in memory; commands take more."""
PASTED = 1_000_000
"""Characters that may be pasted."""
ENDINGS = ["csv", "tsv", "txt", "dat", "arff", "parquet", "pq", "npy", "npz"]
ALL = "all rows"


def section(store: Store) -> KeptPoints | None:
    """Draws a box for a file and one for rows, then columns, rows and a preview of what was found.

    The points that were just asked for, kept in the store, or None. What is wrong is said in a sentence.
    """
    given = _given()
    if given is None:
        return None
    data, name = given
    try:
        sheet = _opened(hashlib.sha256(data).hexdigest(), name, data)
        table = _picked(sheet)
        if table is None:
            return None
        _preview(table)
        if st.button("Use these points", type="primary", icon=":material/check:", key="points_use"):
            return store.points.add(table)
    except (ConfigError, StoreError) as error:
        st.error(escaped(error), icon=":material/upload_file:")
    return None


def _given() -> tuple[bytes, str] | None:
    """The bytes of a file, or of what was pasted, and a name for them."""
    file = st.file_uploader(
        "A file of points, chosen or dropped here",
        type=ENDINGS,
        key="points_file",
        max_upload_size=MEGABYTES,
        help="CSV, TSV, semicolons, blanks, decimal commas, with or without a header; ARFF, Parquet, NPY, NPZ. "
        "20 to 1,000,000 rows.",
    )
    pasted = st.text_area(
        "Or rows from the clipboard",
        key="points_pasted",
        max_chars=PASTED,
        height=100,
        placeholder="x, y\n0.12, 3.4\n…",
        help="Two numbers a row, as a spreadsheet copies them.",
    )
    if file is not None:
        return file.getvalue(), file.name
    return (pasted.encode(), "clipboard") if pasted.strip() else None


def _picked(sheet: Sheet) -> Table | None:
    """The points of the columns and rows that are chosen; None where there is nothing to choose. Raises ConfigError."""
    first = _read(sheet, None, None)
    by = next(iter(first.labels), None)
    numeric = [name for name, number in zip(sheet.columns, sheet.numeric, strict=True) if number]
    options = [*dict.fromkeys([*first.columns, *numeric])]
    with st.container(horizontal=True):
        x = st.selectbox("x", options, options.index(first.columns[0]), key="points_x")
        y = st.selectbox("y", options, options.index(first.columns[1]), key="points_y")
        if by is not None:
            columns = list(first.labels)
            by = st.selectbox("Rows by", columns, key="points_by") if len(columns) > 1 else by
            values = [ALL, *first.labels[by]]
            words = {value: f"{value} ({rows:,})" for value, rows in first.labels[by].items()}
            value = st.selectbox(
                f"Rows where {by} is", values, key="points_where", format_func=lambda value: words.get(value, value)
            )
        else:
            value = ALL
    where = None if value == ALL else f"{by}={value}"
    chosen = (x, y)
    return first if chosen == first.columns and where is None else _read(sheet, chosen, where)


def _preview(table: Table) -> None:
    """What was found, the first rows of the file, and the points in its own units."""
    st.caption(escaped(table.found))
    rows = pd.DataFrame(list(table.sheet.preview))
    rows.columns = list(table.sheet.columns)[: rows.shape[1]]
    with st.expander("The first rows of the file"):
        st.dataframe(rows.iloc[:, :20], hide_index=True)
    low, high = table.points.min(axis=0), table.points.max(axis=0)
    unit = (table.points - (low + high) / 2) / ((high - low) / 2)
    x, y = table.columns
    with st.container(width=420):
        show_square(figures.scatter(unit), "points_preview", f"{len(table.points):,} points of {table.name}")
    st.caption(
        escaped(
            f"{x} runs from {low[0]:.6g} to {high[0]:.6g} and {y} from {low[1]:.6g} to {high[1]:.6g}; "
            "both are drawn, and trained on, from -1 to 1."
        )
    )


def _opened(digest: str, name: str, data: bytes) -> Sheet:
    return _open(digest, name, data)


@st.cache_resource(max_entries=2, ttl=3600, show_spinner="Looking at the file…")
def _open(digest: str, name: str, _data: bytes) -> Sheet:
    return open_sheet(_data, name)


def _read(sheet: Sheet, columns: tuple[str, str] | None, where: str | None) -> Table:
    return _pick(f"{id(sheet)}", columns, where, sheet)


@st.cache_resource(max_entries=4, ttl=3600, show_spinner="Reading the points…")
def _pick(sheet: str, columns: tuple[str, str] | None, where: str | None, _sheet: Sheet) -> Table:
    return pick(_sheet, columns, where)
