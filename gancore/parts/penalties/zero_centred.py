"""Penalties on any slope at the points themselves: R1, R2 and both; and none."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from gancore.parts.backend import tf
from gancore.parts.base import PerRun, Worth
from gancore.parts.families import Critic, Inputs, Penalty
from gancore.parts.penalties.slopes import SlopePenalty, squared_slope


class NoPenalty(Penalty):
    """None."""

    kind: Literal["none"] = "none"
    active: ClassVar[bool] = False

    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """Zero for each run."""
        return tf.zeros(real.shape[:1], real.dtype)


class R1(SlopePenalty):
    """(γ/2)·E‖∇D‖² at real points, D being the logit (Mescheder et al. 2018, equation 9)."""

    kind: Literal["r1"] = "r1"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({"gamma": 0.02},), "Mescheder et al. 2018, R1"),)
    # Forward and backward to the points, and backward through both.
    passes: ClassVar[float] = 6.0

    gamma: PerRun[float] = Field(default=0.1, ge=0, le=1000)
    """Weight γ; half of it multiplies the mean squared length of the gradient."""

    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """[R]: half of γ times the mean over real points of the squared gradient of their own logit."""
        return inputs["gamma"] / 2 * squared_slope(critic, real)


class R2(R1):
    """(γ/2)·E‖∇D‖² at fakes (Mescheder et al. 2018, section 4.1)."""

    kind: Literal["r2"] = "r2"  # type: ignore[assignment]
    uses: ClassVar[tuple[str, ...]] = ("fake",)

    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """[R]: as R1, at fakes."""
        return super().__call__(critic, fake, fake, draws, inputs)


class R1R2(SlopePenalty):
    """R1 and R2 together (R3GAN: Huang et al. 2024)."""

    kind: Literal["r1_r2"] = "r1_r2"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({"gamma": 0.02, "gamma_fake": 0.02},), "Huang et al. 2024, R3GAN"),)
    uses: ClassVar[tuple[str, ...]] = ("real", "fake")
    passes: ClassVar[float] = 12.0

    gamma: PerRun[float] = Field(default=0.1, ge=0, le=1000)
    """Weight γ at real points; half of it multiplies the mean squared length of the gradient."""
    gamma_fake: PerRun[float] = Field(default=0.1, ge=0, le=1000)
    """Weight γ at fakes, which R3GAN has equal to that at real points."""

    def __call__(self, critic: Critic, real: Any, fake: Any, draws: Any, inputs: Inputs) -> Any:
        """[R]: the sum of both."""
        at_real, at_fake = squared_slope(critic, real), squared_slope(critic, fake)
        return inputs["gamma"] / 2 * at_real + inputs["gamma_fake"] / 2 * at_fake
