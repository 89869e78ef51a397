"""A penalty that looks at fakes."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from gancore.parts import Penalty, PerRun
from gancore.parts.penalties import squared_slope


class R2(Penalty):
    """(γ/2)·E‖∇D‖² at fakes (Mescheder et al. 2018, section 4.1)."""

    kind: Literal["r2"] = "r2"
    uses: ClassVar[tuple[str, ...]] = ("fake",)
    passes: ClassVar[float] = 6.0

    gamma: PerRun[float] = Field(default=0.1, ge=0, le=1000)
    """Weight γ; half of it multiplies the mean squared length of the gradient."""

    def __call__(self, critic, real, fake, draws, inputs):
        """[R]."""
        return inputs["gamma"] / 2 * squared_slope(critic, fake)
