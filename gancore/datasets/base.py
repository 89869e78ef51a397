"""Curve: a distribution spread along a curve, with the exact distance to it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.datasets.patches import Patches, of_curve
from gancore.parts.dataset import Array, Dataset, Random

NODES = 1024
"""Points on the curve that ``nearest`` searches before it refines."""

CHUNK = 128
"""Points searched at once, so that their distances to all nodes stay in the processor's cache."""

CELLS = 64
"""Equal-probability cells of a curve."""

NEAR = 0.05
"""A point is near a curve up to this distance, in unit coordinates."""

STEP = 1e-6
"""Difference of coordinates from which the direction of a curve is read."""

WIDTHS = 3.0
"""Standard deviations of the noise that a point near a curve may be further away."""

LAST = float(np.nextafter(1, 0))
"""The largest coordinate below 1."""


class Curve(Dataset):
    """A distribution on a curve in the plane; a member defines ``kind``, ``label`` and ``curve``."""

    what: ClassVar[str] = "curve"
    family: ClassVar[str] = "Curves"
    directed: ClassVar[bool] = True
    closed: ClassVar[bool] = False
    """Whether the curve ends where it starts, so that the coordinate wraps."""
    pieces: ClassVar[tuple[tuple[float, float], ...]] = ((0.0, 1.0),)
    """The connected parts of the curve as [start, end) in the coordinate."""

    @abstractmethod
    def curve(self, t: Array) -> Array:
        """Noise-free unit points [n, 2] at coordinates t [n] in [0, 1]: the share of probability before each.

        It must have a bounded speed and be smooth within each of ``pieces``.
        """

    def sample(self, rng: Random, n: int) -> Array:
        """Fresh points [n, 2], scaled, with the dataset's noise."""
        t = rng.uniform(size=n)
        return self._finish(self.curve(t), rng, self._normals_at(t) if self.noise_along == "normal" else None)

    def patches(self) -> Patches:
        """Chords of equal probability, within 1e-6 of the curve's size from it."""
        return of_curve(self.curve, self.pieces)

    @property
    def coordinates(self) -> int:
        """The quantile, and what noise takes."""
        return 1 + self._noises

    def normals(self, unit_points: Array) -> Array:
        """Unit vectors [n, 2] at right angles to the curve where it is nearest to unit points [n, 2]."""
        return self._normals_at(self.coordinate(unit_points))

    def row_normals(self, patches: Patches) -> Array:
        """At right angles to the chords."""
        return _turned(patches.first)

    def _normals_at(self, t: Array) -> Array:
        """Unit vectors [n, 2] at right angles to the curve at coordinates t [n] in [0, 1)."""
        starts = np.array([low for low, _ in self.pieces])
        low, high = np.array(self.pieces)[np.searchsorted(starts, t, side="right") - 1].T
        before, after = np.maximum(t - STEP, low), np.minimum(t + STEP, np.nextafter(high, low))
        return _turned(self.curve(after) - self.curve(before))

    def outline(self, n: int) -> Array:
        """Unit points [n, 2] at even coordinates."""
        return self.curve(np.linspace(0, 1, n, endpoint=False))

    def extent(self) -> tuple[Array, Array]:
        """Corners of the curve's box, both ends included."""
        curve = self.curve(np.linspace(0, 1, 513))
        return curve.min(axis=0), curve.max(axis=0)

    def support(self) -> CurveSupport:
        """The curve in 64 cells; near is up to 0.05, and three standard deviations of the noise more."""
        return CurveSupport(self, near=NEAR + WIDTHS * self.noise)

    def middle(self) -> Array:
        """The unit point [1, 2] at coordinate 0.5 (of the moons: where the lower one begins)."""
        return self.curve(np.array([0.5]))

    def mean(self) -> Array:
        """The mean [1, 2] of the noise-free unit points."""
        return self.curve((np.arange(2**14) + 0.5) / 2**14).mean(axis=0, keepdims=True)

    def nearest(self, unit_points: ArrayLike) -> tuple[Array, Array]:
        """Distance [n] from unit points [n, 2] to the curve, and the coordinate [n] in [0, 1) of its nearest point.

        The nearest of 1,024 nodes, refined by Newton's method on the parabola through that node and its neighbours.
        """
        points = np.asarray(unit_points, dtype=np.float64)
        nodes = _nodes(self)  # type: ignore[arg-type]  # frozen, so hashable
        index = nodes.search(points)
        # By take, which leaves them row by row in memory, as what follows goes through them.
        a, b, origin = (part.take(index, axis=1) for part in (nodes.slope, nodes.bend, nodes.position))
        offset = origin - points.T
        # The parabola is offset + a·s + b·s², s in [-1, 1]; its squared length has the derivative
        # 2·(c0 + c1·s + 3·c2·s² + 2·c3·s³) with these dot products.
        c0, c1, c2, c3 = _dot(offset, a), _dot(a, a) + 2 * _dot(offset, b), _dot(a, b), _dot(b, b)
        floor = 1e-6 * _dot(a, a) + 1e-300  # keeps Newton finite at a centre of curvature, where all s are equal
        s = np.zeros(len(points))
        for _ in range(3):
            gradient = c0 + s * (c1 + s * (3 * c2 + s * 2 * c3))
            curvature = c1 + s * (6 * c2 + s * 6 * c3)
            s = np.clip(s - gradient / np.maximum(curvature, floor), -1, 1)
        distance = np.sqrt(np.square(offset + s * (a + s * b)).sum(axis=0))
        t = nodes.t[index] + s * nodes.step[index]
        return distance, np.minimum(t % 1 if self.closed else t, LAST)

    def distance(self, unit_points: ArrayLike) -> Array:
        """Distance [n] from unit points [n, 2] to the noise-free support."""
        return self.nearest(unit_points)[0]

    def coordinate(self, unit_points: ArrayLike) -> Array:
        """Share of probability [n] in [0, 1) before the support point nearest to each unit point [n, 2]."""
        return self.nearest(unit_points)[1]


@dataclass(frozen=True)
class CurveSupport:
    """A curve in cells of equal probability, from coordinate 0 to 1."""

    curve: Curve
    cells: int = CELLS
    near: float = NEAR
    words: str = "the curve"
    counted: str = ""
    unit: str = ""

    def locate(self, unit_points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of unit points [n, 2] to the curve, and the cell [n] of the nearest point on it."""
        distance, coordinate = self.curve.nearest(unit_points)
        return distance, self.cell(coordinate)

    def cell(self, coordinate: Array) -> NDArray[np.intp]:
        """The cell [n] of coordinates [n] in [0, 1)."""
        return (coordinate * self.cells).astype(np.intp)


class Box(NamedTuple):
    """The affine map that takes a sample's bounding box to [-1, 1]²."""

    low: Array
    top: Array

    @classmethod
    def of(cls, points: Array) -> Box:
        """The box of points [n, 2]."""
        low = points.min(axis=0)
        return cls(low, (points - low).max(axis=0))

    def to_unit(self, points: Array) -> Array:
        """Subtract the minimum, divide by the maximum, times 2, minus 1; in this order, for equal bits."""
        return (points - self.low) / self.top * 2 - 1


class _Nodes(NamedTuple):
    """Nodes of a curve, and for each the parabola of its neighbourhood: position + slope·s + bend·s², s in [-1, 1]."""

    middle: Array
    """The nodes' mean [2], subtracted to keep float32 exact enough."""
    ranking: NDArray[np.float32]
    """(x, y, 1) times this [3, NODES] is each node's squared distance, less a constant."""
    position: Array
    slope: Array
    bend: Array
    t: Array
    step: Array

    def search(self, points: Array) -> NDArray[np.intp]:
        """Index [n] of the node nearest to each point [n, 2].

        By matrix products, whose time is the same for any points: a KD-tree takes up to eight times as
        long where many nodes are about equally far, such as the middle of the roll, where GANs begin.
        """
        centred = np.column_stack([points - self.middle, np.ones(len(points))]).astype(np.float32)
        nearest = [(centred[i : i + CHUNK] @ self.ranking).argmin(axis=1) for i in range(0, len(centred), CHUNK)]
        return np.concatenate(nearest)


@lru_cache(maxsize=32)
def _nodes(curve: Curve) -> _Nodes:
    columns: list[tuple[Array, ...]] = []
    for low, high in curve.pieces:
        count = max(8, round(NODES * (high - low)))
        # The last node lies just inside the piece (at ``high`` itself the next piece starts),
        # and a closed curve's last node lies one step before its first.
        t = np.linspace(low, high if curve.closed else np.nextafter(high, low), count, endpoint=not curve.closed)
        p = curve.curve(t).T
        # A piece's first and last node use the parabola of the node beside them.
        centre = np.arange(count) if curve.closed else np.clip(np.arange(count), 1, count - 2)
        before, here, after = p[:, centre - 1], p[:, centre], p[:, (centre + 1) % count]
        step = np.full(count, t[1] - t[0])
        columns.append((p, here, (after - before) / 2, (after + before) / 2 - here, t[centre], step))
    p, *rest = (np.concatenate(column, axis=-1) for column in zip(*columns, strict=True))
    middle = p.mean(axis=1)
    x, y = p - middle[:, None]
    return _Nodes(middle, np.stack([-2 * x, -2 * y, x * x + y * y]).astype(np.float32), *rest)


def _turned(directions: Array) -> Array:
    """Unit vectors [n, 2] a quarter turn from directions [n, 2]."""
    x, y = directions.T
    length = np.maximum(np.hypot(x, y), 1e-300)
    return np.stack([-y / length, x / length], axis=1)


def _dot(a: Array, b: Array) -> Array:
    return a[0] * b[0] + a[1] * b[1]
