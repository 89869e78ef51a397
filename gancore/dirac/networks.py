"""The two networks of the Dirac GAN, one weight each, with the interface of the engine's."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from gancore.parts.backend import tf


class PointMass:
    """The generator: all of its points lie at θ on the first axis, whatever the latents."""

    def moved(self, weights: Sequence[Any], latent: Any, state: Sequence[Any] = (), masks: Any = None) -> Any:
        """Points [R, B, 2] of a weight [R, 1, 1] and latents [R, B, dim], and the state."""
        nothing = tf.zeros_like(latent[..., :1])
        return tf.concat([weights[0] + nothing, nothing], axis=-1), list(state)

    def __call__(self, weights: Sequence[Any], latent: Any, state: Sequence[Any] = (), masks: Any = None) -> Any:
        """The points alone."""
        return self.moved(weights, latent, state, masks)[0]


class Slope:
    """The discriminator: D(x) = ψ·x along the first axis, without a bias."""

    def moved(
        self, weights: Sequence[Any], points: Any, state: Sequence[Any] = (), masks: Any = None, kinds: int = 1
    ) -> Any:
        """Logits [R, B, 1] of a weight [R, 1, 1] and points [R, B, 2], and the state."""
        return points[..., :1] * weights[0], list(state)

    def __call__(
        self, weights: Sequence[Any], points: Any, state: Sequence[Any] = (), masks: Any = None, kinds: int = 1
    ) -> Any:
        """The logits alone."""
        return self.moved(weights, points, state, masks, kinds)[0]
