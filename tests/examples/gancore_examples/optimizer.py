"""An optimizer."""

from __future__ import annotations

from typing import ClassVar, Literal

from pydantic import Field

from gancore.parts import Optimizer, PerRun
from gancore.parts.backend import tf
from gancore.parts.optimizers import lanes


class SignDescent(Optimizer):
    """Steps of equal length against the sign of a running mean (Bernstein et al. 2018, Signum)."""

    kind: Literal["sign"] = "sign"
    slots: ClassVar[tuple[str, ...]] = ("mean",)

    learning_rate: PerRun[float] = Field(default=2e-4, gt=0, le=1)
    """Length of a step along each weight."""
    beta: PerRun[float] = Field(default=0.9, ge=0, lt=1)
    """Decay of the gradient's running mean."""

    def update(self, weights, gradients, slots, count, inputs):
        """m ← βm + (1-β)g; w ← w - η·sign(m)."""
        rate, beta = lanes(inputs, "learning_rate", "beta")
        mean = [m * beta + g * (1 - beta) for m, g in zip(slots["mean"], gradients, strict=True)]
        return [w - rate * tf.sign(m) for w, m in zip(weights, mean, strict=True)], {"mean": mean}
