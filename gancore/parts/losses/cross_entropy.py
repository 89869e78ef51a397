"""Binary cross-entropy, with and without the generator's saturation."""

from __future__ import annotations

from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from gancore.parts.backend import lanes, tf
from gancore.parts.base import Off, PerRun, Since, Worth
from gancore.parts.errors import ConfigError
from gancore.parts.families import Inputs
from gancore.parts.losses.pointwise import PointwiseLoss


class NonSaturating(PointwiseLoss):
    """Binary cross-entropy; the generator maximises log D(fake) (Goodfellow et al. 2014, section 3)."""

    kind: Literal["non_saturating"] = "non_saturating"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({},), "Goodfellow et al. 2014, section 3"),)

    real_label: Annotated[
        PerRun[float],
        Off(1.0),
        Since("0.3.0", neutral=1.0),
        Worth((0.9,), "Salimans et al. 2016, one-sided label smoothing"),
    ] = Field(default=1.0, ge=0, le=1)
    """The discriminator's target for real points; 0.9 is one-sided label smoothing (Salimans et al. 2016)."""
    fake_label: Annotated[PerRun[float], Off(0.0), Since("0.3.0", neutral=0.0)] = Field(default=0.0, ge=0, le=1)
    """The discriminator's target for fakes; 0.1 with 0.9 above is two-sided smoothing."""

    def refuse(self, path: str) -> None:
        """Targets that leave nothing to tell apart; raises ConfigError."""
        refuse_labels(path, self.real_label, self.fake_label)

    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """Real points as ones, fakes as zeros, or as their labels y: -y log σ(x) - (1 - y) log σ(-x)."""
        of_real, of_fake = tf.nn.softplus(-real), tf.nn.softplus(fake)
        if self.on("real_label"):
            of_real += (1 - lanes(inputs, "real_label")[0]) * real
        if self.on("fake_label"):
            of_fake -= lanes(inputs, "fake_label")[0] * fake
        return of_real, of_fake

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """Fakes as ones."""
        return tf.nn.softplus(-fake)


class Minimax(NonSaturating):
    """Binary cross-entropy; the generator minimises log(1 - D(fake)) (Goodfellow et al. 2014, equation 1)."""

    kind: Literal["minimax"] = "minimax"  # type: ignore[assignment]

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """Negative, and flat where the fake is told apart."""
        return -tf.nn.softplus(fake)


def refuse_labels(path: str, real: float, fake: float) -> None:
    """Raises ConfigError unless the target of real points is above that of fakes."""
    if real <= fake:
        raise ConfigError.refused(f"{path}.real_label", real, f"it must be more than {path}.fake_label, {fake}")
