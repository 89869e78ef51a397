"""Modes as a support: which mode a point belongs to, and cells of equal probability."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.parts.dataset import Array, Dataset, Modes
from gancore.parts.patches import cholesky, quasi_random

WIDTHS = 3.0
"""Standard deviations up to which a point belongs to a mode."""

CELLS = 64
"""Cells of equal probability, at least, where the modes are none."""

RINGS = 8
"""Rings of equal probability that a mode's points are ordered by, before their angle."""

ALIKE = 0.01
"""Modes are equally probable if none differs from the mean by more than this share of it."""

INTEGRATED = 2**18
"""Quasi-random points that the probabilities of modes which overlap are read from."""


@dataclass(frozen=True, eq=False)
class ModeSupport:
    """A mixture of Gaussians in cells of equal probability.

    A point belongs to the mode that it is the fewest standard deviations (Mahalanobis' distance) from. Where the modes
    are equally probable each is a cell. Where they are not, or there is one mode alone, the cells cut the points in an
    order: mode by mode, within a mode ring by ring, and along a ring by its angle. The place in that order, as the
    share of probability before it, is uniform, so the cells are equally probable whatever the weights are; a lost mode
    costs as much coverage as it has probability.
    """

    modes: Modes
    expected: Array
    """Probability [K] that a point of the mixture belongs to each mode: its weight, unless modes overlap."""
    edges: Array | None
    """Where the cells end in that order, [cells - 1]; None where the modes are the cells."""
    sigma: float | None
    """The standard deviation along each axis that all modes have; None where they are not that alike."""
    words: str = "a mode"

    @property
    def cells(self) -> int:
        """Modes, or 64 and more."""
        return len(self.modes) if self.edges is None else len(self.edges) + 1

    @property
    def counted(self) -> str:
        """``modes`` where the cells are the modes."""
        return "modes" if self.edges is None else ""

    @property
    def near(self) -> float:
        """Three standard deviations: in unit coordinates where all modes are round and alike, else their number."""
        return WIDTHS * (self.sigma or 1.0)

    @property
    def unit(self) -> str:
        """What ``near`` and distances are counted in; empty for unit coordinates."""
        return "" if self.sigma else "standard deviations"

    def belonging(self, unit_points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of unit points [n, 2] to their mode, counted as ``near`` is, and that mode [n]."""
        if self.sigma:
            from scipy.spatial.distance import cdist

            distance = np.asarray(cdist(np.asarray(unit_points, np.float64), self.modes.centres), np.float64)
            mode = distance.argmin(axis=1)
            return distance[np.arange(len(mode)), mode], mode
        mode = self.modes.nearest(unit_points)
        return np.hypot(*self.modes.whitened(unit_points, mode).T), mode

    def locate(self, unit_points: ArrayLike) -> tuple[Array, NDArray[np.intp]]:
        """Distance [n] of unit points [n, 2] to their mode, counted as ``near`` is, and their cell [n]."""
        distance, mode = self.belonging(unit_points)
        return distance, self.cell(unit_points, mode)

    def cell(self, unit_points: ArrayLike, mode: NDArray[np.intp]) -> NDArray[np.intp]:
        """The cell [n] of unit points [n, 2] that belong to these modes [n]."""
        if self.edges is None:
            return mode
        return np.searchsorted(self.edges, self.order(unit_points, mode), side="right")

    def order(self, unit_points: ArrayLike, mode: NDArray[np.intp]) -> Array:
        """The place [n] in [0, 1) of points of these modes: the share of probability before them."""
        x, y = self.modes.whitened(unit_points, mode).T
        ring = np.minimum(-np.expm1(-(x * x + y * y) / 2) * RINGS, RINGS - 1).astype(np.intp)
        within = (ring + np.arctan2(y, x) / (2 * np.pi) % 1) / RINGS
        weights = self.modes.weights
        return (np.cumsum(weights) - weights)[mode] + weights[mode] * within


def mode_support(dataset: Dataset) -> ModeSupport:
    """The support of a dataset that has modes, which its noise makes wider."""
    return _support_of(dataset)  # type: ignore[arg-type]  # frozen, so hashable


@lru_cache(maxsize=64)  # each snapshot asks
def _support_of(dataset: Dataset) -> ModeSupport:
    modes = dataset.modes()
    if modes is None:
        raise TypeError(f"{type(dataset).__name__}: its support is made of modes, and it has none")
    if dataset.noise:  # which widens the modes, so that a perfect generator's points count as theirs
        modes = replace(modes, covariances=modes.covariances + dataset.noise**2 * np.eye(2))
    return _support(modes.centres.tobytes(), modes.covariances.tobytes(), modes.weights.tobytes())


@lru_cache(maxsize=64)  # by content, so that datasets which differ in scale or seed alone share one
def _support(centres: bytes, covariances: bytes, weights: bytes) -> ModeSupport:
    modes = Modes(
        np.frombuffer(centres).reshape(-1, 2), np.frombuffer(covariances).reshape(-1, 2, 2), np.frombuffer(weights)
    )
    variances = modes.covariances.reshape(-1, 4)
    same = np.all(variances == variances[0, 0] * np.array([1, 0, 0, 1]))
    sigma = float(np.sqrt(variances[0, 0])) if same else None
    cells = max(CELLS, 2 * len(modes))
    plain = ModeSupport(modes, modes.weights, np.arange(1, cells) / cells, sigma)
    if _overlap(modes):
        points, shares = _quadrature(modes)
        mode = plain.belonging(points)[1]
        order = plain.order(points, mode)
        ranks = np.argsort(order)
        before = np.cumsum(shares[ranks]) - shares[ranks] / 2
        edges = np.interp(np.arange(1, cells) / cells, before, order[ranks])
        # A mode that lies within others may have no point that is its own.
        expected = np.maximum(np.bincount(mode, shares, len(modes)), 1e-9)
        plain = ModeSupport(modes, expected, edges, sigma)
    if len(modes) > 1 and np.abs(plain.expected * len(modes) - 1).max() <= ALIKE:
        return ModeSupport(modes, np.full(len(modes), 1 / len(modes)), None, sigma)
    return plain


def _quadrature(modes: Modes) -> tuple[Array, Array]:
    """Quasi-random points [n, 2] of the mixture and the share of its probability that each stands for, [n]."""
    count = INTEGRATED // len(modes)
    # Even in the share within a radius and in the angle, as the order of points is.
    share, turn = quasi_random(count * len(modes), 2).T
    radius, angle = np.sqrt(-2 * np.log1p(-share)), 2 * np.pi * turn
    x, y = radius * np.cos(angle), radius * np.sin(angle)
    mode = np.repeat(np.arange(len(modes)), count)
    a, b, c = cholesky(modes.covariances)[mode].T
    return modes.centres[mode] + np.stack([a * x, b * x + c * y], axis=1), modes.weights[mode] / count


def _overlap(modes: Modes) -> bool:
    """Whether points of a mode (one in 300,000 at least) may belong to another one: ellipses of 5 deviations meet."""
    first, second = np.triu_indices(len(modes), 1)
    if not len(first):
        return False
    offset = (modes.centres[second] - modes.centres[first])[:, :, None]
    # Two ellipses of m deviations meet unless m² is below the largest of these over s in (0, 1).
    largest = np.zeros(len(first))
    for s in np.arange(1, 32) / 32:
        between = np.linalg.solve((1 - s) * modes.covariances[first] + s * modes.covariances[second], offset)
        largest = np.maximum(largest, s * (1 - s) * np.sum(offset * between, axis=(1, 2)))
    return bool(largest.min() < 25)
