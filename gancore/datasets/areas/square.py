"""A square, and a checkerboard of squares."""

from __future__ import annotations

from collections.abc import Sequence
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field

from gancore.datasets.area import EDGE, Area
from gancore.datasets.curves.polygon import through
from gancore.datasets.traced import Trace
from gancore.parts import OfData
from gancore.parts.dataset import Array

CORNERS = np.array([[0, 0], [1, 0], [1, 1], [0, 1]], np.float64)


class Square(Area):
    """The square [-1, 1]², evenly."""

    kind: Literal["square"] = "square"
    label: ClassVar[str] = "Square"

    def place(self, u: Array, v: Array) -> Array:
        """Points [n, 2]: u from left to right, v upwards."""
        return np.stack([2 * u - 1, 2 * v - 1], axis=1)

    def inverse(self, points: Array) -> tuple[Array, Array]:
        """The u and v [n] of points [n, 2]."""
        u, v = (points.T + 1) / 2
        return u, v

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which points [n, 2] lie in the square."""
        return np.abs(points).max(axis=1) <= 1 + EDGE

    def foot(self, points: Array) -> Array:
        """The point of the square [n, 2] nearest to each point [n, 2]."""
        return np.clip(points, -1, 1)

    def edge(self) -> Sequence[Trace]:
        """Its four sides."""
        return [through(2 * CORNERS - 1, True)]

    def log_density(self, unit_points: ArrayLike) -> Array:
        """-ln 4 within, without the dataset's noise."""
        return np.where(self.inside(np.asarray(unit_points, np.float64)), -np.log(4), -np.inf)


class Checkerboard(Area):
    """Every other square of a board on [-1, 1]², evenly, the lower left one among them."""

    kind: Literal["checkerboard"] = "checkerboard"
    label: ClassVar[str] = "Checkerboard"

    rows: OfData[int] = Field(default=4, ge=2, le=8)
    """Squares of the board along each side."""

    @property
    def squares(self) -> NDArray[np.intp]:
        """Column and row [K, 2] of each square, from below."""
        row, column = np.divmod(np.arange(self.rows**2), self.rows)
        return np.stack([column, row], axis=1)[(column + row) % 2 == 0]

    @property
    def parts(self) -> int:  # type: ignore[override]  # it depends on a field
        """Squares with probability."""
        return (self.rows**2 + 1) // 2

    def place(self, u: Array, v: Array) -> Array:
        """Points [n, 2]: u from left to right of one square after the other, v upwards."""
        number = np.minimum((u * self.parts).astype(np.intp), self.parts - 1)
        within = np.stack([u * self.parts - number, v], axis=1)
        return 2 / self.rows * (self.squares[number] + within) - 1

    def inverse(self, points: Array) -> tuple[Array, Array]:
        """The u and v [n] of points [n, 2]."""
        on_board = (points + 1) * self.rows / 2
        square = np.clip(np.floor(on_board).astype(np.intp), 0, self.rows - 1)
        # Points on a side belong to the square beside it that has probability.
        odd = np.flatnonzero(square.sum(axis=1) % 2)
        for axis in (0, 1):
            off = on_board[odd] - square[odd]
            side = np.where(off[:, axis] < 1e-6, -1, np.where(off[:, axis] > 1 - 1e-6, 1, 0))
            moved = square[odd, axis] + side
            move = (side != 0) & (moved >= 0) & (moved < self.rows)
            square[odd[move], axis] = moved[move]
            odd = odd[~move]
        number = np.full(self.rows**2, 0)
        number[self.squares[:, 1] * self.rows + self.squares[:, 0]] = np.arange(self.parts)
        u, v = np.clip(on_board - square, 0, 1 - 1e-12).T
        return (number[square[:, 1] * self.rows + square[:, 0]] + u) / self.parts, v

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which points [n, 2] lie in a square with probability."""
        on_board = (points + 1) * self.rows / 2
        found = np.zeros(len(points), np.bool_)
        for moved in (on_board - EDGE, on_board + EDGE):
            square = np.floor(moved)
            found |= ((square >= 0) & (square < self.rows)).all(axis=1) & (square.sum(axis=1) % 2 == 0)
        return found

    def foot(self, points: Array) -> Array:
        """The point [n, 2] of the square nearest to each point [n, 2]."""
        on_board = (points + 1) * self.rows / 2
        x, y = (np.clip(axis[:, None], low, low + 1) for axis, low in zip(on_board.T, self.squares.T, strict=True))
        nearest = np.hypot(x - on_board[:, :1], y - on_board[:, 1:]).argmin(axis=1)
        every = np.arange(len(points))
        return 2 / self.rows * np.stack([x[every, nearest], y[every, nearest]], axis=1) - 1

    def edge(self) -> Sequence[Trace]:
        """The sides of every square."""
        return [through(2 / self.rows * (CORNERS + square) - 1, True) for square in self.squares]

    def log_density(self, unit_points: ArrayLike) -> Array:
        """Of the squares without the dataset's noise; -inf outside."""
        value = -np.log(self.parts * (2 / self.rows) ** 2)
        return np.where(self.inside(np.asarray(unit_points, np.float64)), value, -np.inf)
