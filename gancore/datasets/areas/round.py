"""The square carried to the disc, so that equal areas stay equal, and normals within a circle."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gancore.datasets.patches import along_hilbert_curve
from gancore.parts.patches import Array, Patches

REACH = 3.0
"""Standard deviations at which a normal distribution of an area is cut off."""
WITHIN = float(-np.expm1(-(REACH**2) / 2))
"""Share of a normal distribution in the plane that lies within REACH, 0.9889."""


def to_disc(u: Array, v: Array) -> Array:
    """Points [n, 2] of the unit disc at u, v [n] in [0, 1] (Shirley and Chiu 1997): squares become rings, one each."""
    a, b = 2 * u - 1, 2 * v - 1
    wide = np.abs(a) > np.abs(b)
    radius = np.where(wide, a, b)
    turn = np.pi / 4 * np.divide(np.where(wide, b, a), radius, out=np.zeros_like(radius), where=radius != 0)
    angle = np.where(wide, turn, np.pi / 2 - turn)
    return np.stack([radius * np.cos(angle), radius * np.sin(angle)], axis=1)


def from_disc(points: Array) -> tuple[Array, Array]:
    """The u and v [n] of points [n, 2] of the unit disc."""
    x, y = points.T
    radius = np.hypot(x, y)
    wide = np.abs(x) > np.abs(y)
    long, short = np.where(wide, x, y), np.where(wide, y, x)
    a = np.sign(long) * radius
    b = a * np.arctan(np.divide(short, long, out=np.zeros_like(long), where=long != 0)) * 4 / np.pi
    return (np.where(wide, a, b) + 1) / 2, (np.where(wide, b, a) + 1) / 2


def to_normal(u: Array, v: Array) -> Array:
    """Standard normal points [n, 2] within REACH of the origin, at u, v [n] in [0, 1]."""
    disc = to_disc(u, v)
    square = np.square(disc).sum(axis=1)
    radius = normal_radius(square)
    # Near the origin the share of the radius is one of a constant.
    return disc * np.divide(radius, np.sqrt(square), out=np.ones_like(radius), where=square > 0)[:, None]


def from_normal(points: Array) -> tuple[Array, Array]:
    """The u and v [n] of points [n, 2] within REACH of the origin."""
    square = np.square(points).sum(axis=1)
    radius = np.sqrt(np.minimum(-np.expm1(-square / 2) / WITHIN, 1))
    return from_disc(points * np.divide(radius, np.sqrt(square), out=np.ones_like(radius), where=square > 0)[:, None])


def normal_log_density(points: Array) -> Array:
    """Natural logarithm of the density [n] of ``to_normal`` at points [n, 2]; -inf beyond REACH."""
    square = np.square(points).sum(axis=1)
    return np.where(square <= REACH**2, -square / 2 - np.log(2 * np.pi * WITHIN), -np.inf)


def normal_radius(share: Array) -> Array:
    """Radius [n] within which so much [n] of a normal distribution lies that is cut off at REACH."""
    return np.sqrt(-2 * np.log1p(-WITHIN * share))


def round_patches(carry: Callable[[Array], Array], radius: Callable[[Array], Array], rows: int) -> Patches:
    """Patches of a distribution that is a round one, carried by ``carry`` [n, 2] → [n, 2].

    ``radius`` gives the radius [n] within which so much [n] of its probability lies, its angle being uniform. The rows
    lie in rings, in each of which they are about as long as wide.
    """
    share, columns = 0.0, []
    while rows * (1 - share) > 0.5:
        start, soon = radius(np.array([share, min(1, share + 4 / rows)]))
        # In the next ring a row covers about as much of the plane as 4 rows from here, for a quarter each.
        side = np.sqrt(np.pi * (soon**2 - start**2) / 4)
        left = round(rows * (1 - share))
        count = min(left, max(4, round(2 * np.pi * (start + side / 2) / side)))
        if left - count < count / 2:
            count = left
        low, middle, high = radius(np.minimum(share + np.array([0, 0.5, 1]) * count / rows, 1))
        angle = 2 * np.pi * np.arange(count + 1) / count
        columns.append(np.stack(np.broadcast_arrays(angle[:-1], angle[1:], low, middle, high)))
        share += count / rows
    first, last, low, middle, high = np.concatenate(columns, axis=1)

    def at(angle: Array, r: Array) -> Array:
        return carry(np.stack([r * np.cos(angle), r * np.sin(angle)], axis=1))

    half = (first + last) / 2
    centre, along, across = at(half, middle), at(last, middle) - at(first, middle), at(half, high) - at(half, low)
    order = along_hilbert_curve(centre)
    patches = Patches.of(centre - (along + across) / 2, along, across)
    return Patches(*(column[order] for column in patches))
