"""Optimizers for R runs at once: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.parts.backend import tf
from gancore.parts.base import PerRun, Since, Static
from gancore.parts.families import Inputs, Optimizer, Weights


def lanes(inputs: Inputs, *names: str) -> list[Any]:
    """Inputs [R] as [R, 1, 1], to be multiplied with weights."""
    return [tf.reshape(inputs[name], [-1, 1, 1]) for name in names]


class Adam(Optimizer):
    """Adam as Keras computes it (Kingma and Ba 2015, with the bias correction in the rate)."""

    kind: Annotated[Literal["adam"], Since("0.2.0", neutral="adam")] = "adam"
    slots: ClassVar[tuple[str, ...]] = ("first", "second")
    counts: ClassVar[bool] = True

    learning_rate: PerRun[float] = Field(default=2e-4, gt=0, le=1)
    """Step size."""
    beta_1: PerRun[float] = Field(default=0.5, ge=0, lt=1)
    """Decay of the gradient's running mean."""
    beta_2: PerRun[float] = Field(default=0.999, ge=0, lt=1)
    """Decay of the squared gradient's running mean."""
    epsilon: PerRun[float] = Field(default=1e-7, gt=0, le=1)
    """Added to the denominator."""

    def inputs(self) -> dict[str, Any]:
        """The fields, and 1 - β subtracted before rounding: float32's 1 - 0.999 is off by 1e-5, and Adam shows it.

        Keras keeps rate and betas in float32 whatever the weights are, so they pass through it.
        """
        through = {name: np.float32(getattr(self, name)) for name in ("learning_rate", "beta_1", "beta_2")}
        return {**through, "gain_1": 1 - self.beta_1, "gain_2": 1 - self.beta_2, "epsilon": self.epsilon}

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """Algorithm 1 in the form of section 2 of the paper, so epsilon is not corrected."""
        rate, beta_1, beta_2 = lanes(inputs, "learning_rate", "beta_1", "beta_2")
        gain_1, gain_2, epsilon = lanes(inputs, "gain_1", "gain_2", "epsilon")
        alpha = rate * tf.sqrt(1 - tf.pow(beta_2, count)) / (1 - tf.pow(beta_1, count))
        first = [m + (g - m) * gain_1 for m, g in zip(slots["first"], gradients, strict=True)]
        second = [v + (g * g - v) * gain_2 for v, g in zip(slots["second"], gradients, strict=True)]
        updated = [w - alpha * m / (tf.sqrt(v) + epsilon) for w, m, v in zip(weights, first, second, strict=True)]
        return updated, {"first": first, "second": second}


class SGD(Optimizer):
    """Gradient descent with momentum as Keras computes it (Sutskever et al. 2013)."""

    kind: Literal["sgd"] = "sgd"
    slots: ClassVar[tuple[str, ...]] = ("velocity",)

    learning_rate: PerRun[float] = Field(default=0.01, gt=0, le=10)
    """Step size."""
    momentum: PerRun[float] = Field(default=0.0, ge=0, lt=1)
    """Share of the last step that the next one keeps; 0 for plain gradient descent."""
    nesterov: Static[bool] = False
    """Whether the gradient is taken as if the momentum's step had been made (Nesterov 1983)."""

    def inputs(self) -> dict[str, Any]:
        """The fields in float32, through which Keras passes them whatever the weights are."""
        return {name: np.float32(value) for name, value in super().inputs().items()}

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """v ← μv - ηg; w ← w + v, or w + μv - ηg with Nesterov's momentum."""
        rate, momentum = lanes(inputs, "learning_rate", "momentum")
        velocity = [momentum * v - rate * g for v, g in zip(slots["velocity"], gradients, strict=True)]
        steps = [momentum * v - rate * g for v, g in zip(velocity, gradients, strict=True)]
        moved = steps if self.nesterov else velocity
        return [w + step for w, step in zip(weights, moved, strict=True)], {"velocity": velocity}
