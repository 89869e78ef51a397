"""Following a curve given by formulas: whether it is finite, connected and not too small, and how much it winds."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from gancore.parts.families import Array
from gancore.words import typed, whole

STEPS = 2048
"""Steps at which a curve is looked at first."""
FARTHEST = 1e6
"""The largest coordinate of a curve."""
SMALLEST = 0.001
"""The smallest curve: distances count in units of 0.05."""
LEAST = 1e-4
"""Share of its distance from the origin that a curve is long, at least: points are stored in single precision."""
JUMP = 1e-3
"""Share of the curve's size that it may move in no time."""
SHARP = 0.3
"""Angle in radians by which the direction changes at a corner, at least."""
STILL = 1 / 200
"""Share of the range of t in which a curve must not stay at one point, where it is run through evenly in t."""
AXES = "xy"
TINY = 1e-9
"""Share of the curve's size below which a step has no direction."""


class Troubled(ValueError):
    """A curve that cannot be learned, and why."""

    def __init__(self, axis: int, reason: str):
        super().__init__(reason)
        self.axis = axis
        """0 where x is at fault, 1 where y is."""


def follow(at: Callable[[Array], Array], low: float, high: float) -> float:
    """The full turns of the direction of the curve ``at`` (t [n] → points [n, 2]) from ``low`` to ``high``.

    Raises Troubled where it is no curve there.
    """
    t = places(low, high)
    points = at(t)
    _check_finite(t, points)
    spans = np.ptp(points, axis=0)
    size = float(spans.max())
    if 0 < size < SMALLEST:
        raise Troubled(
            int(spans.argmax()), f"the curve is only {typed(size, 2)} across; at least {SMALLEST} is allowed"
        )
    if not size > LEAST * float(np.abs(points).max()):
        axis = int(spans.argmax())
        said = "its points are all the same, so it has no length" if size == 0 else "it is too small to be told apart"
        raise Troubled(axis, said if size == 0 else f"{said} so far from the origin; move it nearer")
    _check_jumps(at, t, points, size)
    chords = np.diff(points, axis=0)
    chords = chords[np.hypot(*chords.T) > TINY * size]
    return float(_turns(chords[:-1], chords[1:]).sum() / (2 * np.pi))


def standing(at: Callable[[Array], Array], low: float, high: float) -> tuple[float, float] | None:
    """The longest part of the range of t where the curve stays at one point; None where it is short."""
    t = places(low, high)
    points = at(t)
    moving = np.hypot(*np.diff(points, axis=0).T) > 1e-12 * float(np.ptp(points, axis=0).max())
    ends = np.flatnonzero(np.concatenate([[True], moving, [True]]))
    longest = int((t[ends[1:] - 1] - t[ends[:-1]]).argmax())
    first, last = float(t[ends[longest]]), float(t[ends[longest + 1] - 1])
    return (first, last) if last - first > STILL * (high - low) else None


def corners(at: Callable[[Array], Array], low: float, high: float) -> tuple[float, ...]:
    """Values of t between the ends, ascending, where the direction of a curve jumps: corners and cusps.

    Within 1e-7 of the range: where it turns much between three places, ever closer ones are looked at.
    """
    t = places(low, high)
    chords = np.diff(at(t), axis=0)
    sharp = np.flatnonzero(_turns(chords[:-1], chords[1:]) > SHARP)
    left, right = t[sharp], t[sharp + 2]
    for _ in range(11):
        inside = np.linspace(left, right, 5)
        chords = np.diff(at(inside.ravel()).reshape(5, -1, 2), axis=0)
        turns = _turns(chords[:-1], chords[1:])
        at_most = turns.argmax(axis=0)
        keep = turns.max(axis=0, initial=0) > SHARP
        which = np.arange(len(left))
        left, right = inside[at_most, which][keep], inside[at_most + 2, which][keep]
    middle = np.unique((left + right) / 2)
    apart = np.diff(middle, prepend=low) > 1e-6 * (high - low)
    return tuple(map(float, middle[apart & (high - middle > 1e-6 * (high - low))]))


def _turns(before: Array, after: Array) -> Array:
    """Angles [...] between chords [..., 2] that follow one another; 0 where one has no length."""
    cross = before[..., 0] * after[..., 1] - before[..., 1] * after[..., 0]
    return np.abs(np.arctan2(cross, (before * after).sum(axis=-1)))


def places(low: float, high: float) -> Array:
    """Values of t from end to end, both included: even ones, and others beside them that no period agrees with."""
    even = np.linspace(0, 1, STEPS + 1)
    beside = np.random.default_rng(0).uniform(size=STEPS) / STEPS + even[:-1]
    return low + (high - low) * np.sort(np.concatenate([even, beside]))


def _check_finite(t: Array, points: Array) -> None:
    for axis, values in enumerate(points.T):
        bad = ~np.isfinite(values)
        if bad.any():
            raise Troubled(axis, f"{AXES[axis]} is not finite at t = {typed(t[bad.argmax()])}")
    for axis, values in enumerate(np.abs(points).T):
        if values.max() > FARTHEST:
            raise Troubled(axis, f"{AXES[axis]} is beyond {whole(FARTHEST)} near t = {typed(t[values.argmax()], 3)}")


def _check_jumps(at: Callable[[Array], Array], t: Array, points: Array, size: float) -> None:
    """Halve the long steps, always on to the longer half: a curve's become short, a jump's do not."""
    left, right, start, end = t[:-1], t[1:], points[:-1], points[1:]
    for _ in range(50):
        long = np.hypot(*(end - start).T) > JUMP * size
        left, right, start, end = left[long], right[long], start[long], end[long]
        if not len(left):
            return
        middle = (left + right) / 2
        inside = at(middle)
        _check_finite(middle, inside)
        first = np.hypot(*(inside - start).T) > np.hypot(*(end - inside).T)
        left, right = np.where(first, left, middle), np.where(first, middle, right)
        start, end = np.where(first[:, None], start, inside), np.where(first[:, None], inside, end)
    step = np.abs(end - start)
    axis = int(step[0].argmax())
    a, b = start[0][axis], end[0][axis]
    said = f"{AXES[axis]} jumps from {typed(a, 4)} to {typed(b, 4)} at t = {typed(left[0])}"
    raise Troubled(axis, f"{said}; end a piece there and begin another, with ; between them")
