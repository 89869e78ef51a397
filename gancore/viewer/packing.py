"""Numbers as text that JSON carries: little-endian arrays in base64."""

from __future__ import annotations

import base64

import numpy as np

from gancore.recording.window import Window
from gancore.viewer.fields import Numbers
from gancore.words import short

REACH = 2.0
"""Points are kept out to so many half sides of a panel; those beyond stand at its edge, outside every panel."""
LARGEST = 65_534
DIGITS = 6
"""Significant digits of what a column is unpacked by."""
MISSING = 65_535
"""Code of what is not a number."""


def packed(values: np.ndarray) -> str:
    """An array as base64, row by row, in its own type."""
    data = np.ascontiguousarray(values)
    return base64.b64encode(data.astype(data.dtype.newbyteorder("<")).tobytes()).decode()


def packed_points(points: np.ndarray, window: Window) -> str:
    """Points [..., 2] as uint16, in coordinates that run from -1 to 1 through the window: within 1/30,000 of a side."""
    points = window.to_unit(points)
    codes = np.rint((np.clip(points, -REACH, REACH) + REACH) / (2 * REACH) * LARGEST)
    return packed(np.where(np.isfinite(points), codes, MISSING).astype(np.uint16))


def packed_numbers(values: np.ndarray) -> Numbers:
    """Numbers as uint16, within 1/10,000 of their range and closer by far around their median; what is not finite NaN.

    Codes are even steps of the inverse hyperbolic sine of the distance from the median, in units of how far values
    usually are from it: a run that explodes takes no detail from the others.
    """
    values = np.asarray(values, np.float64)
    finite = values[np.isfinite(values)]
    if not len(finite):
        finite = np.zeros(1)
    middle = short(float(np.median(finite)), DIGITS)
    away = np.abs(finite - middle)
    unit = short(max(float(np.median(away)), float(away.max()) / 1000), DIGITS) or 1.0
    bent = np.arcsinh((values - middle) / unit)
    found = bent[np.isfinite(bent)]
    low, high = (short(float(end), DIGITS) for end in (found.min(), found.max())) if len(found) else (0.0, 0.0)
    codes = np.rint((np.clip(bent, low, high) - low) / ((high - low) or 1.0) * LARGEST)
    whole = np.where(np.isfinite(bent), codes, MISSING).astype(np.uint16)
    return {"middle": middle, "unit": unit, "low": low, "high": high, "codes": packed(whole)}
