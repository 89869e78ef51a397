"""How long training takes, before it starts and during: the arithmetic of a step, and how fast this machine was."""

from __future__ import annotations

import contextlib
import hashlib
import math
import threading
from collections import Counter, OrderedDict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from gancore.config import RunConfig
from gancore.jobs import pool
from gancore.jobs.continuing import begun_at
from gancore.jobs.folders import JobFolders, read_json, write_json
from gancore.store import Store
from gancore.training.program import LANES
from gancore.training.shapes import GraphShape, group_key

STEP_COST = 3.0e5
"""Multiply-adds that take as long as what a step costs beside its matrix products."""
NOMINAL = 2.0e10
"""Multiply-adds a second and core, until this machine has trained something."""
COMPILING = 4.0
"""Seconds for compiling a graph shape."""
LOADING = 8.0
"""Seconds for loading TensorFlow, where no worker has."""
REMEMBERED = 200
"""Graph shapes whose pace is kept."""
LONG = 86_400.0
"""Seconds of training, a day, that nothing starts without asking whether it is meant."""
NEW = 0.5
"""Weight of the last pace against those before."""


def work(config: RunConfig) -> float:
    """Multiply-adds of a whole run: forward products, and twice as much again for each backward one."""

    generator = config.generator.network(config.latent).products
    discriminator = config.discriminator.network().products // config.discriminator.packing
    update = config.update
    if not config.loss.judged:
        return config.steps * (config.generator_points * update.turns * 3 * generator + STEP_COST)
    rounds, updates = update.rounds, update.turns * config.generator_points / config.batch_size
    passes = rounds * config.penalty.passes / config.penalty.interval
    # A round: fakes forward, the discriminator forward and backward on 2B; then the generator through it.
    point = rounds * (generator + 6 * discriminator) + updates * (3 * generator + 3 * discriminator)
    point += passes * discriminator
    # What is unrolled goes forward and backward, and backward through both; so do both losses for a consensus.
    point += updates * update.unrolled * 18 * discriminator
    point += rounds * (6 * generator + 18 * discriminator) if update.consensus else 0
    return config.steps * (config.batch_size * point + STEP_COST)


def _shape(config: RunConfig) -> str:
    """A name for the graph shape, the same in every process."""
    return hashlib.sha256(repr(GraphShape.of(config)).encode()).hexdigest()[:16]


def note_pace(folders: JobFolders, config: RunConfig, seconds: float) -> None:
    """Remember how fast one worker did a group of runs like this one; idle lanes cost as much as busy ones."""
    if seconds > 0:
        noted, shape = Pace.read(folders), _shape(config)
        found = LANES * work(config) / seconds
        before = noted.shapes.pop(shape, found)
        shapes = {**noted.shapes, shape: _mixed(before, found)}
        kept = dict(list(shapes.items())[-REMEMBERED:])
        with contextlib.suppress(OSError):
            write_json(folders.pace, {"rate": _mixed(noted.rate or found, found), "shapes": kept})


def _mixed(before: float, now: float) -> float:
    return before ** (1 - NEW) * now**NEW


@dataclass(frozen=True)
class Pace:
    """Multiply-adds a second of one worker: in general, and for graph shapes that were trained."""

    rate: float | None
    shapes: dict[str, float]

    @classmethod
    def read(cls, folders: JobFolders) -> Pace:
        """What is noted in a store; what is not a positive number counts as not noted."""
        noted = read_json(folders.pace)
        noted = noted if isinstance(noted, dict) else {}
        shapes = noted.get("shapes")
        sound = {key: rate for key, rate in shapes.items() if _sound(rate)} if isinstance(shapes, dict) else {}
        return cls(noted["rate"] if _sound(noted.get("rate")) else None, sound)

    def of(self, shape: str) -> float:
        """The pace to expect of a graph shape."""
        return self.shapes.get(shape) or self.rate or NOMINAL


def _sound(rate: object) -> bool:
    return isinstance(rate, int | float) and not isinstance(rate, bool) and math.isfinite(rate) and rate > 0


@dataclass(frozen=True)
class Costs:
    """What a list of runs costs, computed once: a run's work and shape do not change while one watches it."""

    work: dict[str, float]
    """Run id → multiply-adds of the whole run."""
    group: dict[str, tuple[Any, ...]]
    """Run id → which runs can share a program call."""
    shape: dict[str, str]
    steps: dict[str, int]

    @classmethod
    def of(cls, configs: Iterable[RunConfig]) -> Costs:
        """The costs of these runs."""
        unique = {config.run_id: config for config in configs}
        return cls(
            {run_id: work(config) for run_id, config in unique.items()},
            {run_id: group_key(config) for run_id, config in unique.items()},
            {run_id: _shape(config) for run_id, config in unique.items()},
            {run_id: config.steps for run_id, config in unique.items()},
        )


def estimate(store: Store, configs: Iterable[RunConfig], workers: int | None = None) -> float | None:
    """Seconds until the missing runs among ``configs`` are trained here, by so many workers (default: as many as this
    machine bears); None where nothing can be."""
    missing = [c for c in {c.run_id: c for c in configs}.values() if c.run_id not in store]
    if not missing:
        return 0.0
    if not pool.available():
        return None
    at = begun_at(store, missing)
    ready = any(status.get("state") != "loading" for status in pool.workers(store.root))
    count = workers or pool.default_workers()
    return expected(Costs.of(missing), at, [], count, Pace.read(JobFolders(store.root)), ready)


def expected(
    costs: Costs, at: Mapping[str, int], training: Sequence[Mapping[str, Any]], workers: int, pace: Pace, ready: bool
) -> float:
    """Seconds until runs are trained: those in training end on their workers, the rest is spread over all.

    ``at`` maps the ids of the runs that are left to the step each has reached, ``training`` holds the statuses of the
    workers that train some of them, and ``ready`` says whether one of ``workers`` has loaded TensorFlow.
    """
    rates = dict(pace.shapes)
    shares: list[float] = []
    for status in training:
        ids = [run_id for run_id in status["run_ids"] if run_id in at]
        measured, shape = float(status.get("pace", 0)) / max(1, len(status["run_ids"])), costs.shape[ids[0]]
        if measured > 0:
            found = LANES * measured * costs.work[ids[0]] / costs.steps[ids[0]]
            rates[shape] = _mixed(rates.get(shape, found), found)
            shares.append(found / pace.of(shape))
    # A machine that is slower than it was for the shapes in training is so for the others.
    general = (pace.rate or NOMINAL) * (math.prod(shares) ** (1 / len(shares)) if shares else 1.0)

    def seconds(run_id: str, step: int) -> float:
        left = 1 - step / costs.steps[run_id]
        return LANES * costs.work[run_id] * left / (rates.get(costs.shape[run_id]) or general)

    ends, seen = [], set[str]()
    for status in training:
        run_id = next(run_id for run_id in status["run_ids"] if run_id in at)
        seen.add(costs.shape[run_id])
        step = int(status.get("step", 0))
        ends.append(seconds(run_id, step) + (0.0 if status.get("pace") else COMPILING))
    busy = {run_id for status in training for run_id in status["run_ids"]}
    waiting = [run_id for run_id in at if run_id not in busy]
    groups = Counter((costs.group[run_id], at[run_id]) for run_id in waiting)
    one_of = {(costs.group[run_id], at[run_id]): run_id for run_id in waiting}
    new = {costs.shape[run_id] for run_id in waiting} - seen
    lasting, longest = list[float](), 0.0
    for key, runs in groups.items():
        took = seconds(one_of[key], key[1])
        lasting += [took] * -(-runs // LANES)
        longest = max(longest, took + (COMPILING if costs.shape[one_of[key]] in new else 0.0))
    together = max(1, min(workers, len(ends) + len(lasting)))
    # Every shape is compiled once, and every worker that now begins compiles something.
    compiling = COMPILING * max(len(new), min(max(0, together - len(ends)), len(lasting)))
    # The longest group may be the last to start.
    spread = max((sum(ends) + sum(lasting) + compiling) / together, longest, *ends, 0.0)
    return spread + (0.0 if ready else LOADING)


class Steady:
    """Seconds left as they are told: they fall with the clock, and follow what is newly expected without jumping."""

    SLOWEST, FASTEST = 30.0, 2.0
    """Seconds in which about two thirds of a difference are made up for, at first and near the end."""
    FORGOTTEN = 30.0
    """Seconds without a look after which the past says nothing."""

    def __init__(self) -> None:
        self._told: tuple[float, float] | None = None

    def look(self, now: float, seconds: float) -> float:
        """What to tell at ``now`` (seconds of any clock), where ``seconds`` are expected."""
        if self._told is not None and 0 <= now - self._told[0] <= self.FORGOTTEN:
            passed = now - self._told[0]
            before = max(0.0, self._told[1] - passed)
            within = min(self.SLOWEST, max(self.FASTEST, min(seconds, before) / 3))
            seconds = before + (seconds - before) * -math.expm1(-passed / within)
        self._told = (now, seconds)
        return seconds


_told: OrderedDict[tuple[Path, str], Steady] = OrderedDict()
_looking = threading.Lock()


def steady(root: Path, job_id: str) -> Steady:
    """What this process has told of a job, whichever page or object asks."""
    with _looking:
        found = _told.setdefault((root, job_id), Steady())
        _told.move_to_end((root, job_id))
        while len(_told) > WATCHED_JOBS:
            _told.popitem(last=False)
        return found


WATCHED_JOBS = 256
"""Jobs of which a process remembers what it told."""
