"""Averaged weights of the generator: a running mean beside the trained ones."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

from pydantic import Field

from gancore.parts.backend import lanes, tf
from gancore.parts.base import Off, Part, PerRun
from gancore.parts.errors import ConfigError
from gancore.parts.families import Inputs


class Averaging(Part):
    """Exponential moving average of the generator's weights (EMA; Yazıcı et al. 2019, Karras et al. 2018).

    With it the averaged generator is the run's generator: points, scores, success and exports are its. The trained one
    (the *raw* generator) is sampled and scored beside it, and its numbers are stored as ``raw_...``. Training itself
    never sees the average. Keras' ``ema_momentum`` begins with the weights after the first update, which ``start`` 1
    does; without it the average begins with the initial weights, as in the papers' programs.
    """

    decay: Annotated[PerRun[float], Off(0.0)] = Field(default=0.0, ge=0, lt=1)
    """Share of the average that each step keeps, such as 0.999; 0 for no average."""
    start: Annotated[PerRun[int], Off(0)] = Field(default=0, ge=0, le=1_000_000)
    """Steps before the averaging begins; the average is the raw generator until then."""
    warmup: Annotated[PerRun[int], Off(0)] = Field(default=0, ge=0, le=1_000_000)
    """Limits the decay to t / (t + warmup) after t averaged steps; 1 is the plain mean as long as that is shorter."""

    @property
    def active(self) -> bool:
        """Whether there is an average."""
        return self.on("decay")

    def refuse(self, path: str) -> None:
        """An average that begins or warms up and is none; raises ConfigError."""
        for name in ("start", "warmup"):
            if getattr(self, name) and not self.decay:
                raise ConfigError.refused(f"{path}.{name}", getattr(self, name), f"use 0, or {path}.decay more than 0")

    def inputs(self) -> dict[str, Any]:
        """The fields, and 1 - decay subtracted before rounding: float32's 1 - 0.9999 is off by 2e-4."""
        return super().inputs() | ({"gain": 1 - self.decay} if self.active else {})

    def updated(self, average: Sequence[Any], weights: Sequence[Any], step: Any, inputs: Inputs) -> list[Any]:
        """The average [R, ...] after step ``step`` (from 0), which left these weights: a ← a + (1 - decay)(w - a)."""
        (gain,) = lanes(inputs, "gain")
        done = tf.cast(step, gain.dtype) - (lanes(inputs, "start")[0] if self.on("start") else 0)
        if self.on("warmup"):
            (warmup,) = lanes(inputs, "warmup")
            gain = tf.maximum(gain, warmup / (tf.maximum(done, 0) + warmup))
        if self.on("start"):
            gain = tf.where(done < 0, tf.ones_like(gain), gain)
        return [mean + gain * (weight - mean) for mean, weight in zip(average, weights, strict=True)]
