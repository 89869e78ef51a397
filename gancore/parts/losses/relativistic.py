"""Relativistic losses: the critic says how much more real one point is than another."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from gancore.parts.backend import tf
from gancore.parts.base import Worth
from gancore.parts.families import Inputs, Loss


class Relativistic(Loss):
    """Relativistic pairing: each real point against the fake beside it (Jolicoeur-Martineau 2018; R3GAN, 2024)."""

    kind: Literal["relativistic"] = "relativistic"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({},), "Jolicoeur-Martineau 2019, relativistic GANs"),)
    paired: ClassVar[bool] = True
    boundary: ClassVar[float | None] = None
    logit: ClassVar[bool] = False

    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """-log σ(real - fake), which both kinds of points share."""
        loss = tf.nn.softplus(fake - real)
        return loss, loss

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """-log σ(fake - real)."""
        return tf.nn.softplus(real - fake)


class RelativisticAverage(Loss):
    """Each point against the mean of the other kind's (Jolicoeur-Martineau 2018, RaGAN).

    The generator's loss is half the sum of both terms, as in the author's program.
    """

    kind: Literal["relativistic_average"] = "relativistic_average"
    paired: ClassVar[bool] = True
    boundary: ClassVar[float | None] = None
    logit: ClassVar[bool] = False

    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """-log σ(real - mean fake) and -log σ(mean real - fake); means are over a run's own batch."""
        return tf.nn.softplus(_mean(fake) - real), tf.nn.softplus(fake - _mean(real))

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """The same with the roles changed."""
        return 0.5 * (tf.nn.softplus(_mean(real) - fake) + tf.nn.softplus(real - _mean(fake)))


def _mean(logits: Any) -> Any:
    return tf.reduce_mean(logits, axis=1, keepdims=True)
