"""Cells of the plane, each with the nodes of a curve that may be nearest there."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from gancore.parts.dataset import Array

FEW = 500
"""Points below which all nodes are searched: to make the cells takes longer, and is for metrics, which ask again."""

LEVELS = ((1.3, 48, 1e-2), (3.0, 40, 1.0), (20.0, 32, 1.0))
"""Of each level: width over the curve's, cells along it, and the least width of an axis over that of the other."""

LONGEST = 24, 64
"""Nodes that a cell names at most, of curves of few nodes and of many; where more may be nearest, all are searched.

To look at one of a list takes about as long as to search 16 of all.
"""


def starts_of(ordered: NDArray[np.intp]) -> NDArray[np.intp]:
    """Where in ordered numbers [m] each of them first stands."""
    first = np.ones(len(ordered), np.bool_)
    np.not_equal(ordered[1:], ordered[:-1], out=first[1:])
    return np.flatnonzero(first)


class Cells:
    """Cells of the plane around a curve, each with the nodes that may be beside the nearest place of a point in it.

    They are made at the first question about FEW points or more, in 0.03 to 0.15 s. Around the curve they are small;
    those of each level around that are larger.
    """

    def __init__(self, nodes: Array, slack: Array, stretch: Array) -> None:
        """Nodes [2, nodes] around the origin."""
        self.nodes, self.slack = np.ascontiguousarray(nodes), slack
        # Its predecessor is on the same stretch.
        self.joined = np.diff(stretch, prepend=-1) == 0
        self.low, self.high = nodes.min(axis=1), nodes.max(axis=1)
        self.size = float((self.high - self.low).max())

    @cached_property
    def levels(self) -> list[_Level]:
        """The cells, the smallest first."""
        middle, reach = (self.low + self.high) / 2, (self.high - self.low) / 2
        halves = [by * np.maximum(reach, flat * self.size / 2) for by, _, flat in LEVELS]
        return [
            _Level(self, middle - half, 2 * half / side, side)
            for half, (_, side, _) in zip(halves, LEVELS, strict=True)
        ]

    @cached_property
    def lists(self) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Where in a list of nodes those of each cell start, all levels one after another, and the list."""
        counts = np.concatenate([np.diff(level.starts) for level in self.levels])
        return np.append(0, np.cumsum(counts)), np.concatenate([level.lists for level in self.levels])

    def candidates(self, points: Array) -> tuple[NDArray[np.bool_], NDArray[np.intp], NDArray[np.intp]]:
        """Which points [2, n] lie in a cell that names its nodes, and pairs [m] of those points and nodes."""
        none = np.zeros(0, np.intp)
        if points.shape[1] < FEW:
            return np.zeros(points.shape[1], np.bool_), none, none
        cell, before = self.levels[0].cell(points), self.levels[0].side ** 2
        for level in self.levels[1:]:
            outside = np.flatnonzero(cell < 0)
            if not len(outside):
                break
            found = level.cell(points[:, outside])
            cell[outside] = np.where(found >= 0, found + before, -1)
            before += level.side**2
        starts, lists = self.lists
        first = starts.take(cell)
        count = np.where(cell >= 0, starts.take(cell + 1) - first, 0)
        known = count > 0
        index = np.flatnonzero(known)
        if not len(index):
            return known, none, none
        if len(index) < len(known):
            first, count, points = first[index], count[index], points[:, index]
        # Each point stands beside its nodes: what it has is repeated, which takes less than looking it up by row.
        end = np.cumsum(count)
        begin = end - count
        node = lists.take(np.arange(end[-1]) + np.repeat(first - begin, count))
        x = self.nodes[0].take(node) - np.repeat(points[0], count)
        y = self.nodes[1].take(node) - np.repeat(points[1], count)
        plain = x * x + y * y
        rank = plain - self.slack.take(node)
        # The nearest by rank, and how far it is: what may be nearer is a candidate.
        lowest = np.repeat(np.minimum.reduceat(rank, begin), count)
        limit = np.minimum.reduceat(np.where(rank == lowest, plain, np.inf), begin)
        close = np.flatnonzero(rank <= np.repeat(limit, count))
        point, node, plain = np.repeat(index, count).take(close), node.take(close), plain.take(close)
        lowest = np.flatnonzero(self.lowest(point, node, plain))
        return known, point.take(lowest), node.take(lowest)

    def lowest(
        self, point: NDArray[np.intp], node: NDArray[np.intp], square: NDArray[np.floating]
    ) -> NDArray[np.bool_]:
        """Which pairs [m] of a point and a node, in their order, are at most as far apart as those of its neighbours.

        By the ``square`` of the distance alone: where nodes become closer together those with room would win otherwise.
        """
        beside = self.joined[node[1:]] & (node[1:] - node[:-1] == 1) & (point[1:] == point[:-1])
        nearer = square[1:] < square[:-1]
        lowest = np.ones(len(node), np.bool_)
        lowest[:-1] = ~(beside & nearer)
        lowest[1:] &= ~beside | nearer
        return lowest


class _Level:
    """Cells of one size."""

    def __init__(self, cells: Cells, low: Array, step: Array, side: int) -> None:
        self.low, self.step, self.side = low, step, side
        x, y = (low[axis] + step[axis] * np.arange(side + 1) for axis in (0, 1))
        nodes, slack = cells.nodes, cells.slack
        square = np.square(nodes).sum(axis=0)

        def ranks(row: int) -> Array:
            """Squared distances [side + 1, nodes] of a row of corners, less what depends on the corner alone."""
            return square - 2 * (x[:, None] * nodes[0] + y[row] * nodes[1])

        longest = np.clip(nodes.shape[1] // 16, *LONGEST)
        lists, counts = [], []
        upper = ranks(0)
        for row in range(side):
            lower, upper = upper, ranks(row + 1)
            corners = [lower[:-1], lower[1:], upper[:-1], upper[1:]]
            every = np.arange(side)
            # How much nearer one node is than another is linear in the point: it is enough to look at the corners.
            keep = np.ones(lower[:-1].shape, np.bool_)
            for at in corners:
                rival = at.argmin(axis=1)
                beaten = np.ones(keep.shape, np.bool_)
                for corner in corners:
                    beaten &= corner - slack > corner[every, rival][:, None]
                keep &= ~beaten
            keep[np.count_nonzero(keep, axis=1) > longest] = False
            cell, node = np.nonzero(keep)
            lists.append(node)
            counts.append(np.bincount(cell, minlength=side))
        self.lists = np.concatenate(lists)
        self.starts = np.append(0, np.cumsum(np.concatenate(counts)))

    def cell(self, points: Array) -> NDArray[np.intp]:
        """The cell [n] of points [2, n]; -1 outside."""
        place = np.floor((points - self.low[:, None]) / self.step[:, None])
        x, y = np.minimum(np.maximum(place, -1.0, out=place), float(self.side), out=place).astype(np.intp)
        inside = (x >= 0) & (x < self.side) & (y >= 0) & (y < self.side)
        return np.where(inside, y * self.side + x, -1)
