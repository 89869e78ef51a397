"""Traced: a curve given by formulas x(s), y(s) whose arc length has no closed form."""

from __future__ import annotations

import itertools
from abc import abstractmethod
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Literal, TypeVar

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.datasets.base import LAST, Curve
from gancore.datasets.patches import Patches, of_curve
from gancore.datasets.search import Nodes
from gancore.parts import OfData
from gancore.parts.dataset import Array, Dataset
from gancore.parts.errors import ConfigError
from gancore.words import typed

Along = Literal["length", "parameter"]

TABLE = 4096
"""Even steps of a curve; as many are added where it is long or bends."""

FINEST = 2.0**-26
"""The smallest step of a stretch, as a fraction of its parameters."""

STEEP = 0.6
"""Share of a step's chord that half of it makes where the curve runs ever faster towards its end, as a root does."""

STEEPER = 2.0 ** (-np.arange(400) / 16)
"""Shares of the outermost steps at such an end where the curve is looked at too, which is exact for a root to 1e-6."""

OUTERMOST = 32
"""Those steps."""

TURNED = 30.0
"""Radians of turning from which on bends get as many nodes as length does."""


@dataclass(frozen=True, eq=False)
class Trace:
    """One connected piece of a curve."""

    at: Callable[[Array], Array]
    """Unit points [n, 2] at parameters s [n] in [low, high]; continuous."""
    low: float = 0.0
    high: float = 1.0
    corners: tuple[float, ...] = ()
    """Parameters between ``low`` and ``high``, ascending, where the direction jumps: corners and cusps.

    One that is not named is still met to about 1e-6 of the curve's length.
    """
    share: float | None = None
    """Its share of the probability, relative to the other pieces'; None for as much as it is long
    (``along = "length"``) or as its parameter runs (``along = "parameter"``)."""


class Traced(Curve):
    """A curve of traces; a member defines ``kind``, ``label`` and ``traces``, and nothing else.

    ``curve(t)`` runs through the traces in their order, uniformly along their length or in their parameter.
    ``table`` is what it is computed from: made at the first use and kept, never when a configuration is read.
    """

    along: OfData[Along] = "length"
    """Whether the probability is even along the curve's length or in its parameter."""

    @abstractmethod
    def traces(self) -> Sequence[Trace]:
        """The connected pieces of the curve, at least one; all of them have a ``share``, or none has."""

    @property
    def table(self) -> Table:
        """Lengths and nodes; ConfigError where a trace is not finite or has no length."""
        return _table_of(self)  # type: ignore[arg-type]  # frozen, so hashable

    if not TYPE_CHECKING:  # what a Curve has as constants of its class

        @property
        def pieces(self) -> tuple[tuple[float, float], ...]:
            return self.table.pieces

        @property
        def closed(self) -> bool:
            return self.table.closed

    def curve(self, t: Array) -> Array:
        """Noise-free unit points [n, 2] at coordinates t [n] in [0, 1]."""
        return self.table.points(np.asarray(t, np.float64))

    def patches(self) -> Patches:
        """Chords of equal probability, none of which leads around a corner."""
        return of_curve(self.curve, self.table.stretches)

    def extent(self) -> tuple[Array, Array]:
        """Corners of the curve's box, its own ends and corners included."""
        points = np.concatenate([self.curve(np.linspace(0, 1, 2049)), self.table.corners()])
        return points.min(axis=0), points.max(axis=0)

    def nearest(self, unit_points: ArrayLike) -> tuple[Array, Array]:
        """Distance and coordinate [n] of unit points [n, 2], refined on the curve itself."""
        return self.table.nearest(np.asarray(unit_points, np.float64))

    def length(self) -> float:
        """Length of all traces together, in unit coordinates."""
        return self.table.length


class Table:
    """Coordinate t of the probability ↔ parameter of the traces, and nodes for the search of nearest points.

    A trace is cut at its corners into stretches, counted through all traces: the place u = k + f lies at the
    fraction f of stretch k's parameters.
    """

    def __init__(self, traces: Sequence[Trace], along: Along) -> None:
        self.traces = tuple(traces)
        ends = [(trace.low, *trace.corners, trace.high) for trace in traces]
        self.of = np.repeat(np.arange(len(ends)), [len(e) - 1 for e in ends])
        self.low = np.array([s for e in ends for s in e[:-1]], np.float64)
        self.width = np.array([s for e in ends for s in e[1:]], np.float64) - self.low
        fines = [self._fine(k) for k in range(len(self.of))]
        lengths = np.array([fine.length[-1] for fine in fines])
        measure = lengths if along == "length" else self.width
        weight = np.bincount(self.of, measure)
        if traces[0].share is not None:
            share = np.array([trace.share for trace in traces], np.float64)
        else:
            share = weight
        for number, length in enumerate(np.bincount(self.of, lengths)):
            if not length > 0:
                where = f"piece {number + 1} of the curve" if len(ends) > 1 else "the curve"
                raise ConfigError.of("dataset", f"{where} has no length: all of its points are the same")
        mass = measure * (share / share.sum() / weight)[self.of]
        self.bounds = np.concatenate([[0.0], np.cumsum(mass)])
        self.bounds[-1] = 1.0
        self._last = np.nextafter(self.bounds[1:], 0).clip(0, LAST)
        self.stretches = tuple(pair for pair in itertools.pairwise(self.bounds.tolist()) if pair[1] > pair[0])
        self.length = float(lengths.sum())
        self._t = np.concatenate(
            [
                low
                + (high - low) * (fine.length / fine.length[-1] if along == "length" and fine.length[-1] else fine.f)
                for fine, low, high in zip(fines, self.bounds[:-1], self.bounds[1:], strict=True)
            ]
        )
        self._u = np.concatenate([k + fine.f for k, fine in enumerate(fines)])
        first = np.flatnonzero(np.diff(self.of, prepend=-1))
        edges = [*self.bounds[first], 1.0]
        self.pieces = tuple(zip(edges[:-1], edges[1:], strict=True))
        start, end = (trace_end(traces[0]) for trace_end in (_start, _end))
        self.closed = len(traces) == 1 and bool(np.hypot(*(end - start)) <= 1e-9 * max(1.0, self.length))
        bends = np.array([fine.bend[-1] for fine in fines])
        # Nodes are as close together as the curve is long and bent.
        spans = [fine.length / self.length + fine.bend / max(TURNED, bends.sum()) for fine in fines]
        counts = Nodes.counts([span[-1] for span in spans], float(bends.sum()))
        u = [
            k + np.interp(np.linspace(0, span[-1], n), span, fine.f)
            for k, (span, fine, n) in enumerate(zip(spans, fines, counts, strict=True))
        ]
        self.nodes = Nodes.of([np.column_stack([self.at(one, np.full(len(one), k)), one]) for k, one in enumerate(u)])

    def _fine(self, k: int) -> _Fine:
        """A stretch in small steps, shorter where it runs fast or bends; ConfigError where it is not finite."""
        steps = max(256, TABLE // len(self.of))
        f = even = np.linspace(0, 1, steps + 1)
        fine = self._measured(k, f)
        for _ in range(3):
            span = fine.length / (fine.length[-1] or 1) + fine.bend / max(1.0, fine.bend[-1])
            if not span[-1] > 0:
                return fine
            more = np.interp(np.linspace(0, span[-1], steps + 1), span, fine.f)
            f = np.unique(np.round(np.concatenate([even, more]) / FINEST) * FINEST)
            fine = self._measured(k, f)
        closer = self._steep(k, f)
        return self._measured(k, np.unique(np.concatenate([f, *closer]))) if closer else fine

    def _steep(self, k: int, f: Array) -> list[Array]:
        """More fractions at the ends of a stretch where it runs ever faster towards them, if anywhere."""
        more = []
        for end, beside, inside in ((f[0], f[1], f[OUTERMOST]), (f[-1], f[-2], f[-1 - OUTERMOST])):
            start, half, whole = self.at(k + np.array([end, (end + beside) / 2, beside]), np.full(3, k))
            if np.hypot(*(half - start)) > STEEP * np.hypot(*(whole - start)):
                more.append(end + (inside - end) * STEEPER)
        return more

    def _measured(self, k: int, f: Array) -> _Fine:
        points = self.at(k + f, np.full(len(f), k))
        bad = np.flatnonzero(~np.isfinite(points).all(axis=1))
        if len(bad):
            s = self.low[k] + self.width[k] * f[bad[0]]
            piece = f" of piece {self.of[k] + 1}" if len(self.traces) > 1 else ""
            raise ConfigError.of("dataset", f"the curve is not finite at the parameter {typed(s)}{piece}")
        chord = np.diff(points, axis=0).T
        with np.errstate(over="ignore"):
            length = np.hypot(*chord)
        if not np.isfinite(length.sum()):
            raise ConfigError.of("dataset", "the curve is too large: its length is not finite")
        # Of shorter chords rounding decides the direction.
        x, y = chord * (length > 1e-12 * np.abs(points).max()) / np.where(length > 0, length, 1)
        turn = np.abs(np.arctan2(x[:-1] * y[1:] - y[:-1] * x[1:], x[:-1] * x[1:] + y[:-1] * y[1:]))
        # The direction of a step between places that rounding alone tells apart is chance.
        turn[np.minimum(length[:-1], length[1:]) <= 1e-9 * length.sum()] = 0
        # A turn lies at the point between two chords, which share it by their lengths.
        both = length[:-1] + length[1:]
        part = np.divide(turn, both, out=np.zeros_like(turn), where=both > 0)
        bend = length * (np.append(part, 0) + np.append(0, part))
        # An arc that turns by so much is longer than its chord; a corner is no arc.
        length = length * (1 + np.minimum(bend, 0.1) ** 2 / 24)
        return _Fine(f, np.append(0, np.cumsum(length)), np.append(0, np.cumsum(bend)))

    def at(self, u: Array, stretch: NDArray[np.intp]) -> Array:
        """Points [n, 2] at places u [n] of the stretches [n]."""
        s = self.low[stretch] + self.width[stretch] * np.clip(u - stretch, 0, 1)
        of = self.of[stretch]
        if all(trace.at == self.traces[0].at for trace in self.traces):
            return self.traces[0].at(s)
        points = np.empty((len(s), 2))
        for number, trace in enumerate(self.traces):
            mine = of == number
            if mine.any():
                points[mine] = trace.at(s[mine])
        return points

    def corners(self) -> Array:
        """Points [2 · stretches, 2] where the stretches begin and end."""
        stretch = np.arange(len(self.of))
        return np.concatenate(
            [self.at(stretch.astype(np.float64), stretch), self.at((stretch + 1).astype(np.float64), stretch)]
        )

    def points(self, t: Array) -> Array:
        """Points [n, 2] at coordinates t [n] in [0, 1]."""
        stretch = np.clip(np.searchsorted(self.bounds, t, side="right") - 1, 0, len(self.of) - 1)
        return self.at(np.interp(t, self._t, self._u), stretch)

    def foot(self, points: Array) -> tuple[Array, Array]:
        """Distance [n] from points [n, 2], and the nearest point [n, 2] itself."""
        distance, u, stretch = self.nodes.nearest(points, self.at)
        return distance, self.at(u, stretch)

    def nearest(self, points: Array) -> tuple[Array, Array]:
        """Distance [n] from points [n, 2], and the coordinate [n] in [0, 1) of the nearest point."""
        distance, u, stretch = self.nodes.nearest(points, self.at)
        # At the end of a stretch the place is also the start of the next, which may be another piece.
        t = np.interp(u, self._u, self._t)
        return distance, np.minimum(np.maximum(t, self.bounds[stretch]), self._last[stretch])


@dataclass(frozen=True, eq=False)
class _Fine:
    """A stretch in small steps: fractions f of its parameters, length and turn up to each."""

    f: Array
    length: Array
    bend: Array


@lru_cache(maxsize=64)  # a snapshot's scores ask for it several times, and a copy takes longer than to look it up
def _table_of(curve: Traced) -> Table:
    return _table(shape_of(curve))  # type: ignore[arg-type]  # frozen, so hashable


@lru_cache(maxsize=64)
def _table(curve: Traced) -> Table:
    return Table(curve.traces(), curve.along)


D = TypeVar("D", bound=Dataset)


def shape_of(dataset: D) -> D:
    """The dataset with what every one has at its default: one of another size, seed or scale has the same tables."""
    return dataset.model_copy(update=_neutral())


@lru_cache(maxsize=1)
def _neutral() -> dict[str, object]:
    return {name: info.get_default(call_default_factory=True) for name, info in Dataset.model_fields.items()}


def _start(trace: Trace) -> Array:
    return trace.at(np.array([trace.low]))[0]


def _end(trace: Trace) -> Array:
    return trace.at(np.array([trace.high]))[0]
