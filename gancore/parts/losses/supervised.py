"""A loss without a discriminator: each point has a target."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from gancore.parts.backend import tf
from gancore.parts.families import Inputs, Loss


class Supervised(Loss):
    """Mean squared distance from the point that belongs to the latent vector: no GAN, but a fit of the generator alone.

    A vector's first coordinate is the share of the distribution's probability before its point, as along a curve, and
    further ones say what is left of it: where in a mode or across an area, and the noise. What the generator then
    reaches is about the best that its network, latent and optimizer can: a ceiling for a loss that has to find the map
    by itself. There is no discriminator, so its settings do nothing and its losses and accuracies are dashes.
    """

    kind: Literal["supervised"] = "supervised"
    judged: ClassVar[bool] = False
    paired: ClassVar[bool] = True
    boundary: ClassVar[float | None] = None
    logit: ClassVar[bool] = False

    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """Zero: there is nothing to learn for it."""
        return tf.zeros_like(real), tf.zeros_like(fake)

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """(x - y)² of targets x and points y, whose mean is Keras' mean squared error."""
        return tf.math.squared_difference(real, fake)
