"""What a trajectory of the Dirac GAN did: it converges, circles, diverges or settles elsewhere, as measured."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np

from gancore.config import RunConfig
from gancore.dirac.question import Dirac
from gancore.dirac.steps import field, jacobian, step_jacobian, trajectory

VERDICTS = ("converges", "circles", "diverges", "settles elsewhere", "undecided")
STEADY = 0.005
"""A change of the distance from one lap to the next below which it stays the same."""
SLOWING = 0.75
"""Share of the way of the second third of its steps that a trajectory without laps, in the last third, is coming to an
end with."""
LAPS, FURTHER = 2.3, 4_000
"""Laps that show whether an orbit closes, and steps that are taken at most, beyond those asked for, to see them."""
TURNING = 0.2
"""An angle, in the last third of its steps, from which a trajectory is on its way round."""
NEAR = 1e-3
"""Share of the start's distance at which a second trajectory shows what happens beside the equilibrium."""
ARRIVED = 1e-6
"""Share of the start's distance that is as good as none."""
GONE = 10.0
"""The same of one that has gone away."""
BESIDE = 1e-5
"""Distance at which the field is held against its derivatives, to see whether it has any."""


@dataclass(frozen=True)
class Seen:
    """A trajectory and what is said of it."""

    asked: Dirac
    path: np.ndarray
    """(θ, ψ) before each step and after the last, [steps + 1, 2]; NaN once it has left the plane."""
    verdict: str
    """One of ``VERDICTS``."""
    laps: float
    """Times round the equilibrium."""
    each_lap: float | None
    """What its distance was multiplied by from the last lap but one to the last; without laps, from third to third."""
    beside: float | None
    """The same of a trajectory that begins beside the equilibrium."""
    eigenvalues: tuple[complex, ...] | None
    """Of the field's derivatives at the equilibrium; None where it has none there."""
    factor: float | None
    """What one step multiplies distances beside the equilibrium by in the end: the largest eigenvalue of the step's
    derivatives, in size. None where it has none, or where a step depends on how many came before."""

    @property
    def radii(self) -> np.ndarray:
        """Distance from the equilibrium before each step and after the last [steps + 1]."""
        return np.hypot(self.path[:, 0], self.path[:, 1])

    @property
    def last(self) -> float | None:
        """The distance after the last step; None where the trajectory has left the plane."""
        value = float(self.radii[-1])
        return value if math.isfinite(value) else None

    def plain(self) -> dict[str, Any]:
        """As plain data: JSON without NaN."""
        pair = None if self.eigenvalues is None else [[one.real, one.imag] for one in self.eigenvalues]
        kept = self.path[np.isfinite(self.path).all(axis=1)]
        return {
            **self.asked.plain(),
            "verdict": self.verdict,
            "radius": self.last,
            "start_radius": float(self.radii[0]),
            "laps": round(self.laps, 4),
            "each_lap": self.each_lap,
            "each_lap_beside": self.beside,
            "eigenvalues": pair,
            "factor": self.factor,
            "theta": kept[:, 0].tolist(),
            "psi": kept[:, 1].tolist(),
        }


def seen(asked: Dirac) -> Seen:
    """Take the steps and judge them."""
    starts = np.stack([asked.start, NEAR * np.array(asked.start)])
    both = trajectory(asked.config, starts, asked.steps)
    path = both[:, 0]
    if fewest := _steps_to_tell(both):
        both = trajectory(asked.config, starts, min(fewest, asked.steps + FURTHER))
    own, at = _change(path)[0], at_equilibrium(asked.config)  # type: ignore[arg-type]
    if _steps_to_tell(both):
        return Seen(asked, path, "undecided", own, None, None, *at)
    (laps, change), (_, beside) = _change(both[:, 0]), _change(both[:, 1])
    return Seen(asked, path, _verdict(both[:, 0], laps, change, beside), own, change, beside, *at)


def _steps_to_tell(both: np.ndarray) -> int:
    """Steps that show whether trajectories [n + 1, R, 2] on their way round come back; 0 if these do.

    Orbits are no circles, so that the distance from the equilibrium says little within a lap.
    """
    steps, needed = len(both) - 1, 0
    for path in np.moveaxis(both, 1, 0):
        share = np.hypot(*path[-1]) / np.hypot(*path[0])
        if not ARRIVED < share < GONE:  # which no number is not, either
            continue
        turned = np.unwrap(np.arctan2(path[:, 1], path[:, 0]))
        laps = abs(turned[-1] - turned[0]) / (2 * np.pi)
        if laps < 2 and (abs(turned[-1] - turned[steps * 2 // 3]) > TURNING or not _ends(path)):
            needed = max(needed, math.ceil(steps * LAPS / max(laps, LAPS * steps / (100 * FURTHER))))
    return needed


def _verdict(path: np.ndarray, laps: float, change: float | None, beside: float | None) -> str:
    """One of ``VERDICTS``, by the change each lap of a trajectory and of one beside the equilibrium."""
    if change is None:
        return "diverges"
    # An orbit may shrink towards another one, or ever more slowly: what is beside the equilibrium decides.
    if change < 1 - STEADY and beside is not None and beside < 1 - STEADY:
        return "converges"
    if laps < 1 and _ends(path):
        return "settles elsewhere"
    return "diverges" if change > 1 + STEADY else "circles"


def _ends(path: np.ndarray) -> bool:
    """Whether it moves less and less, so that it comes to an end."""
    third = max(1, len(path) // 3)
    ways = np.hypot(*np.diff(path, axis=0).T)
    return bool(ways[-third:].sum() <= SLOWING * ways[-2 * third : -third].sum())


def _change(path: np.ndarray) -> tuple[float, float | None]:
    """Laps round the origin, and the factor from the furthest point of the last lap but one to that of the last.

    None where it has left the plane; 0 where it has arrived.
    """
    if not np.isfinite(path[-1]).all():
        return 0.0, None
    radii = np.hypot(path[:, 0], path[:, 1])
    turned = np.unwrap(np.arctan2(path[:, 1], path[:, 0]))
    around = np.abs(turned[-1] - turned) / (2 * np.pi)
    laps = float(around[0])
    if radii[-1] <= ARRIVED * radii[0]:
        return laps, 0.0
    # The last places that were one and two laps, or one and two thirds of the steps, before the end.
    if laps >= 2:
        one, two = (int(np.flatnonzero(around >= count)[-1]) for count in (1, 2))
    else:
        one, two = len(path) * 2 // 3, len(path) // 3
    return laps, float(radii[one:].max() / radii[two : one + 1].max())


@lru_cache(maxsize=512)
def at_equilibrium(config: RunConfig) -> tuple[tuple[complex, ...] | None, float | None]:
    """``Seen.eigenvalues`` and ``Seen.factor``."""
    origin = np.zeros(2)
    slopes = jacobian(config, origin)
    around = np.array([[math.cos(a), math.sin(a)] for a in np.linspace(0, 2 * np.pi, 12, endpoint=False) + 0.1])
    off = field(config, BESIDE * around) / BESIDE - around @ slopes.T
    if not np.isfinite(slopes).all() or not np.abs(off).max() <= 0.01 * (1 + np.abs(slopes).max()):
        return None, None
    return _eigenvalues(slopes), _factor(config)


def _factor(config: RunConfig) -> float | None:
    if config.penalty.interval > 1:
        return None
    for optimizer in (config.g_optimizer, config.d_optimizer):
        if optimizer.counts or optimizer.schedule.moves or not optimizer.smooth:
            return None
    slopes = step_jacobian(config, np.zeros(2))
    if not np.isfinite(slopes).all():
        return None
    # θ and ψ alone, held against a step from beside the equilibrium, whose optimizers are new.
    around = BESIDE * np.eye(2)
    moved = trajectory(config, around, 1)[1] / BESIDE
    if not np.abs(moved.T - slopes[:2, :2]).max() <= 0.01 * (1 + np.abs(slopes[:2, :2]).max()):
        return None
    return float(np.abs(np.linalg.eigvals(slopes)).max())


def _eigenvalues(slopes: np.ndarray) -> tuple[complex, ...]:
    """The two, in closed form, the larger real part first: rounding leaves no real part to a trace of 0."""
    half, determinant = np.trace(slopes) / 2, slopes[0, 0] * slopes[1, 1] - slopes[0, 1] * slopes[1, 0]
    apart = np.emath.sqrt(half * half - determinant)
    return complex(half + apart), complex(half - apart)
