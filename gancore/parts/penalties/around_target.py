"""Penalties on slopes that differ from a target: WGAN-GP and DRAGAN."""

from __future__ import annotations

import math
from typing import Any, ClassVar, Literal

from pydantic import Field

from gancore.parts.backend import lanes, tf
from gancore.parts.base import PerRun, Static, Worth
from gancore.parts.families import Critic, Inputs
from gancore.parts.penalties.slopes import SlopePenalty, lengths, squared_slopes


class _AroundTarget(SlopePenalty):
    """λ·E(‖∇D‖ - target)² at points of the member's own."""

    passes: ClassVar[float] = 6.0

    weight: PerRun[float] = Field(default=10.0, ge=0, le=1000)
    """Weight λ of the mean squared difference; the papers have 10, for points in a plane 0.1 is common."""
    target: PerRun[float] = Field(default=1.0, ge=0, le=100)
    """Length of the gradient that costs nothing."""
    one_sided: Static[bool] = False
    """Whether only gradients longer than the target cost (one-sided), or shorter ones too."""

    def cost(self, critic: Critic, points: Any, inputs: Inputs) -> Any:
        """[R], at points [R, B, 2]."""
        over = lengths(squared_slopes(critic, points)) - tf.reshape(inputs["target"], [-1, 1])
        if self.one_sided:
            over = tf.nn.relu(over)
        return inputs["weight"] * tf.reduce_mean(over * over, axis=-1)


class GradientPenalty(_AroundTarget):
    """λ·E(‖∇D‖ - 1)² between real points and fakes (Gulrajani et al. 2017, WGAN-GP)."""

    kind: Literal["gradient"] = "gradient"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({"weight": 0.1},), "Fedus et al. 2018, Many Paths to Equilibrium"),)
    uses: ClassVar[tuple[str, ...]] = ("real", "fake")
    uniforms: ClassVar[int] = 1

    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """[R]: at one point of the line from each real point to the fake beside it, drawn uniformly."""
        return self.cost(critic, real + (draws[:, : real.shape[1]] + 1) / 2 * (fake - real), inputs)


class Dragan(_AroundTarget):
    """λ·E(‖∇D‖ - 1)² around real points, with Gaussian noise on them (Kodali et al. 2017, DRAGAN)."""

    kind: Literal["dragan"] = "dragan"
    uniforms: ClassVar[int] = 2

    sigma: PerRun[float] = Field(default=0.5, ge=0, le=100)
    """Standard deviation of the noise on the points, in the units of the data."""

    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """[R]: at each real point moved by σ·n."""
        return self.cost(critic, real + lanes(inputs, "sigma")[0] * tf.reshape(gaussian(draws), real.shape), inputs)


def gaussian(draws: Any) -> Any:
    """Two uniforms in [-1, 1] → two standard normals (Box and Muller 1958): [R, B, 2] → [R, B, 2]."""
    radius = tf.sqrt(-2.0 * tf.math.log(tf.maximum((draws[..., :1] + 1) / 2, 1e-9)))
    angle = math.pi * draws[..., 1:]
    return radius * tf.concat([tf.cos(angle), tf.sin(angle)], axis=-1)
