"""RunConfig: everything that decides a run's result, and nothing else.

A run *is* its configuration: ``run_id`` hashes the resolved config and ``RESULTS_VERSION``. Fields that came after the
first release are left out of the hash exactly at their neutral values, so that they orphan no run.
"""

from __future__ import annotations

import hashlib
import itertools
import json
from typing import Annotated, Any

from pydantic import Field, model_validator

from gancore.config.plain import is_table
from gancore.datasets import Circle
from gancore.parts import (
    STEPS,
    Adam,
    AtStart,
    Choice,
    Dataset,
    GlorotUniform,
    Initial,
    InstanceNoise,
    Key,
    Latent,
    Loss,
    NonSaturating,
    NoPenalty,
    Normal,
    OfData,
    Optimizer,
    Part,
    Penalty,
    Separate,
    Since,
    Static,
    Timetable,
    Update,
    Worth,
    activations,
    identity,
    parts_of,
)
from gancore.parts.errors import ConfigError

RESULTS_VERSION = 2
"""Moves whenever the engine's arithmetic, a default or a metric changes a stored number."""

MAX_SNAPSHOTS = 250
"""A run keeps at most this many snapshots, so that a stored run stays small."""

LIMITS = {"snapshot_every": MAX_SNAPSHOTS, "log_every": 20 * MAX_SNAPSHOTS}
"""How many records each interval may make."""

MAX_WEIGHTS = 4_000_000
"""The two networks have at most this many weights together, so that nobody takes a machine's whole memory."""

Width = Annotated[int, Field(ge=1, le=4096)]
Hidden = Annotated[tuple[Width, ...], Field(max_length=8)]
Slope = Annotated[float, Field(ge=0, le=1)]


ANSWER = "the answer, in gancore's README"


class Generator(Part):
    """The network that turns latent vectors into points."""

    hidden: Annotated[Static[Hidden], Worth(([16, 32],), ANSWER)] = (64, 128)
    """Widths of the hidden layers."""
    activation: Static[activations.Hidden] = "leaky_relu"
    """Activation of the hidden layers."""
    slope: Annotated[Static[Slope], Since("0.3.0", neutral=0.2)] = activations.LEAKY_SLOPE
    """Slope of leaky_relu below zero; others have none."""
    output: Annotated[Static[activations.Output], Worth(("linear",), "Gulrajani et al. 2017, gan_toy.py")] = "tanh"
    """Output activation; tanh_1.5 is 1.5·tanh, which reaches past 1, and sigmoid reaches from 0 to 1."""
    output_scale: Annotated[Static[float], Since("0.3.0", neutral=1.0)] = Field(default=1.0, gt=0, le=100)
    """What the output is multiplied by: with tanh, how far the generator reaches."""
    initial: Annotated[AtStart[Initial], Since("0.3.0", neutral={"kind": "glorot_uniform"})] = GlorotUniform()
    """How its kernels start; biases start at zero."""


class Discriminator(Part):
    """The network that tells real points from generated ones (one logit)."""

    hidden: Annotated[Static[Hidden], Worth(([128, 128],), "Metz et al. 2017, Unrolled GAN, toy of 8 Gaussians")] = (
        64,
        128,
    )
    """Widths of the hidden layers."""
    activation: Static[activations.Hidden] = "leaky_relu"
    """Activation of the hidden layers."""
    slope: Annotated[Static[Slope], Since("0.3.0", neutral=0.2)] = activations.LEAKY_SLOPE
    """Slope of leaky_relu below zero; others have none."""
    initial: Annotated[AtStart[Initial], Since("0.3.0", neutral={"kind": "glorot_uniform"})] = GlorotUniform()
    """How its kernels start; biases start at zero."""


class RunConfig(Part):
    """One training run. The defaults are the question's baseline on the circle."""

    dataset: OfData[Dataset] = Field(default_factory=Circle)
    """The distribution to learn."""
    latent: Latent = Field(default_factory=Normal)
    """The generator's input."""
    generator: Generator = Generator()
    """The network that turns latent vectors into points."""
    discriminator: Discriminator = Discriminator()
    """The network that tells real points from generated ones."""
    loss: Loss = Field(default_factory=NonSaturating)
    """What the two networks minimise."""
    penalty: Annotated[Penalty, Since("0.2.0", neutral={"kind": "none"})] = Field(default_factory=NoPenalty)
    """What is added to the discriminator's loss."""
    instance_noise: Annotated[
        InstanceNoise,
        Since("0.3.0", neutral={"sigma": 0.0, "until": 0}),
        Worth(({"sigma": 0.1, "until": STEPS},), "Sønderby et al. 2017, instance noise"),
    ] = InstanceNoise()
    """Noise on all that the discriminator sees."""
    update: Update = Field(default_factory=Separate)
    """How the discriminator is updated within a step."""
    g_optimizer: Optimizer = Field(default_factory=Adam)
    """The generator's optimizer."""
    d_optimizer: Annotated[Optimizer, Worth(({"learning_rate": 1e-3},), "Heusel et al. 2017, TTUR")] = Field(
        default_factory=Adam
    )
    """The discriminator's optimizer."""
    batch_size: Annotated[Static[int], Worth((256,), ANSWER)] = Field(default=32, ge=1, le=8192)
    """Real points, and fakes, in a batch."""
    steps: Annotated[Timetable[int], Worth(times=(2,), source="a run that is only slow needs more steps")] = Field(
        default=10_000, ge=1, le=1_000_000
    )
    """Training steps; each ends with one generator update."""
    log_every: Timetable[int] = Field(default=200, ge=1, le=1_000_000)
    """Steps between rows of the history (losses and accuracies, averaged in between)."""
    snapshot_every: Timetable[int] = Field(default=400, ge=1, le=1_000_000)
    """Steps between snapshots of 2,000 generated points, each with its metrics."""
    seed: Key[int] = Field(default=0, ge=0, lt=2**31)
    """Seed of the run: initial weights, data order and noise."""

    @property
    def run_id(self) -> str:
        """SHA-256 (64 hex digits) of the resolved config, but for later fields that stand at their neutral value."""
        resolved = {"config": identity(self), "results_version": RESULTS_VERSION}
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

    def warnings(self) -> list[str]:
        """What is allowed and yet unlikely to work, a sentence each that begins with the field."""
        limits = self.penalty.active or self.d_optimizer.clip_weights
        if self.loss.bounded or limits:
            return []
        kind = _kind(self.loss)
        return [
            f"loss.kind: nothing limits the critic's slope, so its {kind} loss has no minimum; "
            "set penalty.kind to gradient, or d_optimizer.clip_weights to 0.01"
        ]

    @model_validator(mode="before")
    @classmethod
    def _intervals(cls, data: object) -> object:
        """Intervals that are not given follow from the steps."""
        if not is_table(data) or data.get("steps") is None:
            return data
        try:
            return intervals(int(data["steps"])) | dict(data)
        except (TypeError, ValueError, OverflowError):  # no number: the field itself says so
            return data

    def model_post_init(self, context: Any) -> None:
        """Refuse combinations that make no sense, or a run too large to keep or to train."""
        self._check_parts()
        # Counted, not listed: a million steps take a second and 100 MB to list, and a file may hold thousands of runs.
        snapshots = len(range(0, self.steps, self.snapshot_every)) + 1
        rows = len(range(self.log_every, self.steps, self.log_every)) + 1
        for name, count in (("snapshot_every", snapshots), ("log_every", rows)):
            limit = LIMITS[name]
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

    def _check_parts(self) -> None:
        """Refuse parts that do not go together; raises ConfigError."""
        for path, part in parts_of(self):
            part.refuse(path)
        if self.loss.paired and not self.update.together:
            kind, allowed = _kind(self.update), "use combined"
            reason = f"{kind!r} is not allowed with loss.kind {_kind(self.loss)}, which compares real points with fakes"
            raise ConfigError.of("update.kind", f"{reason}; {allowed}", kind, allowed)
        if self.update.order == "simultaneous" and self.update.shared_adam_clock:
            reason = "True is not allowed with update.order simultaneous, where no network comes first; use False"
            raise ConfigError.of("update.shared_adam_clock", reason, True, "use False")
        for name in ("g_optimizer", "d_optimizer"):
            if self.update.shared_adam_clock and not getattr(self, name).counts:
                kind, allowed = _kind(getattr(self, name)), "use adam"
                reason = f"True is not allowed with {name}.kind {kind}, which counts no updates; {allowed}"
                raise ConfigError.of("update.shared_adam_clock", reason, True, allowed)


def intervals(steps: int) -> dict[str, int]:
    """The intervals of rows and snapshots for this many steps: 200 and 400, or the next round number that is enough.

    Up to 99,600 steps they are what they always were, so that no run that was possible has another id.
    """
    least = {"log_every": 200, "snapshot_every": 400}
    return {name: _interval(steps, every, LIMITS[name]) for name, every in least.items()}


def _interval(steps: int, least: int, limit: int) -> int:
    """The smallest of ``least``, 500, 1000, 2000, 5000, ... that makes at most ``limit`` records of the steps."""
    round_numbers = (digit * 10**power for power in range(2, 7) for digit in (1, 2, 5))
    enough = (every for every in (least, *round_numbers) if every >= least and -(-steps // every) + 1 <= limit)
    return next(enough, least)


def _count_weights(*widths: int) -> int:
    """Kernels and biases of dense layers between these widths."""
    return sum((fan_in + 1) * fan_out for fan_in, fan_out in itertools.pairwise(widths))


def _kind(part: Choice) -> str:
    return str(getattr(part, "kind", ""))


def _rebuild() -> None:
    """A member that registers after the schema was built is known from then on."""
    RunConfig.model_rebuild(force=True)


Choice.on_registered.append(_rebuild)
