"""Instance noise: Gaussian noise on all that the discriminator sees, which may fade."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import Field

from gancore.parts.backend import tf
from gancore.parts.base import Off, Part, PerRun
from gancore.parts.errors import ConfigError
from gancore.parts.families import Inputs


class InstanceNoise(Part):
    """Gaussian noise on real points and fakes, in the updates of both networks (Sønderby et al. 2017).

    Real points, fakes and the generator's own each get noise of their own; penalties see the noisy points.
    """

    sigma: Annotated[PerRun[float], Off(0.0)] = Field(default=0.0, ge=0, le=100)
    """Standard deviation at first, in the units of the data; 0 for no noise."""
    until: Annotated[PerRun[int], Off(0)] = Field(default=0, ge=0, le=1_000_000)
    """Step at which it has faded to nothing, in a straight line; 0 to keep it as it is."""

    @property
    def active(self) -> bool:
        """Whether there is any."""
        return self.on("sigma")

    def refuse(self, path: str) -> None:
        """Noise that fades and is none; raises ConfigError."""
        if self.until and not self.sigma:
            raise ConfigError.refused(f"{path}.until", self.until, f"use 0, or {path}.sigma more than 0")

    def deviation(self, step: Any, inputs: Inputs) -> Any:
        """Standard deviation [R, 1, 1] at step ``step``, from 0."""
        sigma = inputs["sigma"]
        if self.on("until"):
            sigma = sigma * tf.nn.relu(1 - tf.cast(step, sigma.dtype) / inputs["until"])
        return tf.reshape(sigma, [-1, 1, 1])
