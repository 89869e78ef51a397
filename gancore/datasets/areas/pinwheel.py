"""A pinwheel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache, partial
from typing import ClassVar, Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import Field, model_validator

from gancore.datasets.area import EDGE, ROWS, Area, joined
from gancore.datasets.areas.round import REACH, from_normal, normal_log_density, normal_radius, round_patches, to_normal
from gancore.datasets.traced import Trace
from gancore.parts import OfData
from gancore.parts.errors import ConfigError
from gancore.parts.patches import Array, Patches
from gancore.words import typed


class Pinwheel(Area):
    """Normal distributions around a centre, twisted (Johnson et al. 2016), each cut off at three deviations.

    Each lies at distance 1 from the centre and is turned by rate·exp(r) at its points' radius r, which keeps areas; the
    original turns by a point's place along its arm instead. All is divided by the farthest radius, so that it is 1.
    """

    kind: Literal["pinwheel"] = "pinwheel"
    label: ClassVar[str] = "Pinwheel"

    arms: OfData[int] = Field(default=5, ge=2, le=8)
    """Arms, equally likely."""
    radial: OfData[float] = Field(default=0.3, ge=0.02, le=0.33)
    """Standard deviation along an arm, as a share of its distance from the centre."""
    tangential: OfData[float] = Field(default=0.1, ge=0.01, le=0.3)
    """Standard deviation across an arm; three of them must leave room between arms."""
    rate: OfData[float] = Field(default=0.25, ge=-0.5, le=0.5)
    """How strongly it is twisted."""

    @model_validator(mode="after")
    def _arms_apart(self) -> Pinwheel:
        room = np.tan(np.pi / self.arms) if self.arms > 2 else np.inf
        most = float(room * np.sqrt(1 - (REACH * self.radial) ** 2) / REACH)
        if self.tangential > most:
            given = f"with {self.arms} arms of radial {typed(self.radial)}"
            allowed = f"{given} it must be at most {typed(most, 3)}, or arms overlap"
            raise ConfigError.refused("tangential", self.tangential, allowed)
        return self

    @property
    def parts(self) -> int:  # type: ignore[override]  # it is a field
        """Arms."""
        return self.arms

    @property
    def _farthest(self) -> float:
        """Radius of the farthest point of an arm, before it is divided."""
        return _farthest(self.radial, self.tangential)

    def _twisted(self, normal: Array, arm: Array) -> Array:
        """Points [n, 2] from standard normals [n, 2] of these arms [n]."""
        x, y = 1 + self.radial * normal[:, 0], self.tangential * normal[:, 1]
        radius = np.hypot(x, y)
        angle = np.arctan2(y, x) + 2 * np.pi * arm / self.arms + self.rate * np.exp(radius)
        return (radius * np.stack([np.cos(angle), np.sin(angle)])).T / self._farthest

    def _straight(self, points: Array) -> tuple[Array, Array]:
        """Standard normals [n, 2] of points [n, 2], and the arms [n] that they are of."""
        x, y = points.T * self._farthest
        plain = np.hypot(x, y)
        radius = np.minimum(plain, 5.0)  # beyond, nothing is inside, and exp would only overflow
        angle = np.arctan2(y, x) - self.rate * np.exp(radius)
        arm = np.round(angle * self.arms / (2 * np.pi))
        angle = angle - 2 * np.pi * arm / self.arms
        along, across = plain * np.cos(angle), plain * np.sin(angle)
        return np.stack([(along - 1) / self.radial, across / self.tangential], axis=1), arm % self.arms

    def place(self, u: Array, v: Array) -> Array:
        """Points [n, 2]: u runs through one arm after the other."""
        arm = np.minimum(np.floor(u * self.arms), self.arms - 1)
        return self._twisted(to_normal(u * self.arms - arm, v), arm)

    def inverse(self, points: Array) -> tuple[Array, Array]:
        """The u and v [n] of points [n, 2]."""
        normal, arm = self._straight(points)
        u, v = from_normal(normal)
        return (arm + np.clip(u, 0, 1 - 1e-12)) / self.arms, v

    def inside(self, points: Array) -> NDArray[np.bool_]:
        """Which points [n, 2] lie within three standard deviations of an arm."""
        return np.hypot(*self._straight(points)[0].T) <= REACH * (1 + EDGE)

    def patches(self) -> Patches:
        """In rings of each arm before it is twisted; of a strongly twisted one the outermost are off by up to 0.005."""
        rows = round(ROWS / 4 * max(1, (self.rate / 0.25) ** 2))
        return joined(
            round_patches(partial(self._twisted, arm=np.array(arm)), normal_radius, rows) for arm in range(self.arms)
        )

    def edge(self) -> Sequence[Trace]:
        """The twisted ellipses at three standard deviations."""
        full = 2 * np.pi
        return [Trace(self._around, full * arm, np.nextafter(full * (arm + 1), 0)) for arm in range(self.arms)]

    def _around(self, s: Array) -> Array:
        """The edge [n, 2] of one arm after the other at the angles s [n], a full turn each."""
        arm = np.floor(s / (2 * np.pi))
        return self._twisted(REACH * np.stack([np.cos(s), np.sin(s)], axis=1), arm)

    def log_density(self, unit_points: ArrayLike) -> Array:
        """Of the pinwheel without the dataset's noise; -inf beyond three standard deviations of every arm."""
        normal, _ = self._straight(np.asarray(unit_points, np.float64))
        volume = self._farthest**2 / (self.radial * self.tangential * self.arms)
        return normal_log_density(normal) + np.log(volume)


@lru_cache(maxsize=64)
def _farthest(radial: float, tangential: float) -> float:
    angle = np.linspace(0, np.pi, 2001)
    along, across = 1 + REACH * radial * np.cos(angle), REACH * tangential * np.sin(angle)
    return float(np.hypot(along, across).max())
