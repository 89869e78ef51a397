"""Where a field of numbers on a grid is zero, and the field as a small picture."""

from __future__ import annotations

import base64
import io
import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Values = NDArray[np.float64]
Place = tuple[float, float]
SPREAD = 3.0
"""Cells from tick to tick, at least."""


class Piece(NamedTuple):
    """A piece of the line, in cells of the grid: x to the right, y upward."""

    start: Place
    end: Place
    up: Place
    """The direction in which the field grows there, of length 1."""
    tick: bool
    """Whether a tick belongs here, so that ticks are spread evenly."""


def zeros(field: NDArray[np.floating]) -> list[Piece]:
    """The line at zero of a field [rows, columns], rows from the lower side upward, by marching squares."""
    values = np.asarray(field, np.float64)
    above = values > 0
    corners = above[:-1, :-1], above[:-1, 1:], above[1:, 1:], above[1:, :-1]
    mixed = (np.any(corners, axis=0) & ~np.all(corners, axis=0)).nonzero()
    found: list[Piece] = []
    ticks: list[Place] = []
    for row, column in zip(*map(np.ndarray.tolist, mixed), strict=True):
        a, b, c, d = (float(values[row + i, column + j]) for i, j in ((0, 0), (0, 1), (1, 1), (1, 0)))
        right, top = b + c - a - d, c + d - a - b
        size = math.hypot(right, top) or 1.0
        ends = _crossed(a, b, c, d)
        for start, end in zip(ends[::2], ends[1::2], strict=True):
            (x0, y0), (x1, y1) = start, end
            middle = (column + (x0 + x1) / 2, row + (y0 + y1) / 2)
            tick = all(math.dist(middle, one) >= SPREAD for one in ticks)
            if tick:
                ticks.append(middle)
            place = (column + x0, row + y0), (column + x1, row + y1)
            found.append(Piece(*place, (right / size, top / size), tick))
    return found


def _crossed(a: float, b: float, c: float, d: float) -> Sequence[Place]:
    """Where the line enters and leaves a cell with these corners, round it from the lower left one: 2 or 4 places."""

    def cut(one: float, other: float) -> float:
        return one / (one - other)

    places: list[Place] = []
    if (a > 0) != (b > 0):
        places.append((cut(a, b), 0.0))
    if (b > 0) != (c > 0):
        places.append((1.0, cut(b, c)))
    if (c > 0) != (d > 0):
        places.append((1 - cut(c, d), 1.0))
    if (d > 0) != (a > 0):
        places.append((0.0, 1 - cut(d, a)))
    # A saddle is crossed four times: which pairs belong together, its middle says.
    if len(places) == 4 and (a + b + c + d > 0) != (a > 0):
        places = [places[3], *places[:3]]
    return places


def picture(pixels: NDArray[np.uint8]) -> str:
    """Pixels [rows, columns, 4] of red, green, blue and opacity, from the top down, as the address of a PNG."""
    from PIL import Image

    content = io.BytesIO()
    Image.fromarray(np.ascontiguousarray(pixels)).save(content, "PNG")
    return f"data:image/png;base64,{base64.b64encode(content.getvalue()).decode()}"
