"""Adam and the optimizers that are made from it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal

import numpy as np
from pydantic import Field

from gancore.parts.backend import lanes, root, tf
from gancore.parts.base import PerRun, Since, Worth
from gancore.parts.families import Inputs, Optimizer, Weights


class Adam(Optimizer):
    """Adam as Keras computes it (Kingma and Ba 2015, with the bias correction in the rate)."""

    kind: Annotated[Literal["adam"], Since("0.2.0", neutral="adam")] = "adam"
    slots: ClassVar[tuple[str, ...]] = ("first", "second")
    counts: ClassVar[bool] = True

    learning_rate: Annotated[PerRun[float], Worth((1e-3,), "Kingma and Ba 2015, Adam's default")] = Field(
        default=2e-4, gt=0, le=1
    )
    """Step size."""
    beta_1: Annotated[PerRun[float], Worth((0.0,), "Gulrajani et al. 2017, WGAN-GP")] = Field(default=0.5, ge=0, lt=1)
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
        return {
            **super().inputs(),
            **through,
            "gain_1": 1 - self.beta_1,
            "gain_2": 1 - self.beta_2,
            "epsilon": self.epsilon,
        }

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """Algorithm 1 in the form of section 2 of the paper, so epsilon is not corrected."""
        first, second = self.moments(gradients, slots, inputs)
        return self.moved(weights, first, second, count, inputs), {"first": first, "second": second}

    def moved(self, weights: Weights, first: Weights, second: Weights, count: Any, inputs: Inputs) -> list[Any]:
        """The weights after a step along the mean, over the square root of the mean square."""
        alpha, (epsilon,) = self.alpha(count, inputs), lanes(inputs, "epsilon")
        return [w - alpha * m / (root(v) + epsilon) for w, m, v in zip(weights, first, second, strict=True)]

    @staticmethod
    def alpha(count: Any, inputs: Inputs) -> Any:
        """The rate with the bias correction in it: [R, 1, 1]."""
        rate, beta_1, beta_2 = lanes(inputs, "learning_rate", "beta_1", "beta_2")
        return rate * tf.sqrt(1 - tf.pow(beta_2, count)) / (1 - tf.pow(beta_1, count))

    @staticmethod
    def moments(gradients: Weights, slots: Mapping[str, Weights], inputs: Inputs) -> tuple[list[Any], list[Any]]:
        """The running means of the gradient and of its square."""
        gain_1, gain_2 = lanes(inputs, "gain_1", "gain_2")
        first = [m + (g - m) * gain_1 for m, g in zip(slots["first"], gradients, strict=True)]
        second = [v + (g * g - v) * gain_2 for v, g in zip(slots["second"], gradients, strict=True)]
        return first, second


class AdamW(Adam):
    """Adam with the weights' decay outside of the gradient (Loshchilov and Hutter 2019), biases too, as Keras."""

    kind: Literal["adamw"] = "adamw"  # type: ignore[assignment]

    weight_decay: PerRun[float] = Field(default=0.004, ge=0, le=10)
    """Share of each weight, times the learning rate, that an update takes off it."""

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """w ← w - ηλw, and then Adam's update."""
        rate, decay = lanes(inputs, "learning_rate", "weight_decay")
        return super().update([w - w * decay * rate for w in weights], gradients, slots, count, inputs)


class AMSGrad(Adam):
    """Adam over the largest second moment so far (Reddi et al. 2018), before its bias correction, as Keras."""

    kind: Literal["amsgrad"] = "amsgrad"  # type: ignore[assignment]
    slots: ClassVar[tuple[str, ...]] = ("first", "second", "highest")

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """Adam's, with max v in the place of v."""
        first, second = self.moments(gradients, slots, inputs)
        highest = [tf.maximum(high, v) for high, v in zip(slots["highest"], second, strict=True)]
        updated = self.moved(weights, first, highest, count, inputs)
        return updated, {"first": first, "second": second, "highest": highest}


class OptimisticAdam(Adam):
    """Adam that takes twice its step and undoes its last one (Daskalakis et al. 2018, algorithm 1)."""

    kind: Literal["optimistic_adam"] = "optimistic_adam"  # type: ignore[assignment]
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({},), "Daskalakis et al. 2018, Training GANs with Optimism"),)
    slots: ClassVar[tuple[str, ...]] = ("first", "second", "last")

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """w ← w - 2ηu + ηu', u being Adam's direction and u' the last one (zero at first)."""
        first, second = self.moments(gradients, slots, inputs)
        rate, epsilon = lanes(inputs, "learning_rate", "epsilon")
        # Of a rate of 1: a schedule may have it at 0, and the next step undoes this one at its own rate.
        unit = self.alpha(count, {**inputs, "learning_rate": tf.ones_like(inputs["learning_rate"])})
        now = [unit * m / (root(v) + epsilon) for m, v in zip(first, second, strict=True)]
        updated = [w - rate * (2 * u - last) for w, u, last in zip(weights, now, slots["last"], strict=True)]
        return updated, {"first": first, "second": second, "last": now}


NADAM_DECAY, NADAM_COUNTS = 0.96, 1000
"""Of the momentum's own schedule (Dozat 2016), and the updates after which 0.96 to their power is below 1e-17."""


class Nadam(Adam):
    """Adam with Nesterov's momentum (Dozat 2016) as Keras computes it: its momentum is there 250 times sooner.

    It rises as 0.96^t, in the paper, PyTorch and Keras 2 as 0.96^(t/250).
    """

    kind: Literal["nadam"] = "nadam"  # type: ignore[assignment]

    def update(
        self, weights: Weights, gradients: Weights, slots: Mapping[str, Weights], count: Any, inputs: Inputs
    ) -> tuple[list[Any], dict[str, list[Any]]]:
        """u_t = β₁(1 - 0.96^t/2); the direction is u_(t+1) m / (1 - Πu_(t+1)) + (1 - u_t) g / (1 - Πu_t)."""
        first, second = self.moments(gradients, slots, inputs)
        rate, beta_1, beta_2, epsilon = lanes(inputs, "learning_rate", "beta_1", "beta_2", "epsilon")
        now, following = (beta_1 * (1 - 0.5 * tf.pow(tf.cast(NADAM_DECAY, count.dtype), n)) for n in (count, count + 1))
        # β₁^t times a product that has come to its limit after some hundred factors: a table, rather than a slot.
        table = np.cumprod(1 - 0.5 * NADAM_DECAY ** np.arange(1, NADAM_COUNTS + 1))
        place = tf.minimum(tf.cast(count, tf.int32), NADAM_COUNTS) - 1
        product = tf.pow(beta_1, count) * tf.gather(tf.constant(table, count.dtype), place)
        of_mean, of_gradient = following / (1 - product * following), (1 - now) / (1 - product)
        spread = [root(v / (1 - tf.pow(beta_2, count))) + epsilon for v in second]
        moves = [(of_mean * m + of_gradient * g) / s for m, g, s in zip(first, gradients, spread, strict=True)]
        return [w - rate * move for w, move in zip(weights, moves, strict=True)], {"first": first, "second": second}
