"""Penalties on the discriminator: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from gancore.parts.backend import tf
from gancore.parts.base import PerRun
from gancore.parts.families import Critic, Inputs, Penalty


class NoPenalty(Penalty):
    """None."""

    kind: Literal["none"] = "none"
    active: ClassVar[bool] = False

    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """Zero for each run."""
        return tf.zeros(real.shape[:1], real.dtype)


class R1(Penalty):
    """(γ/2)·E‖∇D‖² at real points, D being the logit (Mescheder et al. 2018, equation 9)."""

    kind: Literal["r1"] = "r1"
    # Forward and backward to the points, and backward through both.
    passes: ClassVar[float] = 6.0

    gamma: PerRun[float] = Field(default=0.1, ge=0, le=1000)
    """Weight γ; half of it multiplies the mean squared length of the gradient."""

    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """[R]: half of γ times the mean over real points of the squared gradient of their own logit."""
        return inputs["gamma"] / 2 * squared_slope(critic, real)


def squared_slope(critic: Critic, points: Any) -> Any:
    """Mean squared length [R] of the critic's gradient at points [R, B, 2], each point's of its own logit."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(points)
        # A logit depends on no other point, so the gradient of the sum holds each point's own.
        total = tf.reduce_sum(critic(points))
    slope = tape.gradient(total, points)
    return tf.reduce_mean(tf.reduce_sum(slope * slope, axis=-1), axis=-1)
