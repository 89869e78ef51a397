"""Points of one's own ↔ the bytes of an array, which are checked against their hash."""

from __future__ import annotations

import io

import numpy as np

from gancore.datasets.points import LEAST, digest
from gancore.store.codec import decode_array
from gancore.store.errors import Damaged


def encode_points(points: np.ndarray) -> bytes:
    """NPY bytes of points [n, 2] in float64."""
    buffer = io.BytesIO()
    np.lib.format.write_array(buffer, np.ascontiguousarray(points, "<f8"), version=(1, 0), allow_pickle=False)
    return buffer.getvalue()


def decode_points(data: bytes, sha256: str) -> np.ndarray:
    """Finite points float64 [n, 2] with this hash; raises Damaged where the bytes hold anything else."""
    points = decode_array(data, "f")
    if points.dtype != np.float64 or points.ndim != 2 or points.shape[1] != 2 or len(points) < LEAST:
        raise Damaged("it is no set of points")
    if not np.isfinite(points).all() or digest(points) != sha256:
        raise Damaged("its points are not those of its name")
    return points
