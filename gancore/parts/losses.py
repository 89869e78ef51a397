"""GAN losses on logits: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

from typing import Any, Literal

from gancore.parts.backend import tf
from gancore.parts.families import Inputs, Loss


class NonSaturating(Loss):
    """Binary cross-entropy; the generator maximises log D(fake) (Goodfellow et al. 2014, section 3)."""

    kind: Literal["non_saturating"] = "non_saturating"

    def discriminator(self, real: Any, fake: Any, inputs: Inputs) -> tuple[Any, Any]:
        """Real points as ones, fakes as zeros."""
        return tf.nn.softplus(-real), tf.nn.softplus(fake)

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """Fakes as ones."""
        return tf.nn.softplus(-fake)


class Minimax(NonSaturating):
    """Binary cross-entropy; the generator minimises log(1 - D(fake)) (Goodfellow et al. 2014, equation 1)."""

    kind: Literal["minimax"] = "minimax"  # type: ignore[assignment]

    def generator(self, real: Any, fake: Any, inputs: Inputs) -> Any:
        """Negative, and flat where the fake is told apart."""
        return -tf.nn.softplus(fake)
