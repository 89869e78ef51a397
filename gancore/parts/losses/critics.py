"""Losses that are linear in the output: hinge and Wasserstein."""

from __future__ import annotations

from typing import Any, ClassVar, Literal

from gancore.parts.backend import tf
from gancore.parts.base import Worth
from gancore.parts.families import Inputs
from gancore.parts.losses.pointwise import PointwiseLoss


class Hinge(PointwiseLoss):
    """Hinge: no more than a margin of 1 is asked for (Lim and Ye 2017; Miyato et al. 2018, equation 17)."""

    kind: Literal["hinge"] = "hinge"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({},), "Lim and Ye 2017, Geometric GAN"),)
    logit: ClassVar[bool] = False

    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """max(0, 1 - x) and max(0, 1 + x)."""
        return tf.nn.relu(1 - real), tf.nn.relu(1 + fake)

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """-x."""
        return -fake


class Wasserstein(PointwiseLoss):
    """The critic's mean over fakes less that over real points (Arjovsky et al. 2017).

    It says something only while the critic's slope is limited: by a gradient penalty or clipped weights.
    """

    kind: Literal["wasserstein"] = "wasserstein"
    boundary: ClassVar[float | None] = None
    logit: ClassVar[bool] = False
    bounded: ClassVar[bool] = False

    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """-x and x; with both in one update half their sum is minimised, as for every loss."""
        return -real, fake

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """-x."""
        return -fake
