"""Nodes: the search of the nearest point of a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gancore.datasets.cells import Cells, starts_of
from gancore.parts.dataset import Array

NODES = 256
"""Nodes of a straight line."""

TURNING = 16
"""Nodes more for each radian that a curve turns."""

MOST = 2048
"""Nodes at most of a curve, unless its stretches need more."""

LEAST = 8
"""Nodes at least of a stretch between two corners."""

CHUNK = 2**17
"""Distances of points to nodes computed at once, so that they stay in the processor's cache."""

CROWD = 64
"""Nodes about as near as the nearest above which a point is far from all of them, as the centre of a circle is."""

POLISH = 10
"""Newton's steps on the curve itself, after those on a parabola; most points settle after none."""

FLAT = 1e-6
"""Least curvature, over that of a straight line: Newton stays finite at a centre of curvature, where all is as near."""

SETTLED = 1e-6
"""A step shorter than this share of the distance between nodes changes nothing."""

SURE = 1e-9
"""A step by which the distance shrinks by less than this share of the curve's size changes nothing."""

FAR = 1e30

BESIDE = 32
"""Nodes to either side among which the nearest is looked for again, in float64."""


class Nodes(NamedTuple):
    """Nodes of a curve, and for each the parabola of its neighbourhood.

    In the local parameter s in [-1, 1] it is position + slope·s + bend·s², for x, y and the place u at once.
    """

    middle: Array
    """The nodes' mean [2], subtracted to keep float32 exact enough."""
    ranking: NDArray[np.float32]
    """(x, y, 1) times this [3, columns] is each node's squared distance, less a constant and less ``slack``; before and
    after every stretch a column is far away."""
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
    error: Array
    """How far from its parabola the curve may be, [nodes]."""
    stretch: NDArray[np.intp]
    """[nodes]."""
    bent: Array
    """How far from its tangent the curve may be, [nodes]."""
    cells: Cells
    """What is looked up before all nodes are searched."""

    @staticmethod
    def counts(spans: Sequence[float], turned: float) -> list[int]:
        """How many nodes each stretch has, given its share of them and the radians that all turn together."""
        count = min(MOST, NODES + TURNING * turned)
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
        p, slack, position, slope, bend, stretch = (
            np.concatenate(column, axis=-1) for column in zip(*columns, strict=True)
        )
        middle = p[:2].mean(axis=1)
        x, y = p[:2] - middle[:, None]
        square = x * x + y * y
        rounding = 1e-6 * square.max()
        tight = slack < 4 * rounding
        arc = 1.1 * slack + 1e-12 * square.max()  # an arc is longer than its chord
        slack = 1.1 * slack + rounding
        node = np.concatenate(
            [np.pad(np.flatnonzero(stretch == k), 1, constant_values=-1) for k in range(len(stretches))]
        )
        ranking = np.where(node < 0, [[0], [0], [FAR]], np.stack([-2 * x, -2 * y, square - slack])[:, node])
        # From node to node it turns by 2·bend/slope, and its distance is about a quarter of the square of that.
        error = 4 * np.square(bend[:2]).sum(axis=0) / np.maximum(np.hypot(*slope[:2]), 1e-300)
        return cls(
            middle,
            ranking.astype(np.float32),
            node,
            slack.astype(np.float32),
            tight,
            position,
            slope,
            bend,
            error + 1e-9 * np.sqrt(square.max()),
            stretch.astype(np.intp),
            np.hypot(*bend[:2]) + error + 1e-9 * np.sqrt(square.max()),
            Cells(np.stack([x, y]), arc, stretch),
        )

    def nearest(
        self, points: Array, at: Callable[[Array, NDArray[np.intp]], Array]
    ) -> tuple[Array, Array, NDArray[np.intp]]:
        """Distance, place u and stretch [n] of the curve's point nearest to each point [n, 2].

        ``at`` gives the curve's points [m, 2] at places u [m] of stretches [m].
        """
        point, node = self._pruned(points, *self.candidates(points))
        s, off = self._on_parabola(_transposed(points, point), node)
        first = starts_of(point)
        if len(first) < len(point):
            error = self.error[node]
            limit = np.minimum.reduceat(off + error, first)
            kept = off - error <= limit[point]
            point, node, s = point[kept], node[kept], s[kept]
        distance, u = self._refined(_transposed(points, point), node, s, at)
        first = starts_of(point)
        if len(first) == len(point):
            return distance, u, self.stretch[node]
        best = np.flatnonzero(distance == np.minimum.reduceat(distance, first)[point])
        best = best[starts_of(point[best])]  # of equal ones the first
        return distance[best], u[best], self.stretch[node[best]]

    def candidates(self, points: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """Pairs [m] of a point's index and of a node that may be beside its nearest place, ordered by the point."""
        looked_up, point, node = self.cells.candidates(np.ascontiguousarray((points - self.middle).T))
        if looked_up.all():
            return point, node
        others = np.flatnonzero(~looked_up)
        more, their = self._searched(points[others])
        point, node = np.append(point, others[more]), np.append(node, their)
        order = np.argsort(point, kind="stable")
        return point[order], node[order]

    def _searched(self, points: Array) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The same for points that no cell knows, such as those in the middle of a circle.

        By matrix products, whose time is the same for any points: a KD-tree takes up to eight times as
        long where many nodes are about equally far, such as the middle of a roll, where GANs begin.
        """
        centred = np.column_stack([points - self.middle, np.ones(len(points))]).astype(np.float32)
        # One piece of memory for all chunks: to allocate it anew takes longer than to fill it.
        rows = max(1, CHUNK // self.ranking.shape[1])
        memory = np.empty((rows, self.ranking.shape[1]), np.float32)
        near = np.empty(memory.shape, np.bool_)
        found = []
        for start in range(0, len(points), rows):
            chunk = centred[start : start + rows]
            ranks = np.matmul(chunk, self.ranking, out=memory[: len(chunk)])
            every = np.arange(len(chunk))
            nearest = ranks.argmin(axis=1)
            limit = ranks[every, nearest] + self.slack[self.node[nearest]]
            close = np.less_equal(ranks, limit[:, None], out=near[: len(chunk)])
            crowded = np.flatnonzero(np.add.reduce(close.view(np.int8), axis=1, dtype=np.int32) > CROWD)
            close[crowded] = False
            # The nearest itself, not by rank: beside a crowd that room alone would win.
            close[crowded, (ranks[crowded] + self.slack[self.node]).argmin(axis=1)] = True
            row, column = np.divmod(np.flatnonzero(close), ranks.shape[1])
            # Of the neighbours on one branch the nearest.
            node = self.node[column]
            lowest = self.cells.lowest(row, node, ranks[row, column] + self.slack[node])
            found.append((row[lowest] + start, node[lowest]))
        point, node = (np.concatenate(part) for part in zip(*found, strict=True))
        # Nodes in a tight bend are closer together than float32 can tell them apart by.
        tight = np.flatnonzero(self.tight[node])
        if len(tight):
            beside = np.clip(node[tight, None] + np.arange(-BESIDE, BESIDE + 1), 0, len(self.stretch) - 1)
            x, y = self.position[:2, beside] - points[point[tight]].T[:, :, None]
            square = np.where(self.stretch[beside] == self.stretch[node[tight], None], x * x + y * y, np.inf)
            node[tight] = beside[np.arange(len(tight)), square.argmin(axis=1)]
        return point, node

    def _pruned(
        self, points: Array, point: NDArray[np.intp], node: NDArray[np.intp]
    ) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
        """The pairs without those whose tangent alone says that they are too far."""
        first = starts_of(point)
        if len(point) < 1.5 * len(first):
            return point, node
        offset, a = _taken(self.position[:2], node) - _transposed(points, point), _taken(self.slope[:2], node)
        s = _clipped(-_dot(offset, a) / np.maximum(_dot(a, a), 1e-300))
        off, error = np.hypot(*(offset + s * a)), self.bent[node]
        kept = off - error <= np.minimum.reduceat(off + error, first)[point]
        return point[kept], node[kept]

    def _on_parabola(self, points: Array, node: NDArray[np.intp]) -> tuple[Array, Array]:
        """Where on the parabolas of these nodes [m] the points [2, m] have their nearest places, and how far it is."""
        a, b = _taken(self.slope[:2], node), _taken(self.bend[:2], node)
        offset = _taken(self.position[:2], node) - points
        # The parabola is offset + a·s + b·s²; its squared length has the derivative
        # 2·(c0 + c1·s + 3·c2·s² + 2·c3·s³) with these dot products.
        square = _dot(a, a)
        c0, c1, c2, c3 = _dot(offset, a), square + 2 * _dot(offset, b), _dot(a, b), _dot(b, b)
        floor, thrice, six = FLAT * square + 1e-300, 3 * c2, 6 * c2
        s = _clipped(-(c0 / np.maximum(c1, floor)))  # the first step, from s = 0
        for _ in range(2):
            gradient = c0 + s * (c1 + s * (thrice + s * 2 * c3))
            curvature = c1 + s * (six + s * 6 * c3)
            s = _clipped(s - gradient / np.maximum(curvature, floor))
        return s, np.hypot(*(offset + s * (a + s * b)))

    def _refined(
        self, points: Array, node: NDArray[np.intp], s: Array, at: Callable[[Array, NDArray[np.intp]], Array]
    ) -> tuple[Array, Array]:
        """Distance and place [m] of the points [2, m] near s [m] of these nodes [m], by Newton on the curve itself."""
        a, b, origin = _taken(self.slope, node), _taken(self.bend, node), self.position[2].take(node)
        stretch = self.stretch[node]
        floor = FLAT * _dot(a, a) + 1e-300
        place = origin + s * (a[2] + s * b[2])
        away = np.ascontiguousarray(at(place, stretch).T) - points
        distance = np.hypot(*away)
        left = np.arange(len(node))
        slope, bend, least, known = a, b, floor, distance  # of those left; at first of all
        for step in range(POLISH):
            if step:
                slope, bend, least, known = _taken(a, left), _taken(b, left), floor[left], distance[left]
            tangent = slope[:2] + 2 * s * bend[:2]
            curvature = np.maximum(_dot(tangent, tangent) + 2 * _dot(away, bend), least)
            after = _clipped(s - _dot(away, tangent) / curvature)
            moved = after - s
            moving = np.abs(moved) > SETTLED
            moving &= curvature * np.square(moved) > SURE * self.cells.size * known
            left, s = left[moving], after[moving]
            if not len(left):
                break
            again = origin[left] + s * (a[2, left] + s * b[2, left])
            away = at(again, stretch[left]).T - points[:, left]
            closer = np.hypot(*away)
            better = closer < distance[left]
            distance[left[better]], place[left[better]] = closer[better], again[better]
            # Where a step gains nothing, the next would go back and forth.
            left, s, away = left[better], s[better], away[:, better]
        return distance, place


def _dot(a: Array, b: Array) -> Array:
    return a[0] * b[0] + a[1] * b[1]


def _taken(columns: Array, which: NDArray[np.intp]) -> Array:
    """Some of the columns [k, n]: in memory row by row, which ``columns[:, which]`` is not, and in half of its time."""
    return columns.take(which, axis=1)


def _transposed(points: Array, which: NDArray[np.intp]) -> Array:
    """Some of the points [n, 2] as [2, m], row by row in memory."""
    return np.ascontiguousarray(points[which].T)


def _clipped(s: Array) -> Array:
    """Between -1 and 1, as ``np.clip`` has it, in place and in a third of its time."""
    return np.minimum(np.maximum(s, -1.0, out=s), 1.0, out=s)
