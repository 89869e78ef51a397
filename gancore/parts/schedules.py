"""Schedules of a learning rate: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

import math
from abc import abstractmethod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import Field

from gancore.parts.backend import tf
from gancore.parts.base import STEPS, Choice, Off, PerRun, Worth
from gancore.parts.errors import ConfigError

Inputs = Any


class Schedule(Choice):
    """How a learning rate follows the steps of the run: what it is multiplied by at each."""

    warmup: Annotated[PerRun[int], Off(0)] = Field(default=0, ge=0, le=1_000_000)
    """Steps in which the rate grows from 0, before the schedule begins (Keras' warm-up); 0 for none."""

    @property
    def moves(self) -> bool:
        """Whether the rate ever changes."""
        return True

    def factor(self, step: Any, inputs: Inputs) -> Any:
        """What the rate [R] is multiplied by at step ``step`` (from 0, in the inputs' dtype)."""
        if not self.on("warmup"):
            return self.after(step + tf.zeros_like(next(iter(inputs.values()))), inputs)
        warmup = inputs["warmup"]
        return tf.where(step < warmup, step / warmup, self.after(tf.maximum(step - warmup, 0), inputs))

    @abstractmethod
    def after(self, steps: Any, inputs: Inputs) -> Any:
        """The factor [R] so many steps [R] after the warm-up."""


class Constant(Schedule):
    """The same rate at all steps."""

    kind: Literal["constant"] = "constant"

    @property
    def moves(self) -> bool:
        """Only while it warms up."""
        return self.on("warmup")

    def after(self, steps: Any, inputs: Inputs) -> Any:
        """1."""
        return tf.ones_like(steps)


class _Ending(Schedule):
    """One that reaches its last rate at a step."""

    end: PerRun[int] = Field(default=0, ge=0, le=1_000_000)
    """Step at which the rate has come to its last value, such as the run's steps; there is no default."""
    final: PerRun[float] = Field(default=0.0, ge=0, le=1)
    """Share of the rate that is left then."""

    def refuse(self, path: str) -> None:
        """A schedule without an end, or one that ends before it has warmed up; raises ConfigError."""
        if self.end <= self.warmup:
            allowed = f"use more than {self.warmup}, such as the run's steps"
            kind = str(getattr(self, "kind", ""))
            raise ConfigError.refused(f"{path}.end", self.end, allowed, f"is no end of a {kind} schedule")

    def share(self, steps: Any, inputs: Inputs) -> Any:
        """How much of the way [R] from the warm-up to the end is done, at most 1."""
        length = inputs["end"] - inputs["warmup"] if self.on("warmup") else inputs["end"]
        return tf.minimum(steps / length, 1.0)


class Linear(_Ending):
    """In a straight line to its last value."""

    kind: Literal["linear"] = "linear"

    def after(self, steps: Any, inputs: Inputs) -> Any:
        """1 - (1 - final)·t, t from 0 to 1."""
        return 1 - (1 - inputs["final"]) * self.share(steps, inputs)


class Cosine(_Ending):
    """Along half a cosine to its last value (Loshchilov and Hutter 2017, without restarts)."""

    kind: Literal["cosine"] = "cosine"
    worth: ClassVar[tuple[Worth, ...]] = (Worth(({"end": STEPS},), "Loshchilov and Hutter 2017, SGDR"),)

    def after(self, steps: Any, inputs: Inputs) -> Any:
        """final + (1 - final)·(1 + cos πt)/2, t from 0 to 1."""
        return inputs["final"] + (1 - inputs["final"]) * 0.5 * (1 + tf.cos(math.pi * self.share(steps, inputs)))


class _Falling(Schedule):
    """One that is multiplied by a factor again and again."""

    every: PerRun[int] = Field(default=1000, ge=1, le=1_000_000)
    """Steps after which the rate has been multiplied by ``decay`` once more."""
    decay: PerRun[float] = Field(default=0.5, gt=0, le=1)
    """What it is multiplied by."""


class Exponential(_Falling):
    """Exponentially, a little at each step."""

    kind: Literal["exponential"] = "exponential"

    def after(self, steps: Any, inputs: Inputs) -> Any:
        """decay^(t / every)."""
        return tf.pow(inputs["decay"], steps / inputs["every"])


class Steps(_Falling):
    """By a factor, all at once, every so many steps."""

    kind: Literal["step"] = "step"

    def after(self, steps: Any, inputs: Inputs) -> Any:
        """decay^⌊t / every⌋."""
        return tf.pow(inputs["decay"], tf.floor(steps / inputs["every"]))
