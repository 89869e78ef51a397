"""The least squares loss."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from pydantic import Field

from gancore.parts.backend import lanes
from gancore.parts.base import PerRun, Worth
from gancore.parts.families import Inputs
from gancore.parts.losses.cross_entropy import refuse_labels
from gancore.parts.losses.pointwise import PointwiseLoss


class LeastSquares(PointwiseLoss):
    """Half the squared distance of the output from a target (Mao et al. 2017, equation 2).

    The output is no logit of a probability. Keras' mean squared error lacks the half.
    """

    kind: Literal["least_squares"] = "least_squares"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({},), "Mao et al. 2017, LSGAN"),)
    boundary: ClassVar[float | None] = 0.5
    logit: ClassVar[bool] = False

    real_label: PerRun[float] = Field(default=1.0, ge=-100, le=100)
    """The discriminator's target for real points (b of the paper)."""
    fake_label: PerRun[float] = Field(default=0.0, ge=-100, le=100)
    """The discriminator's target for fakes (a of the paper)."""
    goal: PerRun[float] = Field(default=1.0, ge=-100, le=100)
    """What the generator wants the output for its fakes to be (c of the paper)."""

    def refuse(self, path: str) -> None:
        """Targets in the wrong order; raises ConfigError."""
        refuse_labels(path, self.real_label, self.fake_label)

    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """(x - b)²/2 and (x - a)²/2."""
        of_real, of_fake = lanes(inputs, "real_label", "fake_label")
        return 0.5 * (real - of_real) ** 2, 0.5 * (fake - of_fake) ** 2

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """(x - c)²/2."""
        return 0.5 * (fake - lanes(inputs, "goal")[0]) ** 2

    def threshold(self, inputs: Inputs) -> Any:
        """Half-way between the targets: [R, 1, 1]."""
        real, fake = lanes(inputs, "real_label", "fake_label")
        return (real + fake) / 2
