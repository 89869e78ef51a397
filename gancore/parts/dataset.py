"""Dataset: what a distribution in the plane provides, to training, to metrics and to what draws it."""

from __future__ import annotations

from abc import abstractmethod
from dataclasses import dataclass
from functools import lru_cache
from typing import Annotated, Any, ClassVar, Literal, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, ValidationInfo, field_validator

from gancore.parts.base import Choice, OfData, Since, Static
from gancore.parts.patches import Patches, cholesky
from gancore.parts.placement import UNPLACED, Placement
from gancore.parts.quantiles import Quantiles

Array = NDArray[np.float64]
Random = np.random.Generator | np.random.RandomState

ROWS = 5040
"""Rows of patches, unless a shape needs others: all numbers up to ten divide it, so that modes get equal shares."""


class Support(Protocol):
    """Where a distribution has its probability, in unit coordinates, cut into cells of equal probability."""

    @property
    def cells(self) -> int:
        """Cells of equal probability."""
        ...

    @property
    def near(self) -> float:
        """Distance up to which a point counts as on the support."""
        ...

    @property
    def words(self) -> str:
        """What a point is near to, as ``the curve`` or ``a mode``."""
        ...

    @property
    def counted(self) -> str:
        """What the cells are where they are things that one counts, as ``modes``; empty where coverage is a share."""
        ...

    @property
    def unit(self) -> str:
        """What distances are counted in where it is not unit coordinates, as ``standard deviations``; else empty."""
        ...

    def locate(self, unit_points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of unit points [n, 2] to the support, and the cell [n] of the nearest place on it."""
        ...


@dataclass(frozen=True, eq=False)
class Modes:
    """The Gaussians that a mixture is made of, in unit coordinates and without the dataset's noise."""

    centres: Array
    """[K, 2]"""
    covariances: Array
    """[K, 2, 2]"""
    weights: Array
    """Probability of each, [K]; more than 0, and 1 together."""

    def __len__(self) -> int:
        return len(self.centres)

    def whitened(self, unit_points: ArrayLike, mode: NDArray[np.intp]) -> Array:
        """Unit points [n, 2] as seen from their modes [n]: standard normal [n, 2] for points of those modes."""
        a, b, c = cholesky(self.covariances)[mode].T
        x, y = (np.asarray(unit_points, np.float64) - self.centres[mode]).T
        x = x / a
        return np.stack([x, (y - b * x) / c], axis=1)

    def nearest(self, unit_points: ArrayLike) -> NDArray[np.intp]:
        """The mode [n] that each of the unit points [n, 2] is the fewest standard deviations from."""
        middle = self.centres.mean(axis=0)
        x, y = (np.asarray(unit_points, np.float64) - middle).T
        cx, cy = (self.centres - middle).T
        xx, xy, yy = (inverse := np.linalg.inv(self.covariances))[:, 0, 0], inverse[:, 0, 1], inverse[:, 1, 1]
        # The square of the distance, multiplied out: one matrix product for all modes.
        factors = [xx, 2 * xy, yy, -2 * (xx * cx + xy * cy), -2 * (xy * cx + yy * cy)]
        factors.append(xx * cx * cx + 2 * xy * cx * cy + yy * cy * cy)
        terms = np.stack([x * x, x * y, y * y, x, y, np.ones_like(x)], axis=1)
        return (terms @ np.stack(factors)).argmin(axis=1)

    def widths(self, unit_points: ArrayLike) -> Array:
        """Standard deviations (Mahalanobis' distance) of unit points from each mode, [n, K]."""
        points = np.asarray(unit_points, np.float64)
        columns = [self.whitened(points, np.full(len(points), k)) for k in range(len(self))]
        return np.stack([np.hypot(*column.T) for column in columns], axis=1)


class Dataset(Choice):
    """A distribution in the plane.

    Unit coordinates are those of the shape itself, before ``placement`` and ``scale``; metrics are of unit points.
    """

    label: ClassVar[str]
    """Name for people."""
    what: ClassVar[str] = "distribution"
    """What kind of thing it is, in a caption: ``curve``, ``mixture``."""
    family: ClassVar[str] = "Other distributions"
    """The heading that it stands under where all distributions are shown."""
    told: ClassVar[tuple[str, ...]] = ()
    """Fields that its ``words`` tell, so that a label does not repeat them."""
    directed: ClassVar[bool] = False
    """Whether it has ``normals``, so that noise may be along them alone."""
    private: ClassVar[bool] = False
    """Whether its points are a person's own, who says whether they are part of a report."""

    scale: OfData[float] = Field(default=1.0, ge=0.01, le=100)
    """All points are multiplied by this; metrics divide by it again."""
    size: Static[int] = Field(default=10_000, ge=100, le=200_000)
    """Points in the training set."""
    noise: OfData[float] = Field(default=0.0, ge=0, le=1)
    """Standard deviation of Gaussian noise on the points, before scaling."""
    seed: OfData[int] = Field(default=0, ge=0, lt=2**31)
    """Seed of the training set (not of the run)."""
    fresh: Annotated[Static[bool], Since("0.3.0", neutral=False)] = False
    """Whether every step draws new points of the distribution, rather than from a training set of ``size``."""
    noise_along: Annotated[OfData[Literal["both", "normal"]], Since("0.3.0", neutral="both")] = "both"
    """Noise along both axes, or along the normal to the curve alone (radially for a circle or an annulus)."""
    placement: Annotated[Placement, Since("0.3.0", neutral=UNPLACED.model_dump(mode="json"))] = UNPLACED
    """Where the shape lies: stretched, turned, fitted, then scaled, then shifted."""

    @field_validator("noise_along")
    @classmethod
    def _has_normals(cls, value: str, info: ValidationInfo) -> str:
        if value == "normal" and not cls.directed:
            raise ValueError(f"it must be both, since this {cls.what} has no normal")
        return value

    def words(self) -> str:
        """Its name for people, which a member whose fields say what it is makes of those."""
        return self.label

    @abstractmethod
    def sample(self, rng: Random, n: int) -> Array:
        """Fresh points [n, 2], placed and scaled, with the dataset's noise."""

    @abstractmethod
    def outline(self, n: int) -> Array:
        """About ``n`` noise-free unit points [m, 2], spread evenly over the probability: what it looks like."""

    def patches(self) -> Patches:
        """The noise-free distribution in unit coordinates, as rows to draw from; points of the outline unless known."""
        return Patches.of(self.outline(ROWS))

    def normals(self, unit_points: Array) -> Array:
        """Unit vectors [n, 2] along which noise moves noise-free unit points [n, 2], where noise is along normals."""
        raise NotImplementedError(f"{type(self).__name__}: a distribution that is directed defines normals")

    def row_normals(self, patches: Patches) -> Array:
        """The normal [T, 2] of each row of the patches."""
        return self.normals(patches.middle)

    def noisy_patches(self) -> Patches:
        """The distribution with its noise in unit coordinates, as rows to draw from; kept, so not to be changed."""
        return _noisy(self)  # type: ignore[arg-type]  # frozen, so hashable

    def placed_patches(self) -> Patches:
        """The distribution as it is trained on: with noise, placed and scaled."""
        matrix, offset = self.affine()
        return self.noisy_patches().carried(self.scale * matrix, self.scale * offset + self._shift)

    def even(self, n: int) -> Array:
        """Unit points [n, 2] of the noisy distribution that stand for equal shares of its probability.

        The same at every call: a reference with less noise than random points.
        """
        return self.noisy_patches().even(n)

    def points(self) -> NDArray[np.float32]:
        """The training set [size, 2], decided by the dataset's fields alone."""
        return self.sample(np.random.RandomState(self.seed), self.size).astype(np.float32)

    @property
    def coordinates(self) -> int:
        """Uniform numbers that a point is a known function of: its quantile, where across, its noise (``quantiles``).

        0 where no order of the points is known, as of points of one's own.
        """
        return 0

    def quantiles(self) -> Quantiles:
        """The distribution as a function of its ``coordinates``, where there are any: with noise, placed and scaled.

        Kept, so not to be changed.
        """
        return _quantiles(self)  # type: ignore[arg-type]  # frozen, so hashable

    def ordered(self) -> Quantiles:
        """The noise-free distribution in unit coordinates, in rows whose order is that of the quantile."""
        return Quantiles.of(self.patches())

    @property
    def _noises(self) -> int:
        """Coordinates of the noise."""
        return (1 if self.noise_along == "normal" else 2) if self.noise else 0

    def ideal(self, rng: Random, n: int) -> Array:
        """Points [n, 2] as the best of generators could make them, by which scores are read: fresh ones.

        Where a sample is all that is known, they come from another part of it than ``sample`` gives.
        """
        return self.sample(rng, n)

    def shown(self, points: ArrayLike) -> Array:
        """Points [n, 2] of the dataset in the units that people know them in: those of their file, or as they are."""
        return np.asarray(points, dtype=np.float64)

    def own_units(self) -> tuple[Array, Array] | None:
        """Centre [2] and length [2] by which axes are labelled: a coordinate v reads ``centre + length * v``.

        None where it reads as it is, or where other units would need turned axes.
        """
        return None

    def measure(self) -> str:
        """What a distance of 1 is, in a sentence; empty where it is the unit of the shape itself."""
        return ""

    def lacks(self) -> str:
        """Why its points cannot be made here, and what to do, in a sentence; empty where they can."""
        return ""

    def at_hand(self) -> NDArray[np.float32]:
        """The training set for pictures: as ``points`` gives it, or no points [0, 2] where it lacks what it needs."""
        return np.zeros((0, 2), np.float32) if self.lacks() else self.points()

    def placed(self, unit_points: ArrayLike) -> Array:
        """Unit points [n, 2] where the dataset has them: stretched, turned, fitted, scaled, shifted."""
        points = np.asarray(unit_points, dtype=np.float64)
        if self.placement == UNPLACED:
            return points * self.scale
        matrix, offset = self.affine()
        return (points @ matrix.T + offset) * self.scale + self._shift

    def unit(self, points: ArrayLike) -> Array:
        """Points [n, 2] of the dataset in unit coordinates: the inverse of ``placed``."""
        points = np.asarray(points, dtype=np.float64)
        if self.placement == UNPLACED:
            return points / self.scale
        matrix, offset = self.affine()
        return ((points - self._shift) / self.scale - offset) @ np.linalg.inv(matrix).T

    def extent(self) -> tuple[Array, Array]:
        """Lower left and upper right corner [2] of what there is to see, in unit coordinates."""
        outline = self.outline(4096)
        return outline.min(axis=0), outline.max(axis=0)

    def reach(self) -> float:
        """The largest coordinate of what there is to see, placed and scaled; of an unplaced one at least ``scale``."""
        if self.placement == UNPLACED:
            return self.scale * max(1.0, float(np.abs(self.extent()).max()))
        return float(np.abs(self.placed(self._corners())).max())

    def _corners(self) -> Array:
        """Unit points [m, 2] whose box, placed, holds what there is to see."""
        (left, low), (right, high) = self.extent()
        return np.array([[left, low], [left, high], [right, low], [right, high]])

    def support(self) -> Support | None:
        """Where its probability is, or None where nobody knows (points of one's own)."""
        return None

    def log_density(self, unit_points: ArrayLike) -> Array | None:
        """Natural logarithm of the density [n] at unit points [n, 2]; None where it has none (a curve)."""
        return None

    def modes(self) -> Modes | None:
        """What a mixture is made of; None without modes."""
        return None

    def middle(self) -> Array:
        """One noise-free unit point [1, 2] in the middle of the probability: where a collapsed generator may sit."""
        return self.outline(1)[:1]

    def mean(self) -> Array:
        """The mean [1, 2] of the noise-free distribution, in unit coordinates."""
        return self.outline(2**14).mean(axis=0, keepdims=True)

    @property
    def _shift(self) -> Array:
        return np.array([self.placement.shift_x, self.placement.shift_y])

    def affine(self) -> tuple[Array, Array]:
        """Matrix [2, 2] and offset [2] of the placement before scaling (see ``Placement.affine``); kept."""
        return _affine(self)  # type: ignore[arg-type]  # frozen, so hashable

    def _finish(self, clean: Array, rng: Random, normals: Any = None) -> Array:
        """Noise, then placement and scale, on noise-free unit points [n, 2]; ``normals`` [n, 2] if they are known."""
        if self.noise and self.noise_along == "normal":
            along = self.normals(clean) if normals is None else normals
            clean = clean + self.noise * rng.standard_normal(size=(len(clean), 1)) * along
        elif self.noise:
            clean = clean + self.noise * rng.standard_normal(size=clean.shape)
        return self.placed(clean)


@lru_cache(maxsize=8)  # of a million points they take 72 MB
def _noisy(dataset: Dataset) -> Patches:
    patches = dataset.patches()
    if not dataset.noise:
        return patches
    if dataset.noise_along == "both":
        return patches.with_noise(dataset.noise**2 * np.eye(2))
    normals = dataset.row_normals(patches)
    return patches.with_noise(dataset.noise**2 * normals[:, :, None] * normals[:, None, :])


@lru_cache(maxsize=8)
def _quantiles(dataset: Dataset) -> Quantiles:
    known = dataset.ordered()
    if dataset.noise:
        along = dataset.noise_along == "normal"
        known = known.with_noise(dataset.noise, dataset.normals(known.middle) if along else None)
    matrix, offset = dataset.affine()
    return known.carried(dataset.scale * matrix, dataset.placed(np.zeros((1, 2)))[0])


@lru_cache(maxsize=256)
def _affine(dataset: Dataset) -> tuple[Array, Array]:
    return dataset.placement.affine(dataset.noisy_patches())
