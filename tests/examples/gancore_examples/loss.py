"""A loss that compares points in pairs."""

from __future__ import annotations

from typing import ClassVar, Literal

from gancore.parts import Loss
from gancore.parts.backend import tf


class Pairing(Loss):
    """Relativistic pairing (Jolicoeur-Martineau 2018; Huang et al. 2024, R3GAN)."""

    kind: Literal["pairing"] = "pairing"
    paired: ClassVar[bool] = True
    boundary: ClassVar[float | None] = None

    def discriminator(self, real, fake, inputs):
        """Every real point against the fake beside it; both sides share the loss."""
        loss = tf.nn.softplus(fake - real)
        return loss, loss

    def generator(self, real, fake, inputs):
        """The same with the roles changed."""
        return tf.nn.softplus(real - fake)
