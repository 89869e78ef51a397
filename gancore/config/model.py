"""RunConfig and its parts: everything that decides a run's result, and nothing else.

A run *is* its configuration: ``run_id`` hashes the fully resolved config and
``RESULTS_VERSION``. Families of alternatives (datasets, losses, ...) register
themselves by subclassing a family root; the config then accepts them by ``kind``.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import typing
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationInfo, field_validator
from pydantic_core import core_schema

from gancore.config.errors import ConfigError

RESULTS_VERSION = 2
"""Moves whenever the engine's arithmetic, a default or a metric changes a stored number."""

MAX_SNAPSHOTS = 250
"""A run keeps at most this many snapshots, so that a stored run stays small."""

MAX_WEIGHTS = 4_000_000
"""The two networks have at most this many weights together, so that nobody takes a machine's whole memory."""


class Part(BaseModel):
    """A frozen piece of configuration that refuses unknown fields, NaN and infinity."""

    model_config = ConfigDict(
        frozen=True, extra="forbid", allow_inf_nan=False, defer_build=True, use_attribute_docstrings=True
    )

    @field_validator("*", mode="before")
    @classmethod
    def _no_bool_for_a_number(cls, value: Any, info: ValidationInfo) -> Any:
        """Python takes True for 1; a setting does not."""
        annotation = cls.model_fields[str(info.field_name)].annotation
        numeric = annotation in (int, float) or typing.get_origin(annotation) is tuple
        if numeric and any(isinstance(item, bool) for item in (value if isinstance(value, list | tuple) else [value])):
            raise ValueError("it must be a number, not true or false")
        return value


class Choice(Part):
    """Root of a family of alternatives told apart by ``kind``.

    A direct subclass is a family; each class below it with a ``kind`` is one
    alternative, and defining it is all that adding it takes.
    """

    model_config = ConfigDict(defer_build=True)
    registry: ClassVar[dict[str, type[Choice]]]

    @classmethod
    def __pydantic_init_subclass__(cls, **kwargs: Any) -> None:
        super().__pydantic_init_subclass__(**kwargs)
        if Choice in cls.__bases__:
            cls.registry = {}
        elif "kind" in cls.model_fields:
            kind = cls.model_fields["kind"].default
            if kind in cls.registry:
                raise TypeError(f"{cls.__name__}: the kind {kind!r} is taken by {cls.registry[kind].__name__}")
            cls.registry[kind] = cls

    @classmethod
    def __get_pydantic_core_schema__(cls, source: Any, handler: Any) -> core_schema.CoreSchema:
        if Choice not in cls.__bases__:
            return handler(source)
        return core_schema.tagged_union_schema(
            {kind: handler.generate_schema(member) for kind, member in cls.registry.items()}, discriminator="kind"
        )


class Dataset(Choice):
    """A distribution in the plane. See ``gancore.datasets`` for what a member provides."""

    scale: float = Field(default=1.0, ge=0.01, le=100)
    """All points are multiplied by this; metrics divide by it again."""
    size: int = Field(default=10_000, ge=100, le=200_000)
    """Points in the training set."""
    noise: float = Field(default=0.0, ge=0, le=1)
    """Standard deviation of Gaussian noise on the points, before scaling."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Seed of the training set (not of the run)."""


class Loss(Choice):
    """What the two networks minimise. See ``gancore.training.losses``."""


Width = Annotated[int, Field(ge=1, le=4096)]
Hidden = Annotated[tuple[Width, ...], Field(max_length=8)]
Activation = Literal["leaky_relu", "relu", "tanh"]


class Latent(Part):
    """The generator's input."""

    kind: Literal["normal", "uniform"] = "normal"
    """Distribution of the latent vector: standard normal, or uniform in [-1, 1]."""
    dim: int = Field(default=128, ge=1, le=1024)
    """Dimensions of the latent vector."""


class Generator(Part):
    """The network that turns latent vectors into points."""

    hidden: Hidden = (64, 128)
    """Widths of the hidden layers."""
    activation: Activation = "leaky_relu"
    """Activation of the hidden layers (leaky_relu has slope 0.2)."""
    output: Literal["tanh", "linear", "tanh_1.5"] = "tanh"
    """Output activation; tanh_1.5 is 1.5·tanh, which reaches past 1."""


class Discriminator(Part):
    """The network that tells real points from generated ones (one logit)."""

    hidden: Hidden = (64, 128)
    """Widths of the hidden layers."""
    activation: Activation = "leaky_relu"
    """Activation of the hidden layers (leaky_relu has slope 0.2)."""


class Update(Part):
    """How the discriminator is updated within a step."""

    kind: Literal["separate", "combined"] = "separate"
    """separate: one update on real points, then one on fakes; combined: one update on both."""
    d_steps: int = Field(default=1, ge=1, le=20)
    """Discriminator rounds for each generator update, each on fresh points."""
    shared_adam_clock: bool = False
    """One Adam step counter for both networks, as where Keras 2 shared one optimizer object between two models."""


class Adam(Part):
    """Adam as Keras computes it (Kingma and Ba 2015, with the bias correction in the rate)."""

    learning_rate: float = Field(default=2e-4, gt=0, le=1)
    """Step size."""
    beta_1: float = Field(default=0.5, ge=0, lt=1)
    """Decay of the gradient's running mean."""
    beta_2: float = Field(default=0.999, ge=0, lt=1)
    """Decay of the squared gradient's running mean."""
    epsilon: float = Field(default=1e-7, gt=0, le=1)
    """Added to the denominator."""


class RunConfig(Part):
    """One training run. The defaults are the question's baseline on the circle."""

    dataset: Dataset = Field(default_factory=lambda: Dataset.registry["circle"](), validate_default=False)  # type: ignore[arg-type,return-value]
    """The distribution to learn."""
    latent: Latent = Latent()
    """The generator's input."""
    generator: Generator = Generator()
    """The network that turns latent vectors into points."""
    discriminator: Discriminator = Discriminator()
    """The network that tells real points from generated ones."""
    loss: Loss = Field(default_factory=lambda: Loss.registry["non_saturating"]())  # type: ignore[arg-type,return-value]
    """What the two networks minimise."""
    update: Update = Update()
    """How the discriminator is updated within a step."""
    g_optimizer: Adam = Adam()
    """The generator's optimizer."""
    d_optimizer: Adam = Adam()
    """The discriminator's optimizer."""
    batch_size: int = Field(default=32, ge=1, le=8192)
    """Real points, and fakes, in a batch."""
    steps: int = Field(default=10_000, ge=1, le=1_000_000)
    """Training steps; each ends with one generator update."""
    log_every: int = Field(default=200, ge=1, le=1_000_000)
    """Steps between rows of the history (losses and accuracies, averaged in between)."""
    snapshot_every: int = Field(default=400, ge=1, le=1_000_000)
    """Steps between snapshots of 2,000 generated points, each with its metrics."""
    seed: int = Field(default=0, ge=0, lt=2**31)
    """Seed of the run: initial weights, data order and noise."""

    @property
    def run_id(self) -> str:
        """SHA-256 (64 hex digits) of the resolved config and RESULTS_VERSION."""
        resolved = {"config": self.model_dump(mode="json"), "results_version": RESULTS_VERSION}
        text = json.dumps(resolved, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def snapshot_steps(self) -> list[int]:
        """Steps at which a snapshot is taken: 0, every ``snapshot_every``, and the last."""
        return sorted({*range(0, self.steps, self.snapshot_every), self.steps})

    @property
    def log_steps(self) -> list[int]:
        """Steps at which a history row is written: every ``log_every``, and the last."""
        return sorted({*range(self.log_every, self.steps, self.log_every), self.steps})

    def model_post_init(self, context: Any) -> None:
        """Refuse combinations that would make a run too large to keep or to train."""
        # Counted, not listed: a million steps take a second and 100 MB to list, and a file may hold thousands of runs.
        snapshots = len(range(0, self.steps, self.snapshot_every)) + 1
        rows = len(range(self.log_every, self.steps, self.log_every)) + 1
        for name, count in (("snapshot_every", snapshots), ("log_every", rows)):
            limit = MAX_SNAPSHOTS if name == "snapshot_every" else 20 * MAX_SNAPSHOTS
            if count > limit:
                every, allowed = getattr(self, name), f"use {-(-self.steps // (limit - 2))} or more"
                reason = f"{every} makes {count} records in {self.steps} steps; at most {limit} are kept, so {allowed}"
                raise ConfigError.of(name, reason, every, allowed)
        weights = {
            "generator": _count_weights(self.latent.dim, *self.generator.hidden, 2),
            "discriminator": _count_weights(2, *self.discriminator.hidden, 1),
        }
        if sum(weights.values()) > MAX_WEIGHTS:
            name = max(weights, key=lambda name: weights[name])
            hidden, allowed = list(getattr(self, name).hidden), "use narrower or fewer layers"
            reason = (
                f"{hidden} makes {weights[name]:,} weights; the two networks may have {MAX_WEIGHTS:,} together, so "
            )
            raise ConfigError.of(f"{name}.hidden", reason + allowed, hidden, allowed)


def _count_weights(*widths: int) -> int:
    """Kernels and biases of dense layers between these widths."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in itertools.pairwise(widths))
