"""ARFF files: scipy reads what their columns are, and pandas the rows, in a tenth of scipy's time."""

from __future__ import annotations

import io
import re
from dataclasses import replace

import numpy as np

from gancore.datasets.points.sheet import MAX_COLUMNS, Sheet, check_columns, refuse, unreadable
from gancore.datasets.points.text import open_text

DATA = re.compile(rb"^[ \t]*@data[ \t]*(?:%[^\r\n]*)?\r?\n", re.IGNORECASE | re.MULTILINE)
MAX_HEADER = 2**18
"""Bytes of the description of a file's columns."""


def open_arff(data: bytes, name: str) -> Sheet:
    """Numbers and nominal values of an ARFF file whose rows are not sparse; raises ConfigError."""
    from scipy.io import arff

    found = DATA.search(data, 0, MAX_HEADER)
    if found is None:
        raise unreadable(name, "ARFF", f"there is no @data in its first {MAX_HEADER:,} bytes")
    header = data[: found.end()].decode("utf-8-sig", "replace")
    try:
        with np.errstate(all="ignore"):
            _, meta = arff.loadarff(io.StringIO(header))
    # scipy's parser of a stranger's text raises whatever its lines run into.
    except Exception as error:
        raise unreadable(name, "ARFF", error) from None
    attributes = meta.names()
    if len(attributes) > MAX_COLUMNS:
        check_columns(name, attributes)
    rows = data[found.end() :]
    if rows.lstrip()[:1] == b"{":
        raise refuse(name, "has sparse rows", "save it with every value in its place, or as CSV")
    # Without its header the file is text as any other.
    sheet = open_text(rows, name, named=True)
    if len(sheet.columns) != len(attributes):
        because = f"has rows of {len(sheet.columns)} values for {len(attributes)} attributes"
        raise refuse(name, because, "give a value for each")
    numeric = tuple(meta[attribute][0] == "numeric" for attribute in attributes)
    return replace(sheet, format="ARFF", columns=check_columns(name, attributes), numeric=numeric, separator="")
