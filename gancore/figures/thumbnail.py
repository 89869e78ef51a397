"""A distribution as a small drawing: points as one path of an SVG image."""

from __future__ import annotations

import numpy as np

SIDE = 100
"""Units of a thumbnail's width and height."""
MARGIN = 9
"""Units of it that stay free on every side."""
LINE, CLOUD = 160, 300
"""Points of a thumbnail: of what is a line, and of what has a width."""


def thumbnail(points: np.ndarray) -> str:
    """Points [n, 2] as the path of a square SVG image of 100 units, each of them a dot under a round line cap.

    The drawing fills the square in its longer direction and is as high as it is wide; y points up. A dot that falls
    on another one is left out, as are points that are not finite; without any the path is empty.
    """
    points = np.asarray(points, np.float64)
    points = points[np.isfinite(points).all(axis=1)]
    if not len(points):
        return ""
    low, high = points.min(axis=0), points.max(axis=0)
    extent = max(float((high - low).max()), 1e-12)
    placed = (points - (low + high) / 2) / extent * (SIDE - 2 * MARGIN) * (1, -1) + SIDE / 2
    dots = dict.fromkeys(map(tuple, np.rint(placed).astype(int).tolist()))
    return "".join(f"M{x} {y}h0" for x, y in dots)
