"""Points of one's own as a distribution."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, ClassVar, Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, field_validator

from gancore.datasets.patches import along_hilbert_curve
from gancore.datasets.points.known import EXAMPLE, KEPT, is_known, load, missing
from gancore.parts import OfData
from gancore.parts.dataset import Array, Dataset, Random
from gancore.parts.patches import Patches

HASH = "^[0-9a-f]{64}$"


class Units(NamedTuple):
    """What unit coordinates are in the units of a file: ``points = centre + half * unit``."""

    centre: Array
    """The middle of the points' box, [2]."""
    half: Array
    """Half of the box along each axis, [2], or for both axes half of the longer side."""


class OwnPoints(Dataset):
    """Points of one's own, from a file or drawn: ``gancore points add FILE`` says their hash.

    Half of them, drawn by chance, are for training; the other half are held out, and all scores are against those. In
    unit coordinates the points' box is [-1, 1]². There is no support, so that near, coverage and what needs modes or a
    curve have no value.
    """

    kind: Literal["points"] = "points"
    label: ClassVar[str] = "Own points"
    family: ClassVar[str] = "Own points and formulas"
    what: ClassVar[str] = "set of points"
    private: ClassVar[bool] = True

    sha256: OfData[str] = Field(default=EXAMPLE, pattern=HASH, max_length=64)
    """The whole hash of the points, as ``gancore points show`` says it; without one, an example of gancore's own."""
    axes: OfData[Literal["own", "same"]] = "own"
    """Each axis measured by its own extent (the box is a square then), or both by the longer, which keeps the shape."""

    @field_validator("sha256", mode="before")
    @classmethod
    def _whole(cls, value: Any) -> Any:
        if isinstance(value, str) and not re.fullmatch(HASH, value):
            raise ValueError("use the whole hash, 64 of 0-9 and a-f, which gancore points show NAME says")
        return value

    def units(self) -> Units:
        """What unit coordinates are in the file's units; raises ConfigError where the points are not here."""
        return _units(self.sha256, self.axes)

    def everything(self) -> Array:
        """All the points, unit coordinates [n, 2], training half first; raises ConfigError."""
        return np.concatenate(self.halves())

    def halves(self) -> tuple[Array, Array]:
        """Points for training and held-out points, unit coordinates, in random order; raises ConfigError."""
        return _halves(self.sha256, self.axes)

    def shown(self, points: ArrayLike) -> Array:
        """Points [n, 2] of the dataset (generated ones too) in the units of the file."""
        units = self.units()
        return self.unit(points) * units.half + units.centre

    def own_units(self) -> tuple[Array, Array] | None:
        """The file's units, unless the axes are turned or the points are not here."""
        if self.placement.rotation or self.lacks():
            return None
        origin, right, up = self.shown([[0, 0], [1, 0], [0, 1]])
        return origin, np.array([right[0] - origin[0], up[1] - origin[1]])

    def measure(self) -> str:
        """That distances are shares of the box, not the file's units."""
        one = "half its width along x and half its height along y" if self.axes == "own" else "half its longer side"
        return f"Distances on own points are in units of the points' box, where 1 is {one}."

    def lacks(self) -> str:
        """That its points are not in a store here, and how they get there."""
        return "" if is_known(self.sha256) else str(missing(self.sha256))

    def sample(self, rng: Random, n: int) -> Array:
        """Held-out points [n, 2], none more than once more often than another; placed, with the dataset's noise."""
        return self._finish(_dealt(self.halves()[1], rng, n), rng)

    def ideal(self, rng: Random, n: int) -> Array:
        """Points [n, 2] of the other half, each drawn independently: all that a generator could have learned."""
        known = self.halves()[0]
        return self._finish(known[(rng.uniform(size=n) * len(known)).astype(np.intp)], rng)

    def points(self) -> NDArray[np.float32]:
        """The training set [size, 2] from the training half, as evenly often as the size allows."""
        rng = np.random.RandomState(self.seed)
        return self._finish(_dealt(self.halves()[0], rng, self.size), rng).astype(np.float32)

    def outline(self, n: int) -> Array:
        """Up to ``n`` of all the points, spread evenly over them."""
        points = _along(self.sha256, self.axes)
        return points[np.linspace(0, len(points), min(n, len(points)), endpoint=False).astype(np.intp)]

    def patches(self) -> Patches:
        """A row for each point of the training half."""
        known = self.halves()[0]
        return Patches.of(known[along_hilbert_curve(known)])

    def even(self, n: int) -> Array:
        """Held-out points [n, 2] that stand for equal shares of their probability, with noise."""
        return _held_out(self).even(n)  # type: ignore[arg-type]  # frozen, so hashable

    def extent(self) -> tuple[Array, Array]:
        """The points' box; where they are not here, the square that it lies in."""
        if self.lacks():
            return -np.ones(2), np.ones(2)
        points = self.everything()
        return points.min(axis=0), points.max(axis=0)

    def middle(self) -> Array:
        """The point [1, 2] in the middle of an order in which neighbours lie together."""
        points = _along(self.sha256, self.axes)
        return points[len(points) // 2 : len(points) // 2 + 1]

    def mean(self) -> Array:
        """The mean [1, 2] of the training half: where a generator that has learned only that would sit."""
        return self.halves()[0].mean(axis=0, keepdims=True)


def split(sha256: str, points: Array) -> tuple[Array, Array]:
    """Points [n, 2] in two halves by chance, the same for every call: for training, and held out.

    The hash seeds it, so that rows sorted by cluster are no trouble and the split is part of the run's id.
    """
    order = np.random.RandomState(split_seed(sha256)).permutation(len(points))
    first, second = np.array_split(order, 2)
    return points[first], points[second]


def split_seed(sha256: str) -> int:
    """The seed of the split of the points with this hash."""
    return int(sha256[:8], 16)


@lru_cache(maxsize=KEPT)
def _units(sha256: str, axes: str) -> Units:
    points = load(sha256)
    low, high = points.min(axis=0), points.max(axis=0)
    half = high / 2 - low / 2
    return Units(low / 2 + high / 2, half if axes == "own" else np.full(2, half.max()))


@lru_cache(maxsize=KEPT)
def _halves(sha256: str, axes: str) -> tuple[Array, Array]:
    units = _units(sha256, axes)
    unit = (load(sha256) - units.centre) / units.half
    halves = split(sha256, unit)
    for half in halves:
        half.setflags(write=False)
    return halves


@lru_cache(maxsize=KEPT)
def _along(sha256: str, axes: str) -> Array:
    points = np.concatenate(_halves(sha256, axes))
    points = points[along_hilbert_curve(points)]
    points.setflags(write=False)
    return points


@lru_cache(maxsize=KEPT)
def _held_out(dataset: OwnPoints) -> Patches:
    points = dataset.halves()[1]
    patches = Patches.of(points[along_hilbert_curve(points)])
    return patches.with_noise(dataset.noise**2 * np.eye(2)) if dataset.noise else patches


def _dealt(points: Array, rng: Random, n: int) -> Array:
    """``n`` points in random order, none dealt again before all were."""
    rounds = [rng.permutation(len(points)) for _ in range(-(-n // len(points)))]
    return points[np.concatenate(rounds)[:n]] if rounds else points[:0]
