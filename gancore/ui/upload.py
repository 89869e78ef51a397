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
from gancore.words import interval, typeset

MEGABYTES = 64
"""Largest upload: 1,000,000 rows of two columns have 45. Streamlit keeps uploads in memory; commands take more."""
PASTED = 1_000_000
"""Characters that may be pasted."""
ENDINGS = ["csv", "tsv", "txt", "dat", "arff", "parquet", "pq", "npy", "npz"]
ALL = "all rows"


def section(store: Store) -> KeptPoints | None:
    """Draws a box for a file and one for rows, then columns, rows and a preview of what was found.

    Gives the points that were just asked for, kept in the store, or None. What is wrong is said in a sentence.
    """
    given = _given()
    if given is None:
        return None
    data, name = given
    try:
        digest = hashlib.sha256(data).hexdigest()
        table = _picked(f"{digest} {name}", _open(digest, name, data))
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


def _picked(file: str, sheet: Sheet) -> Table:
    """The points of the columns and rows that are chosen; raises ConfigError."""
    options = [name for name, number in zip(sheet.columns, sheet.numeric, strict=True) if number]
    refused: ConfigError | None = None
    labels: dict[str, dict[str, int]] = {}
    x, y = (*options, "", "")[:2]
    try:
        first = _read(file, None, None, sheet)
        (x, y), labels = first.columns, first.labels
        options = [*dict.fromkeys([x, y, *options])]
    except ConfigError as error:  # other columns may do
        refused = error
        if len(options) < 3:
            raise
    where = None
    with st.container(horizontal=True):
        chosen = tuple(
            st.selectbox(axis, options, options.index(column), key=f"points_{axis}")
            for axis, column in (("x", x), ("y", y))
        )
        by = st.selectbox("Rows by", [ALL, *labels], key="points_by") if labels else ALL
        if by in labels:
            values = labels[by]
            value = st.selectbox(
                f"Rows where {by} is", list(values), key="points_where", format_func=lambda v: f"{v} ({values[v]:,})"
            )
            where = f"{by}={value}"
    if refused is not None and chosen == (x, y):
        raise refused
    return _read(file, chosen, where, sheet)


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
        show_square(
            figures.scatter(unit, units=((low + high) / 2, (high - low) / 2)),
            "points_preview",
            f"{len(table.points):,} points of {table.name}",
        )
    st.caption(
        escaped(
            f"{x} runs from {interval(low[0], high[0], typeset)} and {y} from {interval(low[1], high[1], typeset)}; "
            "in training both run from −1 to 1."
        )
    )


@st.cache_resource(max_entries=2, ttl=3600, show_spinner="Looking at the file…")
def _open(digest: str, name: str, _data: bytes) -> Sheet:
    return open_sheet(_data, name)


@st.cache_resource(max_entries=4, ttl=3600, show_spinner="Reading the points…")
def _read(file: str, columns: tuple[str, ...] | None, where: str | None, _sheet: Sheet) -> Table:
    return pick(_sheet, columns, where)
