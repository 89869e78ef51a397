"""Points as a picture of characters, for a terminal."""

from __future__ import annotations

import numpy as np

from gancore.words import typed

SHADES = " .:-=+*#%@"
"""From no point to the most that a place holds, in seven-bit characters, which every terminal has."""
WIDTH, HEIGHT = 60, 24
"""Characters of a picture: those of terminals are about twice as high as wide, so that it is nearly square."""


def shades(points: np.ndarray, width: int = WIDTH, height: int = HEIGHT) -> list[str]:
    """Lines with the density of points [n, 2] in their own box, y upwards, and the ends of both axes beside it.

    A place with a point is never blank; shades go by the root of the count, so that single points show beside a crowd.
    """
    points = np.asarray(points, np.float64)
    low, high = points.min(axis=0), points.max(axis=0)
    share = (points - low) / np.where(high > low, high - low, 1)
    column, row = np.minimum((share * (width, height)).astype(int), (width - 1, height - 1)).T
    counts = np.zeros((height, width))
    np.add.at(counts, (height - 1 - row, column), 1)
    level = np.ceil(np.sqrt(counts / counts.max()) * (len(SHADES) - 1)).astype(int)
    lines = ["".join(SHADES[one] for one in line) for line in level]
    ends = typed(high[1], 4), typed(low[1], 4)
    margin = max(map(len, ends))
    sides = [ends[0], *[""] * (height - 2), ends[1]]
    left, right = typed(low[0], 4), typed(high[0], 4)
    below = left.ljust(max(len(left) + 1, width + 2 - len(right))) + right
    edge = f"{' ' * margin} +{'-' * width}+"
    body = [f"{side.rjust(margin)} |{line}|" for side, line in zip(sides, lines, strict=True)]
    return [edge, *body, edge, f"{' ' * margin} {below}"]
