"""A latent distribution."""

from __future__ import annotations

from typing import Literal

import numpy as np

from gancore.parts import Latent, streams
from gancore.parts.backend import tf


class Signs(Latent):
    """-1 or 1 along each axis: the corners of a cube."""

    kind: Literal["signs"] = "signs"

    def draw(self, key, counter, batch, dtype):
        """Independent fair coins."""
        return tf.where(streams.uniform(key, counter, batch, self.dim, dtype) < 0, -1.0, 1.0)

    def carried(self, normal):
        """The sign of each coordinate."""
        return np.where(normal < 0, -1.0, 1.0)
