"""A penalty that looks at fakes."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from gancore.parts import Penalty, PerRun
from gancore.parts.backend import tf


class Drift(Penalty):
    """ε·E(D²) at fakes, so that a critic's outputs do not drift away (after Karras et al. 2018, appendix A.1)."""

    kind: Literal["drift"] = "drift"
    uses: ClassVar[tuple[str, ...]] = ("fake",)
    passes: ClassVar[float] = 3.0

    epsilon: PerRun[float] = Field(default=0.001, ge=0, le=1000)
    """Weight of the mean squared output."""

    def __call__(self, critic, real, fake, draws, inputs):
        """[R]."""
        return inputs["epsilon"] * tf.reduce_mean(critic(fake) ** 2, axis=[1, 2])
