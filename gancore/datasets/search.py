"""Nodes: the search of the nearest point of a curve."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from gancore.parts.families import Array

BLOCK = 16
"""Neighbouring nodes that are searched as one; each stretch of a curve has whole blocks."""

BLOCKS = 64
"""Blocks of a curve, unless it has more stretches."""

CHUNK = 128
"""Points searched at once, so that their distances to all nodes stay in the processor's cache."""

RIVALS = 4
"""Places at most that are refined for a point: branches of the curve about as near as the nearest node."""


class Nodes(NamedTuple):
    """Nodes of a curve in blocks of neighbours, and for each the parabola of its neighbourhood.

    In the local parameter s in [-1, 1] it is position + slope·s + bend·s², for x, y and the place u at once.
    """

    middle: Array
    """The nodes' mean [2], subtracted to keep float32 exact enough."""
    ranking: NDArray[np.float32]
    """(x, y, 1) times this [3, nodes] is each node's squared distance, less a constant; node b of block B lies in
    column b·blocks + B, so that the minimum over a block is one over rows of columns."""
    blocks: int
    margin: float
    """Squared distance by which a node may be farther than another's and yet be beside the nearest point."""
    position: Array
    """[3, nodes], as the next: x, y, u."""
    slope: Array
    bend: Array
    stretch: NDArray[np.intp]
    """[nodes]."""

    @staticmethod
    def spread(spans: Sequence[float]) -> list[int]:
        """How many nodes each stretch has, given how long and bent each is."""
        share = np.asarray(spans) / np.sum(spans)
        return [int(BLOCK * max(1, round(BLOCKS * part))) for part in share]

    @classmethod
    def of(cls, stretches: Sequence[Array]) -> Nodes:
        """Nodes (x, y, u) [n, 3] of each stretch, n a multiple of BLOCK."""
        columns: list[tuple[Array, ...]] = []
        for number, rows in enumerate(stretches):
            p = rows.T
            # A stretch's first and last node use the parabola of the node beside them.
            centre = np.clip(np.arange(len(rows)), 1, len(rows) - 2)
            before, here, after = p[:, centre - 1], p[:, centre], p[:, centre + 1]
            columns.append((p, here, (after - before) / 2, (after + before) / 2 - here, np.full(len(rows), number)))
        p, position, slope, bend, stretch = (np.concatenate(column, axis=-1) for column in zip(*columns, strict=True))
        steps = [np.hypot(*np.diff(rows[:, :2], axis=0).T) for rows in stretches]
        middle = p[:2].mean(axis=1)
        x, y = p[:2] - middle[:, None]
        ranking = np.stack([-2 * x, -2 * y, x * x + y * y]).astype(np.float32)
        blocks = p.shape[1] // BLOCK
        ranking = np.ascontiguousarray(ranking.reshape(3, blocks, BLOCK).transpose(0, 2, 1).reshape(3, -1))
        # Half a step to either side, with room for float32.
        margin = 0.3 * max(float(step.max()) for step in steps) ** 2 + 1e-6 * float(np.abs(ranking[2]).max())
        return cls(middle, ranking, blocks, margin, position, slope, bend, stretch.astype(np.intp))

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
        least = np.empty((len(points), self.blocks), np.float32)
        # One piece of memory for all chunks: to allocate it anew takes longer than to fill it.
        memory = np.empty((CHUNK, self.ranking.shape[1]), np.float32)
        for i in range(0, len(points), CHUNK):
            chunk = centred[i : i + CHUNK]
            to_all = np.matmul(chunk, self.ranking, out=memory[: len(chunk)]).reshape(-1, BLOCK, self.blocks)
            half = BLOCK
            while half > 1:
                half //= 2
                np.minimum(to_all[:, :half], to_all[:, half : 2 * half], out=to_all[:, :half])
            least[i : i + CHUNK] = to_all[:, 0]
        every = np.arange(len(points))
        found, index = [], every
        limit = np.empty(0)
        for rival in range(min(RIVALS, self.blocks)):
            block = least[index].argmin(axis=1) if rival else least.argmin(axis=1)
            value = least[index, block]
            if not rival:
                limit = value + self.margin
            near = value <= limit[index]
            index, block = index[near], block[near]
            found.append((index, block))
            least[index, block] = np.inf
        point, block = (np.concatenate(column) for column in zip(*found, strict=True))
        columns = block[:, None] + self.blocks * np.arange(BLOCK)
        within = np.einsum("nd,dnb->nb", centred[point], self.ranking[:, columns])
        return point, block * BLOCK + within.argmin(axis=1)

    def _refined(
        self, points: Array, node: NDArray[np.intp], at: Callable[[Array, NDArray[np.intp]], Array]
    ) -> tuple[Array, Array]:
        """Distance and place [m] near these nodes [m] of the points [m, 2].

        Newton's method on the parabola through a node and its neighbours, then once more on the curve.
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
        u = origin[2] + s * (a[2] + s * b[2])
        away = at(u, stretch).T - points.T
        distance = np.hypot(*away)
        tangent = a[:2] + 2 * s * b[:2]
        curvature = np.maximum(_dot(tangent, tangent) + 2 * _dot(away, b), floor)
        s = np.clip(s - _dot(away, tangent) / curvature, -1, 1)
        again = origin[2] + s * (a[2] + s * b[2])
        closer = np.hypot(*(at(again, stretch).T - points.T))
        return np.minimum(distance, closer), np.where(closer < distance, again, u)


def _dot(a: Array, b: Array) -> Array:
    return a[0] * b[0] + a[1] * b[1]
