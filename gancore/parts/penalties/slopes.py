"""Slopes of the critic: what all gradient penalties are made of."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gancore.parts.backend import tf
from gancore.parts.base import Since, Static
from gancore.parts.families import Critic, Penalty


class SlopePenalty(Penalty):
    """A penalty on the critic's gradient at points, which need not be evaluated at every step."""

    every: Annotated[Static[int], Since("0.3.0", neutral=1)] = Field(default=1, ge=1, le=1000)
    """Steps from one evaluation to the next, its weight multiplied by as many (lazy, Karras et al. 2020)."""

    @property
    def interval(self) -> int:
        """``every``."""
        return self.every


def squared_slopes(critic: Critic, points: Any) -> Any:
    """Squared length [R, B] of the critic's gradient at points [R, B, 2], each point's of its own logit."""
    with tf.GradientTape(watch_accessed_variables=False) as tape:
        tape.watch(points)
        # A logit depends on no other point, so the gradient of the sum holds each point's own.
        total = tf.reduce_sum(critic(points))
    slope = tape.gradient(total, points)
    return tf.reduce_sum(slope * slope, axis=-1)


def squared_slope(critic: Critic, points: Any) -> Any:
    """Mean squared length [R] of the critic's gradient at points [R, B, 2]."""
    return tf.reduce_mean(squared_slopes(critic, points), axis=-1)


def lengths(squares: Any) -> Any:
    """Square roots whose gradient is 0, not infinite, at 0: there a critic is flat and no direction is better."""
    positive = squares > 0
    return tf.where(positive, tf.sqrt(tf.where(positive, squares, tf.ones_like(squares))), tf.zeros_like(squares))
