"""Nodes: the search of the nearest point of a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gancore.parts.dataset import Array

NODES = 1024
"""Nodes of a curve; up to twice as many where it turns often."""

LEAST = 8
"""Nodes at least of a stretch between two corners."""

OFTEN = 100.0
"""Radians of turning at which a curve has twice as many nodes."""

CHUNK = 128
"""Points searched at once, so that their distances to all nodes stay in the processor's cache."""

RIVALS = 4
"""Places at most that are refined for a point: branches of the curve about as near as the nearest node."""

POLISH = 4
"""Newton's steps on the curve itself, after those on a parabola; most points settle after none."""

SETTLED = 1e-6
"""A step shorter than this share of the distance between nodes changes nothing."""

FAR = 1e30

AROUND = 4
"""Nodes to either side that are the same place as a node."""

BESIDE = 12
"""Nodes to either side among which the nearest is looked for again, in float64."""


class Nodes(NamedTuple):
    """Nodes of a curve, and for each the parabola of its neighbourhood.

    In the local parameter s in [-1, 1] it is position + slope·s + bend·s², for x, y and the place u at once.
    """

    middle: Array
    """The nodes' mean [2], subtracted to keep float32 exact enough."""
    ranking: NDArray[np.float32]
    """(x, y, 1) times this [3, columns] is each node's squared distance, less a constant and less ``slack``; around
    every stretch AROUND columns are far away."""
    node: NDArray[np.intp]
    """The node [columns] of each column."""
    slack: NDArray[np.float32]
    """The square [nodes] of half the distance to a neighbour: as much nearer the curve may come than its node."""
    tight: NDArray[np.bool_]
    """Which nodes [nodes] have a neighbour so close that float32 may rank them wrongly."""
    position: Array
    """[3, nodes], as the next: x, y, u."""
    slope: Array
    bend: Array
    stretch: NDArray[np.intp]
    """[nodes]."""

    @staticmethod
    def counts(spans: Sequence[float], turned: float) -> list[int]:
        """How many nodes each stretch has, given its share of them and the radians that all turn together."""
        count = NODES * (1 + min(1.0, turned / OFTEN))
        return [max(LEAST, round(count * float(part))) for part in np.asarray(spans) / np.sum(spans)]

    @classmethod
    def of(cls, stretches: Sequence[Array]) -> Nodes:
        """Nodes (x, y, u) [n, 3] of each stretch."""
        columns: list[tuple[Array, ...]] = []
        for number, rows in enumerate(stretches):
            p = rows.T
            # A stretch's first and last node use the parabola of the node beside them.
            centre = np.clip(np.arange(len(rows)), 1, len(rows) - 2)
            before, here, after = p[:, centre - 1], p[:, centre], p[:, centre + 1]
            step = np.square(np.diff(p[:2])).sum(axis=0)
            slack = np.maximum(np.append(0, step), np.append(step, 0)) / 4
            columns.append(
                (p, slack, here, (after - before) / 2, (after + before) / 2 - here, np.full(len(rows), number))
            )
        p, slack, *parabola, stretch = (np.concatenate(column, axis=-1) for column in zip(*columns, strict=True))
        middle = p[:2].mean(axis=1)
        x, y = p[:2] - middle[:, None]
        square = x * x + y * y
        rounding = 1e-6 * square.max()
        tight = slack < 4 * rounding
        slack = 1.1 * slack + rounding  # an arc is longer than its chord
        node = np.concatenate(
            [np.pad(np.flatnonzero(stretch == k), AROUND, constant_values=-1) for k in range(len(stretches))]
        )
        ranking = np.where(node < 0, [[0], [0], [FAR]], np.stack([-2 * x, -2 * y, square - slack])[:, node])
        small = ranking.astype(np.float32), node, slack.astype(np.float32), tight
        return cls(middle, *small, *parabola, stretch.astype(np.intp))

    def nearest(
        self, points: Array, at: Callable[[Array, NDArray[np.intp]], Array]
    ) -> tuple[Array, Array, NDArray[np.intp]]:
        """Distance, place u and stretch [n] of the curve's point nearest to each point [n, 2].

        ``at`` gives the curve's points [m, 2] at places u [m] of stretches [m].
        """
        point, node = self.candidates(points)
        distance, u = self._refined(points[point], node, at)
        best = np.lexsort((distance, point))
        best = best[np.flatnonzero(np.diff(point[best], prepend=-1))]
        return distance[best], u[best], self.stretch[node[best]]

    def candidates(self, points: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs [m] of a point's index and of a node that may be beside its nearest place; up to RIVALS a point.

        By matrix products, whose time is the same for any points: a KD-tree takes up to eight times as
        long where many nodes are about equally far, such as the middle of a roll, where GANs begin.
        """
        centred = np.column_stack([points - self.middle, np.ones(len(points))]).astype(np.float32)
        # One piece of memory for all chunks: to allocate it anew takes longer than to fill it.
        memory = np.empty((CHUNK, self.ranking.shape[1]), np.float32)
        around = np.arange(-AROUND, AROUND + 1)
        found = []
        for start in range(0, len(points), CHUNK):
            chunk = centred[start : start + CHUNK]
            ranks = np.matmul(chunk, self.ranking, out=memory[: len(chunk)])
            row, limit = np.arange(len(chunk)), np.full(len(chunk), FAR, np.float32)
            for rival in range(RIVALS):
                column = ranks.argmin(axis=1)
                rank, node = ranks[np.arange(len(row)), column], self.node[column]
                if not rival:
                    limit = rank + self.slack[node]
                else:
                    near = rank <= limit
                    row, limit, column, node, ranks = row[near], limit[near], column[near], node[near], ranks[near]
                    if not len(row):
                        break
                found.append((row + start, node))
                ranks[np.arange(len(row))[:, None], column[:, None] + around] = FAR
        point, node = (np.concatenate(part) for part in zip(*found, strict=True))
        # Nodes in a tight bend are closer together than float32 can tell them apart by.
        tight = np.flatnonzero(self.tight[node])
        if len(tight):
            beside = np.clip(node[tight, None] + np.arange(-BESIDE, BESIDE + 1), 0, len(self.stretch) - 1)
            x, y = self.position[:2, beside] - points[point[tight]].T[:, :, None]
            square = np.where(self.stretch[beside] == self.stretch[node[tight], None], x * x + y * y, np.inf)
            node[tight] = beside[np.arange(len(tight)), square.argmin(axis=1)]
        return point, node

    def _refined(
        self, points: Array, node: NDArray[np.intp], at: Callable[[Array, NDArray[np.intp]], Array]
    ) -> tuple[Array, Array]:
        """Distance and place [m] near these nodes [m] of the points [m, 2].

        Newton's method on the parabola through a node and its neighbours, then on the curve.
        """
        a, b, origin, stretch = self.slope[:, node], self.bend[:, node], self.position[:, node], self.stretch[node]
        offset = origin[:2] - points.T
        # The parabola is offset + a·s + b·s²; its squared length has the derivative
        # 2·(c0 + c1·s + 3·c2·s² + 2·c3·s³) with these dot products.
        c0, c1, c2, c3 = _dot(offset, a), _dot(a, a) + 2 * _dot(offset, b), _dot(a, b), _dot(b, b)
        floor = 1e-6 * _dot(a, a) + 1e-300  # keeps Newton finite at a centre of curvature, where all s are equal
        s = np.zeros(len(points))
        for _ in range(3):
            gradient = c0 + s * (c1 + s * (3 * c2 + s * 2 * c3))
            curvature = c1 + s * (6 * c2 + s * 6 * c3)
            s = np.clip(s - gradient / np.maximum(curvature, floor), -1, 1)
        place = origin[2] + s * (a[2] + s * b[2])
        away = at(place, stretch).T - points.T
        distance = np.hypot(*away)
        left = np.arange(len(points))
        for _ in range(POLISH):
            tangent = a[:2, left] + 2 * s * b[:2, left]
            curvature = np.maximum(_dot(tangent, tangent) + 2 * _dot(away, b[:, left]), floor[left])
            move = _dot(away, tangent) / curvature
            moving = np.abs(move) > SETTLED
            if not moving.any():
                break
            left, s = left[moving], np.clip(s - move, -1, 1)[moving]
            again = origin[2, left] + s * (a[2, left] + s * b[2, left])
            away = at(again, stretch[left]).T - points[left].T
            closer = np.hypot(*away)
            better = closer < distance[left]
            distance[left[better]], place[left[better]] = closer[better], again[better]
        return distance, place


def _dot(a: Array, b: Array) -> Array:
    return a[0] * b[0] + a[1] * b[1]
