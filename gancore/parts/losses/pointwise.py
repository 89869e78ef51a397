"""Losses of single points, and what can be done to all of them: a weight on real points, flipped labels."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gancore.parts.backend import tf
from gancore.parts.base import Off, PerRun, Since
from gancore.parts.families import Inputs, Loss


class PointwiseLoss(Loss):
    """A loss whose discriminator judges each point by its own logit."""

    real_weight: Annotated[PerRun[float], Off(1.0), Since("0.3.0", neutral=1.0)] = Field(default=1.0, ge=0, le=100)
    """Weight of the real points in what the discriminator minimises; logged losses are without it.

    With separate updates it scales an update of its own, which Adam undoes.
    """
    flip: Annotated[PerRun[float], Off(0.0), Since("0.3.0", neutral=0.0)] = Field(default=0.0, ge=0, le=0.5)
    """Probability that the discriminator is shown a point with the label of the other kind (Salimans et al. 2016)."""


def with_flips(loss: Loss, real: Any, fake: Any, draws: Any, inputs: Inputs) -> tuple[Any, Any]:
    """A loss's discriminator terms with some points' labels exchanged: ``draws`` [R, B, 2] in [-1, 1], or None.

    A real point with a fake's label costs what a fake with its logit would.
    """
    of_real, of_fake = loss.discriminator(real, fake, inputs)
    if draws is None:
        return of_real, of_fake
    real_as_fake, fake_as_real = reversed(loss.discriminator(fake, real, inputs))
    turned = (draws + 1) / 2 < tf.reshape(inputs["flip"], [-1, 1, 1])
    return tf.where(turned[..., :1], real_as_fake, of_real), tf.where(turned[..., 1:], fake_as_real, of_fake)
