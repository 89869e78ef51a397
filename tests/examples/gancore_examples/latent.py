"""A latent distribution."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gancore.parts import Latent, streams
from gancore.parts.backend import tf


class Sphere(Latent):
    """Uniform on the sphere of radius √dim (White 2016)."""

    kind: Literal["sphere"] = "sphere"

    def draw(self, key, counter, batch, dtype):
        """Normal vectors, each brought to its length."""
        normal = streams.normal(key, counter, batch, self.dim, dtype)
        return normal * tf.math.rsqrt(tf.reduce_mean(normal * normal, axis=-1, keepdims=True))

    def carried(self, normal):
        """The same by numpy."""
        return normal / np.sqrt(np.mean(np.square(normal), axis=-1, keepdims=True))
