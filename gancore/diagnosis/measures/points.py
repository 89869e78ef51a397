"""Quantities of the generated points: how they lie, how they move, and whether the output presses them to its end.

They are taken around the distribution's centre and in units of its spread (see ``Seen.points``), so that one
threshold serves distributions of any size. Points of all snapshots are of the same latents.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from gancore.config import Dataset, RunConfig
from gancore.diagnosis.quantity import LATE, Found, measure
from gancore.diagnosis.seen import Seen
from gancore.metrics.even import even_points
from gancore.parts.activations import Output

SATURATED = 0.99
"""Share of a bounded output's reach from which a coordinate counts as saturated."""
OUT = 1.02
"""Share of the reach from which on real points lie out of it, rather than at its end."""
REACHES: dict[Output, tuple[float, float]] = {"tanh": (-1.0, 1.0), "tanh_1.5": (-1.5, 1.5), "sigmoid": (0.0, 1.0)}
"""Bounded outputs and their ends, before their scale; ``range`` has the data's own."""


@measure("spread", "Spread", "times", "How far generated points lie apart, against real ones: 1 is as far.")
def spread_of(seen: Seen) -> Found | None:
    """Root mean square distance of the points from their own mean, in units of the distribution's."""
    apart = seen.points - seen.points.mean(axis=1, keepdims=True)
    return seen.snapshot_steps, np.sqrt(np.square(apart).sum(axis=2).mean(axis=1))


@measure(
    "far", "Furthest points", "times", "How far out the outermost twentieth of generated points is, against real ones."
)
def far(seen: Seen) -> Found | None:
    """95th percentile of the distance from the distribution's centre, over that of its own points."""
    real = np.hypot(*_real(seen).T)
    return seen.snapshot_steps, np.percentile(np.hypot(*np.moveaxis(seen.points, 2, 0)), 95, axis=1) / np.percentile(
        real, 95
    )


@measure(
    "moved",
    "Movement",
    "data units",
    "How far a point made from the same noise moves from one snapshot to the next.",
    late=True,
    snapshots=2,
)
def moved(seen: Seen) -> Found | None:
    """Mean over the points."""
    return seen.snapshot_steps[1:], np.linalg.norm(np.diff(seen.points, axis=0), axis=2).mean(axis=1)


@measure(
    "turned",
    "Rotation",
    "degrees",
    "Angle by which the generated points turn around the data's centre from one snapshot to the next.",
    late=True,
    snapshots=2,
)
def turned(seen: Seen) -> Found | None:
    """Size of the angle of the rotation about the centre that carries each point, made from the same noise, best to
    where it is next (orthogonal Procrustes; Schönemann 1966); in the plane it has a closed form."""
    before, after = seen.points[:-1], seen.points[1:]
    along = (before * after).sum(axis=(1, 2))
    across = (before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]).sum(axis=1)
    return seen.snapshot_steps[1:], np.abs(np.degrees(np.arctan2(across, along)))


@measure(
    "returned",
    "Path against progress",
    "times",
    "Way that points made from the same noise have gone in the second half of the run, against how far they got.",
)
def returned(seen: Seen) -> Found | None:
    """At each snapshot, over a window of half the run so far: mean length of the paths over the mean distance between
    their ends."""
    steps, points = seen.snapshot_steps, seen.points
    if len(points) < 5:
        return None
    way = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(points, axis=0), axis=2).mean(axis=1))])
    found = []
    for last in range(4, len(points)):
        first = last // 2
        got = np.linalg.norm(points[last] - points[first], axis=1).mean()
        found.append((way[last] - way[first]) / got if got > 0 else np.nan)
    return steps[4:], found


@measure(
    "wander",
    "Wandering",
    "data units",
    "How far a point made from the same noise strays from an even way over the last quarter of the snapshots.",
)
def wander(seen: Seen) -> Found | None:
    """At each snapshot, over those of the quarter of the run before it: root mean square distance from the straight,
    even way that fits best (least squares), so that a point that only moves on strays nowhere."""
    count = max(5, round(LATE * len(seen.points)))
    if len(seen.points) < count:
        return None
    times = np.linspace(-1, 1, count)
    straight = np.linalg.qr(np.stack([np.ones(count), times], axis=1))[0]
    found = []
    for end in range(count, len(seen.points) + 1):
        piece = seen.points[end - count : end].reshape(count, -1)
        found.append(np.sqrt(2 * np.square(piece - straight @ (straight.T @ piece)).mean()))
    return seen.snapshot_steps[count - 1 :], found


@measure(
    "centre",
    "The cloud's centre",
    "data units",
    "How far the mean of the generated points lies from the data's.",
    late=True,
)
def centre_of(seen: Seen) -> Found | None:
    """In units of the distribution's spread."""
    return seen.snapshot_steps, np.hypot(*seen.points.mean(axis=1).T)


@measure(
    "centre_path",
    "Way of the cloud's centre",
    "data units",
    "How far the mean of the generated points moves from one snapshot to the next.",
    late=True,
    snapshots=2,
)
def centre_path(seen: Seen) -> Found | None:
    """In units of the distribution's spread."""
    return seen.snapshot_steps[1:], np.hypot(*np.diff(seen.points.mean(axis=1), axis=0).T)


@measure(
    "saturated",
    "Saturated output",
    "share",
    "Share of generated points with a coordinate beyond 0.99 of the end of the generator's output.",
)
def saturated(seen: Seen) -> Found | None:
    """Of an output without ends there is none."""
    ends = ends_of(seen.config)
    if ends is None:
        return None
    return seen.snapshot_steps, beyond(seen.read_points(), *ends).any(axis=-1).mean(axis=-1)


@measure("saturated_data", "Real points at that end", "share", "Share of real points with a coordinate there.")
def saturated_data(seen: Seen) -> Found | None:
    """Of points that stand for equal shares of the distribution; those further out, which no output reaches, are not
    there."""
    ends = ends_of(seen.config)
    if ends is None:
        return None
    real = seen.config.dataset.placed(even_points(seen.config.dataset, 1000))  # type: ignore[arg-type]
    return float((beyond(real, *ends).any(axis=-1) & ~beyond(real, *ends, OUT).any(axis=-1)).mean())


def ends_of(config: RunConfig) -> tuple[NDArray[np.float64], NDArray[np.float64]] | None:
    """Lowest and highest point [2] of the generator's output; None of one without ends."""
    output, scale = config.generator.output, config.generator.output_scale
    if output == "range":
        return _box(config.dataset)  # type: ignore[arg-type]  # frozen, so hashable
    if output not in REACHES:
        return None
    low, high = REACHES[output]
    return np.full(2, low * scale), np.full(2, high * scale)


def beyond(
    points: NDArray[np.floating], low: NDArray[np.float64], high: NDArray[np.float64], share: float = SATURATED
) -> NDArray[np.bool_]:
    """Which coordinates of points [..., 2] lie beyond this share of an output's reach."""
    middle, half = (low + high) / 2, (high - low) / 2
    return np.abs(points - middle) >= share * half


@lru_cache(maxsize=16)
def _box(dataset: Dataset) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    points = dataset.points().astype(np.float64)
    return points.min(axis=0), points.max(axis=0)


def _real(seen: Seen) -> NDArray[np.float64]:
    """Points of the distribution [1000, 2] as ``Seen.points`` has generated ones."""
    return (even_points(seen.config.dataset, 1000) - seen.centre) / seen.scale  # type: ignore[arg-type]
