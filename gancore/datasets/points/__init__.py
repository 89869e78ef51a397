"""Points of one's own: read from files, kept by their content, and a distribution to train on."""

from __future__ import annotations

from gancore.datasets.points.dataset import OwnPoints, Units, split_seed
from gancore.datasets.points.known import EXAMPLE, digest, example, forget, is_known, load, look_in, missing
from gancore.datasets.points.opening import open_sheet
from gancore.datasets.points.reading import LEAST, Table, pick, read_table
from gancore.datasets.points.sheet import MAX_BYTES, MAX_ROWS, Sheet

__all__ = [
    "EXAMPLE",
    "LEAST",
    "MAX_BYTES",
    "MAX_ROWS",
    "OwnPoints",
    "Sheet",
    "Table",
    "Units",
    "digest",
    "example",
    "forget",
    "is_known",
    "load",
    "look_in",
    "missing",
    "open_sheet",
    "pick",
    "read_table",
    "split_seed",
]
