"""Numbers as text that JSON carries: little-endian arrays in base64."""

from __future__ import annotations

import base64

import numpy as np

REACH = 2.0
"""Points are kept out to so many half sides of a panel; those beyond stand at its edge, outside every panel."""
LARGEST = 65_534
MISSING = 65_535
"""Code of a coordinate that is not a number."""


def packed(values: np.ndarray) -> str:
    """An array as base64, row by row, in its own type."""
    data = np.ascontiguousarray(values)
    return base64.b64encode(data.astype(data.dtype.newbyteorder("<")).tobytes()).decode()


def packed_points(points: np.ndarray, half: float) -> str:
    """Points [..., 2] as uint16 over a square of ``REACH`` times the half side: within 1/30,000 of its side."""
    reach = REACH * half
    codes = np.rint((np.clip(points, -reach, reach) + reach) / (2 * reach) * LARGEST)
    return packed(np.where(np.isfinite(points), codes, MISSING).astype(np.uint16))


def packed_numbers(values: np.ndarray) -> str:
    """Numbers as float32; what is missing stays NaN."""
    return packed(np.asarray(values, np.float32))
