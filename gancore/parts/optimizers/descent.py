"""Optimizers of plain gradient descent and of its kin without moments of the gradient."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.parts.backend import lanes, root, tf
from gancore.parts.base import Off, PerRun, Static
from gancore.parts.families import Inputs, Optimizer, Weights


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
        return through_float32(super().inputs())

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """v ← μv - ηg; w ← w + v, or w + μv - ηg with Nesterov's momentum."""
        rate, momentum = lanes(inputs, "learning_rate", "momentum")
        velocity = [momentum * v - rate * g for v, g in zip(slots["velocity"], gradients, strict=True)]
        steps = [momentum * v - rate * g for v, g in zip(velocity, gradients, strict=True)]
        moved = steps if self.nesterov else velocity
        return [w + step for w, step in zip(weights, moved, strict=True)], {"velocity": velocity}


class Adagrad(Optimizer):
    """Adagrad as Keras computes it (Duchi et al. 2011): epsilon is added under the root."""

    kind: Literal["adagrad"] = "adagrad"
    slots: ClassVar[tuple[str, ...]] = ("total",)

    learning_rate: PerRun[float] = Field(default=0.01, gt=0, le=10)
    """Step size."""
    initial: PerRun[float] = Field(default=0.1, ge=0, le=1000)
    """What the sum of squared gradients starts from (Keras' initial_accumulator_value)."""
    epsilon: PerRun[float] = Field(default=1e-7, gt=0, le=1)
    """Added under the root."""

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """s ← s + g²; w ← w - ηg/√(s₀ + s + ε)."""
        rate, initial, epsilon = lanes(inputs, "learning_rate", "initial", "epsilon")
        total = [s + g * g for s, g in zip(slots["total"], gradients, strict=True)]
        triples = zip(weights, gradients, total, strict=True)
        return [w - rate * g / tf.sqrt(initial + s + epsilon) for w, g, s in triples], {"total": total}


class RMSprop(Optimizer):
    """Steps over a running mean of squared gradients (Tieleman and Hinton 2012).

    Keras has epsilon under the root, so that its first steps along small gradients are much shorter: 1e-7 under it
    is 3e-4 outside. PyTorch has it outside; ``epsilon_inside`` selects.
    """

    kind: Literal["rmsprop"] = "rmsprop"
    slots: ClassVar[tuple[str, ...]] = ("square", "mean", "velocity")

    learning_rate: PerRun[float] = Field(default=2e-4, gt=0, le=1)
    """Step size."""
    rho: PerRun[float] = Field(default=0.9, ge=0, lt=1)
    """Decay of the squared gradient's running mean."""
    momentum: Annotated[PerRun[float], Off(0.0)] = Field(default=0.0, ge=0, lt=1)
    """Share of the last step that the next one keeps; 0 for none."""
    epsilon: PerRun[float] = Field(default=1e-7, gt=0, le=1)
    """Added to the denominator."""
    epsilon_inside: Static[bool] = True
    """Whether epsilon is added under the root (Keras) or outside of it (PyTorch)."""
    centered: Static[bool] = False
    """Whether the squared running mean of the gradient is subtracted, so that its variance is left (Graves 2013)."""

    def inputs(self) -> dict[str, Any]:
        """The fields, the rate through float32 as Keras has it, and 1 - ρ subtracted before rounding."""
        rate = {"learning_rate": np.float32(self.learning_rate)}
        return {**super().inputs(), **rate, "gain": 1 - self.rho}

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """s ← ρs + (1-ρ)g²; v ← μv + ηg/√s; w ← w - v."""
        rate, rho, gain, epsilon = lanes(inputs, "learning_rate", "rho", "gain", "epsilon")
        square = [rho * s + gain * (g * g) for s, g in zip(slots["square"], gradients, strict=True)]
        mean, spread = list(slots["mean"]), square
        if self.centered:
            mean = [rho * m + gain * g for m, g in zip(mean, gradients, strict=True)]
            # Rounding may leave the variance of an almost constant gradient below zero.
            spread = [tf.nn.relu(s - m * m) for s, m in zip(square, mean, strict=True)]
        roots = [tf.sqrt(s + epsilon) if self.epsilon_inside else root(s) + epsilon for s in spread]
        moves = [rate * g / root for g, root in zip(gradients, roots, strict=True)]
        velocity = list(slots["velocity"])
        if self.on("momentum"):
            (momentum,) = lanes(inputs, "momentum")
            moves = velocity = [momentum * v + move for v, move in zip(velocity, moves, strict=True)]
        updated = [w - move for w, move in zip(weights, moves, strict=True)]
        return updated, {"square": square, "mean": mean, "velocity": velocity}


class Lion(Optimizer):
    """Steps of equal length against a sign (Chen et al. 2023, algorithm 2), as Keras computes it."""

    kind: Literal["lion"] = "lion"
    slots: ClassVar[tuple[str, ...]] = ("mean",)
    smooth: ClassVar[bool] = False

    learning_rate: PerRun[float] = Field(default=1e-4, gt=0, le=1)
    """Length of a step along each weight."""
    beta_1: PerRun[float] = Field(default=0.9, ge=0, lt=1)
    """Share of the running mean in the direction of a step."""
    beta_2: PerRun[float] = Field(default=0.99, ge=0, lt=1)
    """Decay of the gradient's running mean."""

    def inputs(self) -> dict[str, Any]:
        """The fields in float32, through which Keras passes them whatever the weights are."""
        return through_float32(super().inputs())

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """w ← w - η·sign(β₁m + (1-β₁)g); m ← β₂m + (1-β₂)g."""
        rate, beta_1, beta_2 = lanes(inputs, "learning_rate", "beta_1", "beta_2")
        pairs = list(zip(slots["mean"], gradients, strict=True))
        signs = [tf.sign(m * beta_1 + g * (1 - beta_1)) for m, g in pairs]
        mean = [m * beta_2 + g * (1 - beta_2) for m, g in pairs]
        return [w - rate * sign for w, sign in zip(weights, signs, strict=True)], {"mean": mean}


def through_float32(inputs: Inputs) -> dict[str, Any]:
    """Numbers rounded to float32, through which Keras passes rates and decays whatever the weights are."""
    return {name: np.float32(value) for name, value in inputs.items()}
