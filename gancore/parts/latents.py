"""Latents: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from gancore.parts import streams
from gancore.parts.families import Latent


class Normal(Latent):
    """Standard normal."""

    kind: Literal["normal"] = "normal"

    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """Independent standard normal coordinates."""
        return streams.normal(key, counter, batch, self.dim, dtype)

    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """As they are."""
        return normal


class Uniform(Latent):
    """Uniform in [-1, 1] along each axis."""

    kind: Literal["uniform"] = "uniform"

    def draw(self, key: Any, counter: Any, batch: int, dtype: str) -> Any:
        """Independent uniform coordinates."""
        return streams.uniform(key, counter, batch, self.dim, dtype)

    def carried(self, normal: NDArray[Any]) -> NDArray[Any]:
        """2Φ(z) - 1, which makes normal coordinates uniform in [-1, 1]."""
        from scipy.special import erf

        return erf(normal / np.sqrt(2))
