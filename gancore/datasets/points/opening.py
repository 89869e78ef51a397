"""open_sheet: the format of a file by what its bytes begin with, and the room that reads it."""

from __future__ import annotations

from pathlib import Path

from gancore.datasets.points.arff import open_arff
from gancore.datasets.points.arrays import open_npy, open_npz
from gancore.datasets.points.columnar import open_parquet
from gancore.datasets.points.sheet import MAX_BYTES, Sheet, printable, refuse, too_large
from gancore.datasets.points.text import open_text
from gancore.parts.errors import ConfigError, shortened

OPENED = {"Parquet": open_parquet, "NPY": open_npy, "NPZ": open_npz, "ARFF": open_arff, "text": open_text}
ENDINGS = {
    ".parquet": "Parquet", ".pq": "Parquet", ".npy": "NPY", ".npz": "NPZ", ".arff": "ARFF",
    ".csv": "text", ".tsv": "text", ".txt": "text", ".dat": "text",
}  # fmt: skip
SIGNS = (
    (b"PAR1", "Parquet"),
    (b"\x93NUMPY", "NPY"),
    (b"PK\x03\x04", "NPZ"),
    (b"PK\x05\x06", "NPZ"),
)
OTHERS: dict[str, dict[bytes, str]] = {
    "unpack it first": {
        b"\x1f\x8b": "is packed with gzip",
        b"BZh": "is packed with bzip2",
        b"\xfd7zXZ": "is packed with xz",
        b"\x28\xb5\x2f\xfd": "is packed with Zstandard",
    },
    "save it as CSV, Parquet or NPY": {b"\x80": "seems to be a pickle, which could run code", b"\x89HDF": "is HDF5"},
    "save it as CSV or NPY": {b"MATLAB": "is a MATLAB file"},
    "save its sheet as CSV": {b"\xd0\xcf\x11\xe0": "is an old Excel workbook"},
    "give a table of points": {
        b"\x89PNG": "is an image",
        b"\xff\xd8\xff": "is an image",
        b"%PDF": "is a PDF document",
    },
    "save it as CSV": {b"{": "is JSON", b"<": "is HTML or XML"},
}
"""What to do → how files begin that are not read, and what these are."""


def open_sheet(source: bytes | Path, name: str) -> Sheet:
    """Columns and first rows of a file; ``name`` is the file's, by which errors call it. Raises ConfigError."""
    name = shortened(printable(name)) or "file"
    data = _bytes(source, name) if isinstance(source, Path) else source
    if len(data) > MAX_BYTES:
        raise too_large(name, len(data))
    if not data.strip():
        raise refuse(name, "is empty", "give a file of points")
    kind, wanted = _kind(data, name), ENDINGS.get(Path(name).suffix.lower())
    if wanted is not None and wanted != kind:
        ending = next(end for end, format in ENDINGS.items() if format == kind)
        raise refuse(name, f"is not what its name says: it is {kind}", f"name it {ending}, or give another file")
    return OPENED[kind](data, name)


def _bytes(path: Path, name: str) -> bytes:
    try:
        with path.open("rb") as file:
            data = file.read(MAX_BYTES + 1)
            if len(data) > MAX_BYTES:
                raise too_large(name, max(path.stat().st_size, len(data)))
            return data
    except (OSError, ValueError) as error:
        if isinstance(error, ConfigError):
            raise
        reason = getattr(error, "strerror", None) or error
        raise refuse(name, f"cannot be read ({reason})", "give a file of points") from None


def _kind(data: bytes, name: str) -> str:
    """The format by what the bytes begin with; ConfigError where it is one of those that are not read."""
    start = data[:4096].removeprefix(b"\xef\xbb\xbf").lstrip()
    for sign, kind in SIGNS:
        if data.startswith(sign):
            return kind
    for allowed, signs in OTHERS.items():
        for sign, because in signs.items():
            if start.startswith(sign):
                raise refuse(name, because, allowed)
    lines = [line.strip().lower() for line in start.splitlines()]
    written = next((line for line in lines if line and not line.startswith(b"%")), b"")
    return "ARFF" if written.startswith((b"@relation", b"@attribute")) else "text"
