"""Patches of curves, mixtures and areas, for a distribution to give as its ``patches()``."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.parts.dataset import ROWS
from gancore.parts.patches import Array, Patches

__all__ = ["ROWS", "Patches", "along_hilbert_curve", "of_area", "of_curve", "of_mixture", "shares"]

CLOSE = 1e-6
"""Largest distance of a curve's chords from it, over the curve's size."""
MOST = 16 * ROWS
"""Rows of a curve that bends much."""


def of_curve(curve: Callable[[Array], Array], pieces: Sequence[tuple[float, float]] = ((0.0, 1.0),)) -> Patches:
    """Segments of equal probability of ``curve(t)``, t [n] in [0, 1) being the share of probability before a point.

    5,040 rows, or up to sixteen times as many where the curve is further than 1e-6 of its size from them.
    """
    low, high = np.array(pieces).T
    rows = ROWS
    while True:
        counts = shares(high - low, rows)
        columns = [_segments(curve, *ends, count) for ends, count in zip(pieces, counts, strict=True) if count]
        start, end, middle = (np.concatenate(column) for column in zip(*columns, strict=True))
        error = np.hypot(*((start + end) / 2 - middle).T).max()
        if rows >= MOST or error <= CLOSE * np.ptp(middle, axis=0).max():
            return Patches.of(start, end - start)
        rows *= 2


def _segments(curve: Callable[[Array], Array], low: float, high: float, count: int) -> tuple[Array, Array, Array]:
    """Starts, ends and middles [count, 2] of a piece's segments."""
    # At ``high`` itself the next piece starts.
    t = np.minimum(np.linspace(low, high, 2 * count + 1), np.nextafter(high, low))
    points = curve(t)
    return points[:-1:2], points[2::2], points[1::2]


def of_mixture(centres: Array, covariances: ArrayLike, weights: Array) -> Patches:
    """Rows of Gaussians with centres [K, 2], covariances [K, 2, 2], and as many of each as its weight [K] says.

    5,040 rows where they share out exactly; otherwise up to 20,160, with the smallest error of any mode's share: none
    for equal weights, about one in 10,000 of it for others.
    """
    mode = np.repeat(np.arange(len(weights)), _counts(np.asarray(weights, np.float64) / np.sum(weights)))
    return Patches.of(np.asarray(centres)[mode], covariance=np.asarray(covariances)[mode])


def _counts(weights: Array) -> NDArray[np.intp]:
    """Whole numbers [K] that are to each other as the weights [K]."""
    exact = weights * ROWS
    if np.abs(exact - np.round(exact)).max() < 1e-9 and exact.min() > 0.5:
        return np.round(exact).astype(np.intp)
    totals = np.arange(ROWS, 4 * ROWS + 1)[:, None]
    counts = np.maximum(1, np.round(weights * totals))
    off = np.abs(counts / counts.sum(axis=1, keepdims=True) / weights - 1).max(axis=1)
    return counts[off.argmin()].astype(np.intp)


def of_area(area: Callable[[Array], Array], side: int = 128) -> Patches:
    """Parallelograms of equal probability of ``area(uv)``, which carries uniform points [n, 2] of [0, 1)² to the area.

    ``side``² rows, a power of two along each side, in the order of a Hilbert curve, so that neighbours lie together.
    """
    grid = np.stack(np.meshgrid(np.arange(side), np.arange(side), indexing="ij"), axis=-1).reshape(-1, 2)
    grid = grid[np.argsort(_hilbert(grid, side))]
    middle, u, v = (area((grid + offset) / side) for offset in ([0.5, 0.5], [0, 0.5], [0.5, 0]))
    first, second = 2 * (middle - u), 2 * (middle - v)
    return Patches.of(middle - (first + second) / 2, first, second)


def shares(weights: ArrayLike, total: int) -> NDArray[np.intp]:
    """Whole numbers [K] that sum to ``total`` and are as the weights [K]: rounded down, the largest rests up."""
    exact = np.asarray(weights, np.float64) / np.sum(weights) * total
    counts = np.floor(exact + 1e-9).astype(np.intp)
    left = total - int(counts.sum())
    counts[np.argsort(counts - exact, kind="stable")[:left]] += 1
    return counts


def along_hilbert_curve(points: ArrayLike) -> NDArray[np.intp]:
    """An order [n] of points [n, 2] in which neighbours lie together, so that even shares of it are spread evenly."""
    points = np.asarray(points, np.float64)
    low = points.min(axis=0)
    span = np.maximum(points.max(axis=0) - low, 1e-300)
    side = 2**15
    cells = np.minimum((points - low) / span * side, side - 1).astype(np.int64)
    return np.argsort(_hilbert(cells, side), kind="stable")


def _hilbert(cells: NDArray[np.int64], side: int) -> NDArray[np.int64]:
    """Place [n] along the Hilbert curve of cells [n, 2] of a grid of ``side``² (a power of two)."""
    x, y = np.asarray(cells, np.int64).T.copy()
    place = np.zeros(len(x), np.int64)
    step = side // 2
    while step:
        right, top = (x & step) > 0, (y & step) > 0
        place += step * step * ((3 * right) ^ top)
        flip = ~top & right
        x, y = np.where(flip, side - 1 - x, x), np.where(flip, side - 1 - y, y)
        x, y = np.where(top, x, y), np.where(top, y, x)
        step //= 2
    return place
