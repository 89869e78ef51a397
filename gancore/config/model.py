"""RunConfig: everything that decides a run's result, and nothing else.

A run *is* its configuration: ``run_id`` hashes the resolved config and ``RESULTS_VERSION``. Fields that came after the
first release are left out of the hash exactly at their neutral values, so that they orphan no run.
"""

from __future__ import annotations

import hashlib
import json
from typing import Annotated, Any

from pydantic import Field, model_validator

from gancore.config.changes import Change, checked
from gancore.config.plain import is_table
from gancore.config.rules import check_rules
from gancore.datasets import Circle
from gancore.parts import (
    STEPS,
    Adam,
    Averaging,
    Choice,
    Dataset,
    Discriminator,
    Generator,
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
    identity,
    parts_of,
)
from gancore.parts.errors import ConfigError, one_of

RESULTS_VERSION = 2
"""Moves whenever the engine's arithmetic, a default or a metric changes a stored number."""

MAX_SNAPSHOTS = 250
"""A run keeps at most this many snapshots, so that a stored run stays small."""

LIMITS = {"snapshot_every": MAX_SNAPSHOTS, "log_every": 20 * MAX_SNAPSHOTS}
"""How many records each interval may make."""

MAX_WEIGHTS = 4_000_000
"""The two networks have at most this many weights together, so that nobody takes a machine's whole memory."""

ANSWER = "the answer, in gancore's README"


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
    """The discriminator's optimizer. Two learning rates are TTUR, two time-scale updates (Heusel et al. 2017)."""
    ema: Annotated[
        Averaging,
        Since("0.4.0", neutral={"decay": 0.0, "start": 0, "warmup": 0}),
        Worth(({"decay": 0.999},), "Yazıcı et al. 2019, averaging in GAN training"),
    ] = Averaging()
    """Averaged weights of the generator. With them the averaged generator is the run's generator: pages draw it, and
    tables and analyses count its scores. Those of the raw one are stored beside them, as ``raw_w1`` and so on."""
    batch_size: Annotated[Static[int], Worth((256,), ANSWER)] = Field(default=32, ge=1, le=8192)
    """Real points, and fakes, in a batch."""
    generator_batch: Annotated[Static[int], Since("0.4.0", neutral=0)] = Field(default=0, ge=0, le=8192)
    """Fakes in an update of the generator; 0 for as many as in a batch of the discriminator."""
    steps: Annotated[Timetable[int], Worth(times=(2,), source="a run that is only slow needs more steps")] = Field(
        default=10_000, ge=1, le=1_000_000
    )
    """Training steps; each ends with one generator update."""
    log_every: Timetable[int] = Field(default=200, ge=1, le=1_000_000)
    """Steps between rows of the history (losses and accuracies, averaged in between)."""
    snapshot_every: Timetable[int] = Field(default=400, ge=1, le=1_000_000)
    """Steps between snapshots of 2,000 generated points, each with its metrics."""
    changes: Annotated[Timetable[tuple[Change, ...]], Since("0.5.0", neutral=[])] = ()
    """What has another value from a step on: any number that each run has of its own, such as rates, weights of
    penalties, noise and schedules. The steps before are those of a run without."""
    seed: Key[int] = Field(default=0, ge=0, lt=2**31)
    """Seed of the run: initial weights, data order and noise."""

    @property
    def run_id(self) -> str:
        """SHA-256 (64 hex digits) of the resolved config, but for later fields that stand at their neutral value."""
        resolved = {"config": identity(self), "results_version": RESULTS_VERSION}
        text = json.dumps(resolved, sort_keys=True, separators=(",", ":"), allow_nan=False)
        return hashlib.sha256(text.encode()).hexdigest()

    @property
    def generator_points(self) -> int:
        """Fakes in an update of the generator."""
        return self.generator_batch or self.batch_size

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
        limits = self.penalty.active or self.d_optimizer.clip_weights or self.discriminator.spectral_norm.iterations
        if self.loss.bounded or limits:
            return []
        kind = _kind(self.loss)
        return [
            f"loss.kind: nothing limits the critic's slope, so its {kind} loss has no minimum; set penalty.kind to "
            "gradient, d_optimizer.clip_weights to 0.01 or discriminator.spectral_norm.iterations to 1"
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
            "generator": self.generator.network(self.latent).weights,
            "discriminator": self.discriminator.network().weights,
        }
        if sum(weights.values()) > MAX_WEIGHTS:
            name = max(weights, key=lambda name: weights[name])
            hidden, allowed = list(getattr(self, name).hidden), "use narrower or fewer layers"
            reason = (
                f"{hidden} makes {weights[name]:,} weights; the two networks may have {MAX_WEIGHTS:,} together, so "
            )
            raise ConfigError.of(f"{name}.hidden", reason + allowed, hidden, allowed)
        if self.changes:
            object.__setattr__(self, "changes", checked(self))  # in their one order, which the id hashes

    def _check_parts(self) -> None:
        """Refuse parts that do not go together; raises ConfigError."""
        for path, part in parts_of(self):
            part.refuse(path)
        if self.loss.judged and self.loss.paired and not self.update.together:
            kind, allowed = _kind(self.update), "use combined"
            reason = f"{kind!r} is not allowed with loss.kind {_kind(self.loss)}, which compares real points with fakes"
            raise ConfigError.of("update.kind", f"{reason}; {allowed}", kind, allowed)
        self._check_batches()
        check_rules(self)
        if self.update.order == "simultaneous" and self.update.shared_adam_clock:
            reason = "True is not allowed with update.order simultaneous, where no network comes first; use False"
            raise ConfigError.of("update.shared_adam_clock", reason, True, "use False")
        for name in ("g_optimizer", "d_optimizer"):
            if self.update.shared_adam_clock and not getattr(self, name).counts:
                kind, allowed = _kind(getattr(self, name)), "use adam"
                reason = f"True is not allowed with {name}.kind {kind}, which counts no updates; {allowed}"
                raise ConfigError.of("update.shared_adam_clock", reason, True, allowed)

    def _check_batches(self) -> None:
        """Refuse a discriminator that looks at several points where that makes no sense; raises ConfigError."""
        d, batch = self.discriminator, self.batch_size
        if batch % d.packing:
            fitting = [str(n) for n in range(1, d.packing) if batch % n == 0]
            allowed = f"{one_of(fitting)}, or a batch_size that {d.packing} divides"
            reason = f"{d.packing} is not allowed with batch_size {batch}, which it does not divide; {allowed}"
            raise ConfigError.of("discriminator.packing", reason, d.packing, allowed)
        of_batch = [f"discriminator.{d.of_batch}"] if d.of_batch else []
        of_batch += ["generator.norm.kind"] if self.generator.norm.of_batch else []
        for path in of_batch:
            part = d.minibatch if "minibatch" in path else d.norm if "disc" in path else self.generator.norm
            points = batch // d.packing if part is not self.generator.norm else batch
            if points < 2:
                allowed = "use none, or a larger batch_size"
                reason = f"{_kind(part)!r} is not allowed with a batch of one; {allowed}"
                raise ConfigError.of(path, reason, _kind(part), allowed)
        if self.penalty.active and d.of_batch:
            path, kind = f"discriminator.{d.of_batch}", _kind(d.minibatch if d.minibatch.of_batch else d.norm)
            allowed = "use none or layer" if path.endswith("norm.kind") else "use none"
            reason = (
                f"{kind!r} is not allowed with penalty.kind {_kind(self.penalty)}, which takes the slope at each "
                f"point by itself, while a point's logit then depends on its batch; {allowed}"
            )
            raise ConfigError.of(path, reason, kind, allowed)


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


def _kind(part: Choice) -> str:
    return str(getattr(part, "kind", ""))


def _rebuild() -> None:
    """A member that registers after the schema was built is known from then on."""
    RunConfig.model_rebuild(force=True)


Choice.on_registered.append(_rebuild)
