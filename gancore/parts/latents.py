"""Latents: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

import math
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from gancore.parts import streams
from gancore.parts.backend import tf
from gancore.parts.base import Since, Static, Worth
from gancore.parts.errors import ConfigError
from gancore.parts.families import Latent


class Normal(Latent):
    """Standard normal."""

    kind: Literal["normal"] = "normal"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({"dim": 2},), "Gulrajani et al. 2017, gan_toy.py"),)

    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """Independent standard normal coordinates."""
        return streams.normal(key, counter, batch, self.dim, dtype)

    @property
    def shared(self) -> int:
        """One each coordinate."""
        return self.dim

    def shares(self, latents: Any, count: int) -> Any:
        """Φ(z)."""
        return _probability(latents[..., :count])

    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """As they are."""
        return normal


class Uniform(Latent):
    """Uniform along each axis, in [-1, 1] or another range."""

    kind: Literal["uniform"] = "uniform"

    low: Annotated[Static[float], Since("0.3.0", neutral=-1.0)] = Field(default=-1.0, ge=-100, le=100)
    """Lower end of the range."""
    high: Annotated[Static[float], Since("0.3.0", neutral=1.0)] = Field(default=1.0, ge=-100, le=100)
    """Upper end of the range."""

    def refuse(self, path: str) -> None:
        """An empty range; raises ConfigError."""
        if self.high <= self.low:
            raise ConfigError.refused(f"{path}.high", self.high, f"it must be more than {path}.low, {self.low}")

    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """Independent uniform coordinates."""
        drawn = streams.uniform(key, counter, batch, self.dim, dtype)
        return drawn if (self.low, self.high) == (-1, 1) else self._stretched(drawn)

    @property
    def shared(self) -> int:
        """One each coordinate."""
        return self.dim

    def shares(self, latents: Any, count: int) -> Any:
        """How far along the range."""
        return (latents[..., :count] - self.low) / (self.high - self.low)

    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """2Φ(z) - 1, which makes normal coordinates uniform in [-1, 1], and then the range."""
        return self._stretched(uniform_of(normal))

    def _stretched(self, signed: Any) -> Any:
        """[-1, 1] → the range."""
        return (self.high + self.low) / 2 + (self.high - self.low) / 2 * signed


class Stratified(Latent):
    """Uniform in [-1, 1] along each axis, each batch spread evenly along each (Latin hypercube, McKay et al. 1979)."""

    kind: Literal["stratified"] = "stratified"

    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """Each of B equal intervals of an axis holds one point of the batch, in an order of the axis' own."""
        drawn = streams.uniform(key, counter, batch, 2 * self.dim, dtype)
        order = tf.cast(tf.argsort(drawn[..., self.dim :], axis=1), dtype)
        return (2 * order + 1 + drawn[..., : self.dim]) / batch - 1

    @property
    def shared(self) -> int:
        """One each coordinate."""
        return self.dim

    def shares(self, latents: Any, count: int) -> Any:
        """How far along the range; those of a batch are spread evenly as well."""
        return (latents[..., :count] + 1) / 2

    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """2Φ(z) - 1: single points are uniform."""
        return uniform_of(normal)


class Sphere(Latent):
    """Uniform on the sphere of radius √dim, where normal vectors of many dimensions nearly are (White 2016)."""

    kind: Literal["sphere"] = "sphere"

    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """Normal vectors, each brought to its length."""
        normal = streams.normal(key, counter, batch, self.dim, dtype)
        # A vector of zero length, which one dimension may have once in 2³² draws, stays there.
        return normal * tf.math.rsqrt(tf.reduce_mean(normal * normal, axis=-1, keepdims=True) + 1e-30)

    @property
    def shared(self) -> int:
        """One: the coordinates of a vector of known length depend on each other."""
        return int(self.dim > 1)

    def shares(self, latents: Any, count: int) -> Any:
        """The direction of the first two coordinates."""
        return _turn(latents[..., :1], latents[..., 1:2])

    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """The same by numpy."""
        return normal / np.sqrt(np.mean(np.square(normal), axis=-1, keepdims=True) + 1e-30)


class Angle(Latent):
    """Cosines and sines of uniform angles, one angle for two dimensions: with two it is a circle by itself."""

    kind: Literal["angle"] = "angle"

    def refuse(self, path: str) -> None:
        """An odd number of dimensions; raises ConfigError."""
        if self.dim % 2:
            raise ConfigError.refused(f"{path}.dim", self.dim, "an angle takes two: use an even number, such as 2")

    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """All cosines, and then all sines."""
        turn = math.pi * streams.uniform(key, counter, batch, self.dim // 2, dtype)
        return tf.concat([tf.cos(turn), tf.sin(turn)], axis=-1)

    @property
    def shared(self) -> int:
        """One each angle."""
        return self.dim // 2

    def shares(self, latents: Any, count: int) -> Any:
        """The angles, in full turns from -π."""
        return _turn(latents[..., :count], latents[..., self.dim // 2 : self.dim // 2 + count])

    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """The direction of a pair of normal coordinates is uniform."""
        turn = np.arctan2(normal[..., self.dim // 2 :], normal[..., : self.dim // 2])
        return np.concatenate([np.cos(turn), np.sin(turn)], axis=-1)


class Mixture(Latent):
    """Equally likely Gaussians on a circle in the first two dimensions, and standard normal in the others."""

    kind: Literal["mixture"] = "mixture"

    count: Static[int] = Field(default=8, ge=1, le=1000)
    """Gaussians."""
    radius: Static[float] = Field(default=1.0, ge=0, le=100)
    """Distance of their centres from the origin; the first lies on the first axis."""
    sigma: Static[float] = Field(default=0.1, ge=0, le=100)
    """Standard deviation of each, in the first two dimensions."""

    def refuse(self, path: str) -> None:
        """Fewer than two dimensions; raises ConfigError."""
        if self.dim < 2:
            raise ConfigError.refused(f"{path}.dim", self.dim, "a mixture lies in a plane: use 2 or more")

    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """A Gaussian by chance, and a normal vector around its centre."""
        drawn = streams.normal(key, counter, batch, self.dim + 2, dtype)
        # The direction of two normals more: uniform, whatever the others are.
        turn = tf.math.atan2(drawn[..., 1:2], drawn[..., :1]) / (2 * math.pi) % 1.0
        angle = 2 * math.pi / self.count * tf.minimum(tf.floor(turn * self.count), self.count - 1)
        centre = self.radius * tf.concat([tf.cos(angle), tf.sin(angle)], axis=-1)
        return tf.concat([centre + self.sigma * drawn[..., 2:4], drawn[..., 4:]], axis=-1)

    @property
    def shared(self) -> int:
        """One each coordinate that is not of the plane of the Gaussians."""
        return self.dim - 2

    def shares(self, latents: Any, count: int) -> Any:
        """Φ(z) of the coordinates from the third on."""
        return _probability(latents[..., 2 : 2 + count])

    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """The direction of the first two coordinates chooses a Gaussian; what is left of it is a direction again."""
        turn = np.arctan2(normal[..., 1], normal[..., 0]) / (2 * np.pi) % 1.0 * self.count
        chosen = np.minimum(np.floor(turn), self.count - 1)
        angle, rest = 2 * np.pi * chosen / self.count, 2 * np.pi * (turn - chosen)
        length = self.sigma * np.hypot(normal[..., 0], normal[..., 1])
        plane = [self.radius * wave(angle) + length * wave(rest) for wave in (np.cos, np.sin)]
        return np.concatenate([np.stack(plane, axis=-1), normal[..., 2:]], axis=-1)


def _probability(normal: Any) -> Any:
    """Standard normal numbers → uniform ones in [0, 1]."""
    return (1 + tf.math.erf(normal / math.sqrt(2))) / 2


def _turn(cosine: Any, sine: Any) -> Any:
    """Directions → the share of a full turn in [0, 1], from -π to π."""
    return (tf.math.atan2(sine, cosine) / math.pi + 1) / 2


def uniform_of(normal: NDArray[Any]) -> NDArray[Any]:
    """Standard normal numbers → uniform ones in [-1, 1]."""
    from scipy.special import erf

    return erf(normal / np.sqrt(2))
