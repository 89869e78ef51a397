"""Area: a distribution spread over a region of the plane."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import ClassVar, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.datasets.base import LAST, NEAR, WIDTHS
from gancore.datasets.patches import of_area
from gancore.datasets.traced import Table, Trace, shape_of
from gancore.parts.dataset import Array, Dataset, Random
from gancore.parts.patches import Patches, quasi_random
from gancore.parts.quantiles import Quantiles

CELLS = 64
"""About as many cells of equal probability has an area."""

EDGE = 1e-9
"""A point so little outside has been rounded there."""

SIDE = 128
"""Rows along v in which an area lies for quantiles."""

ROWS = 2**14
"""About as many patches has an area."""


class Grid(NamedTuple):
    """Rows and columns of cells in (u, v)."""

    u: int
    v: int


class Area(Dataset):
    """A distribution on a region: the unit square of (u, v), in which it is even, carried there by ``place``.

    A member defines ``kind``, ``label``, ``place``, ``inverse``, ``inside`` and ``edge``. Where it consists of
    separate parts, u runs through one after the other, each for the same stretch.
    """

    what: ClassVar[str] = "area"
    family: ClassVar[str] = "Areas"
    parts: ClassVar[int] = 1
    """Separate parts of equal probability; a property where a field decides it."""
    stretched: ClassVar[int] = 1
    """How many times as many cells lie along u as along v."""

    @abstractmethod
    def place(self, u: Array, v: Array) -> Array:
        """Noise-free unit points [n, 2] at u, v [n] in [0, 1]; those of uniform u and v have the distribution."""

    @abstractmethod
    def inverse(self, points: Array) -> tuple[Array, Array]:
        """u and v [n] in [0, 1] of unit points [n, 2] in the area, or within rounding of it."""

    @abstractmethod
    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which unit points [n, 2] lie in the area."""

    @abstractmethod
    def edge(self) -> Sequence[Trace]:
        """The outline of the area."""

    def sample(self, rng: Random, n: int) -> Array:
        """Fresh points [n, 2], scaled, with the dataset's noise."""
        u, v = rng.uniform(size=(2, n))
        return self._finish(self.place(u, v), rng)

    def outline(self, n: int) -> Array:
        """Unit points [n, 2], as evenly spread over the probability as may be."""
        return self.place(*quasi_random(n, 2).T)

    def middle(self) -> Array:
        """The unit point [1, 2] at u = v = 0.5."""
        return self.place(*np.full((2, 1), 0.5))

    def patches(self) -> Patches:
        """Parallelograms, within 1e-3 of the area and of its density."""
        strips = self.parts * self.stretched
        side = 2 ** round(np.log2(np.sqrt(ROWS / strips)))
        return joined(of_area(partial(self._strip, k, strips), side) for k in range(strips))

    def _strip(self, number: int, strips: int, uv: Array) -> Array:
        return self.place((number + uv[:, 0]) / strips, uv[:, 1])

    @property
    def coordinates(self) -> int:
        """u, v, and what noise takes."""
        return 2 + self._noises

    def ordered(self) -> Quantiles:
        """Parallelograms in a grid of u and v, which neither Hilbert's curve nor rings jump about in."""
        long = self.parts * max(1, round(SIDE * self.stretched**0.5 / self.parts))
        grid = np.stack(np.meshgrid(np.arange(long), np.arange(SIDE), indexing="ij"), axis=-1).reshape(-1, 2)
        middle, u, v = (
            self.place(*((grid + offset) / (long, SIDE)).T) for offset in ([0.5, 0.5], [0.001, 0.5], [0.5, 0.001])
        )
        first, second = (middle - u) / 0.499, (middle - v) / 0.499
        return Quantiles.of(Patches.of(middle - (first + second) / 2, first, second), SIDE)

    def extent(self) -> tuple[Array, Array]:
        """Corners of the area's box."""
        table = _edge_of(self)  # type: ignore[arg-type]  # frozen, so hashable
        points = np.concatenate([table.points(np.linspace(0, 1, 4097)), table.corners()])
        return points.min(axis=0), points.max(axis=0)

    def support(self) -> AreaSupport:
        """About 64 cells; near is up to 0.05 beyond the area, and three standard deviations of the noise more."""
        return AreaSupport(self, self.grid(CELLS), near=NEAR + WIDTHS * self.noise)

    def grid(self, cells: int) -> Grid:
        """About so many cells of equal probability, about as long as wide, none of which lies in two parts."""
        v = max(1, round((cells / self.parts / self.stretched) ** 0.5))
        return Grid(self.parts * max(1, round(cells / self.parts / v)), v)

    def nearest(self, unit_points: ArrayLike) -> tuple[Array, Array, Array]:
        """Distance [n] from unit points [n, 2] to the area, 0 within it; u and v [n] of the nearest point."""
        points = np.asarray(unit_points, np.float64)
        outside = np.flatnonzero(~self.inside(points))
        distance, foot = np.zeros(len(points)), points
        if len(outside):
            foot = points.copy()
            foot[outside] = self.foot(points[outside])
            distance[outside] = np.hypot(*(foot - points)[outside].T)
        u, v = self.inverse(foot)
        return distance, np.clip(u, 0, LAST), np.clip(v, 0, LAST)

    def foot(self, points: Array) -> Array:
        """The point of the edge [n, 2] nearest to each unit point [n, 2] outside."""
        return _edge_of(self).foot(points)[1]  # type: ignore[arg-type]  # frozen, so hashable


@dataclass(frozen=True)
class AreaSupport:
    """An area in cells of equal probability."""

    area: Area
    grid: Grid
    near: float = NEAR
    words: str = "the area"
    counted: str = ""
    unit: str = ""

    @property
    def cells(self) -> int:
        """Cells of equal probability."""
        return self.grid.u * self.grid.v

    def locate(self, unit_points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of unit points [n, 2] to the area, and the cell [n] of the nearest point of it."""
        distance, u, v = self.area.nearest(unit_points)
        return distance, (u * self.grid.u).astype(np.intp) * self.grid.v + (v * self.grid.v).astype(np.intp)


@lru_cache(maxsize=64)
def _edge_of(area: Area) -> Table:
    return _edge(shape_of(area))  # type: ignore[arg-type]  # frozen, so hashable


@lru_cache(maxsize=64)
def _edge(area: Area) -> Table:
    return Table(area.edge(), "length")


def joined(parts: Iterable[Patches]) -> Patches:
    """The rows of several patches of equal probability for each row."""
    return Patches(*(np.concatenate(columns) for columns in zip(*parts, strict=True)))
