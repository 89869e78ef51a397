"""The batched engine: R runs of one graph shape in one XLA program, many steps a call.

A run's numbers must not depend on its company, and a program compiled for another number of
lanes differs in the last bits. So every program has ``LANES`` lanes; idle ones repeat the first
run. What a run yields goes out as events; nothing here logs, scores, stores or draws.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

import numpy as np

from gancore.config import Discriminator, Generator, Latent, Loss, RunConfig, Update
from gancore.training import devices, streams
from gancore.training.backend import tf
from gancore.training.checkpoints import Checkpoint, pack, unpack
from gancore.training.optimizers import AdamRates, adam_rates, zero_moments
from gancore.training.step import MEASURES, Draws, Learner, Networks, gan_step
from gancore.training.streams import Purpose

LANES = devices.lanes()
"""Runs in one program on this machine's device."""

SNAPSHOT_POINTS = 2000
"""Points in a snapshot, which are also what a score is made of."""

SAMPLED_TOGETHER = 16
"""Lanes up to which snapshots are computed at once; 64 would hold 100 MB of activations, which a process keeps."""


class GraphShape(NamedTuple):
    """What is compiled into a program; runs that agree on it can train together."""

    latent: Latent
    generator: Generator
    discriminator: Discriminator
    loss: Loss
    update: Update
    batch_size: int
    data_size: int

    @classmethod
    def of(cls, config: RunConfig) -> GraphShape:
        """The graph shape of a run."""
        return cls(
            config.latent,
            config.generator,
            config.discriminator,
            config.loss,
            config.update,
            config.batch_size,
            config.dataset.size,
        )


def group_key(config: RunConfig) -> tuple[Any, ...]:
    """Runs with the same key can share a call of ``train``: one graph shape and one timetable."""
    return (GraphShape.of(config), config.steps, config.log_every, config.snapshot_every)


class LaneInputs(NamedTuple):
    """Per-run inputs, each with the run axis first."""

    data: Any
    """Training points [R, N, 2]."""
    keys: Any
    """Stream keys [R, DEVICE_PURPOSES, 2]."""
    g_rates: AdamRates
    d_rates: AdamRates


class TrainState(NamedTuple):
    """What a step changes."""

    generator: Learner
    discriminator: Learner
    step: Any
    """Steps done, a scalar: all lanes keep pace."""
    sums: Any
    """Measures summed since the last row, [5, R]."""
    bad_step: Any
    """Step at which a lane's losses first were not finite, or -1: [R]."""


@dataclass(frozen=True)
class Tick:
    """Training has reached ``step``; a caller may stop, pause, report or keep a checkpoint here."""

    step: int
    checkpoint: Callable[[], list[Checkpoint]]
    """Gives what each run needs to go on from here."""


@dataclass(frozen=True)
class Row:
    """A history row: measure name → float64 [runs], means over the steps since the row before."""

    step: int
    values: dict[str, np.ndarray]


@dataclass(frozen=True)
class Snapshot:
    """Generated points at ``step``, float32 [runs, 2000, 2], from noise that stays the same and that no step sees."""

    step: int
    points: np.ndarray


@dataclass(frozen=True)
class Finished:
    """The end: weights by name for each run, and the step at which it diverged (None if it did not)."""

    step: int
    weights: list[dict[str, np.ndarray]]
    diverged_at: list[int | None]


Event = Tick | Row | Snapshot | Finished


class Program:
    """The compiled functions of one graph shape."""

    def __init__(self, shape: GraphShape, lanes: int = LANES, dtype: str = "float32"):
        from gancore.training.networks import build_discriminator, build_generator

        self.shape, self.lanes, self.dtype = shape, lanes, dtype
        self._ready = False
        generator = build_generator(shape.generator, shape.latent, lanes, dtype)
        discriminator = build_discriminator(shape.discriminator, lanes, dtype)
        self.networks = Networks(
            generator=lambda weights, z: generator.stateless_call(weights, [], z)[0],
            discriminator=lambda weights, x: discriminator.stateless_call(weights, [], x)[0],
            loss=shape.loss,
            combined=shape.update.kind == "combined",
            shared_clock=shape.update.shared_adam_clock,
        )
        single = build_generator(shape.generator, shape.latent, 1, dtype)
        self._single = lambda weights, z: single.stateless_call(weights, [], z)[0]
        self.advance = tf.function(self._advance, jit_compile=True, autograph=False)
        self.sample = tf.function(self._sample, jit_compile=True, autograph=False)
        self.draws = tf.function(self._draws, jit_compile=True, autograph=False)
        self.step = tf.function(self._step, jit_compile=True, autograph=False)

    def compile(self, inputs: LaneInputs, state: TrainState) -> None:
        """Compile what training calls, once, with all cores; calling it again does nothing."""
        if self._ready:
            return
        with devices.compiling():
            # A concrete function looks at its arguments' types once, not at every call: 0.6 ms rather than 1.
            self.advance = self.advance.get_concrete_function(inputs, state, tf.constant(0))
            self.sample = self.sample.get_concrete_function(inputs, state.generator.weights)
            self.advance(inputs, state, tf.constant(0)).step.numpy()
            self.sample(inputs, state.generator.weights).numpy()
        self._ready = True

    def latent(self, key: Any, counter: Any, batch: int) -> Any:
        """Latent vectors [R, batch, dim] of one stream at one count."""
        draw = streams.normal if self.shape.latent.kind == "normal" else streams.uniform
        return draw(key, counter, batch, self.shape.latent.dim, self.dtype)

    def _draws(self, lanes: LaneInputs, step: Any) -> Draws:
        shape, step = self.shape, tf.cast(step, tf.uint32)
        rounds = []
        for index in range(shape.update.d_steps):
            counter = step * shape.update.d_steps + index
            order = streams.indices(lanes.keys[:, Purpose.DATA_ORDER], counter, shape.batch_size, shape.data_size)
            latent = self.latent(lanes.keys[:, Purpose.DISCRIMINATOR_LATENT], counter, shape.batch_size)
            rounds.append((tf.gather(lanes.data, order, batch_dims=1), latent))
        return Draws(rounds, self.latent(lanes.keys[:, Purpose.GENERATOR_LATENT], step, shape.batch_size))

    def _step(self, lanes: LaneInputs, state: TrainState, draws: Draws) -> TrainState:
        generator, discriminator, measures = gan_step(
            self.networks, state.generator, state.discriminator, draws, state.step, lanes.g_rates, lanes.d_rates
        )
        step = state.step + 1
        broken = ~tf.reduce_all(tf.math.is_finite(measures), axis=0) & (state.bad_step < 0)
        bad_step = tf.where(broken, step, state.bad_step)
        return TrainState(generator, discriminator, step, state.sums + measures, bad_step)

    def _advance(self, lanes: LaneInputs, state: TrainState, steps: Any) -> TrainState:
        end = state.step + steps
        return tf.while_loop(
            lambda state: state.step < end,
            lambda state: (self._step(lanes, state, self._draws(lanes, state.step)),),
            (state,),
            parallel_iterations=1,
        )[0]

    def _sample(self, lanes: LaneInputs, weights: list[Any]) -> Any:
        keys = lanes.keys[:, Purpose.SNAPSHOT_LATENT]
        if self.lanes <= SAMPLED_TOGETHER:
            return self._points(self.networks.generator, keys, weights)

        def one(lane: tuple[Any, list[Any]]) -> Any:
            key, *own = (value[None] for value in (lane[0], *lane[1]))
            return self._points(self._single, key, own)[0]

        return tf.map_fn(one, (keys, weights), fn_output_signature=self.dtype)

    def _points(self, generator: Callable[[list[Any], Any], Any], keys: Any, weights: list[Any]) -> Any:
        return generator(weights, self.latent(keys, tf.zeros((), tf.uint32), SNAPSHOT_POINTS))

    def lane_inputs(self, configs: Sequence[RunConfig]) -> LaneInputs:
        """Inputs of exactly ``lanes`` runs."""
        data = np.stack([config.dataset.points() for config in configs])  # type: ignore[attr-defined]
        return LaneInputs(
            tf.constant(data, self.dtype),
            tf.constant(streams.keys([config.seed for config in configs])),
            adam_rates([config.g_optimizer for config in configs], self.dtype),
            adam_rates([config.d_optimizer for config in configs], self.dtype),
        )

    def initial_state(self, configs: Sequence[RunConfig]) -> TrainState:
        """Step 0 of exactly ``lanes`` runs."""
        from gancore.training.networks import initial_weights

        pairs = [initial_weights(config) for config in configs]
        learners = []
        for network in (0, 1):
            stacked = zip(*(pair[network] for pair in pairs), strict=True)
            weights = [tf.constant(np.stack(layer), self.dtype) for layer in stacked]
            learners.append(Learner(weights, zero_moments(weights)))
        lanes = len(configs)
        return TrainState(
            learners[0],
            learners[1],
            tf.constant(0),
            tf.zeros((len(MEASURES), lanes), self.dtype),
            tf.fill((lanes,), -1),
        )


@lru_cache(maxsize=16)
def program(shape: GraphShape, lanes: int = LANES, dtype: str = "float32") -> Program:
    """The program of a graph shape, compiled once a process."""
    return Program(shape, lanes, dtype)


def train(
    configs: Sequence[RunConfig],
    *,
    start: Sequence[Checkpoint] | None = None,
    tick: float = 0.25,
    lanes: int = LANES,
) -> Iterator[Event]:
    """Train up to ``lanes`` runs of one ``group_key`` together and yield what happens, in the order of steps.

    A ``Tick`` comes about every ``tick`` seconds; stopping the iteration there stops training. How often does not
    change a number: the compiled loop takes the count of steps as an input. With ``start``, a checkpoint a run and
    all of one step, training goes on from there and ends as if it had never stopped.
    """
    runs = len(configs)
    if start and len(start) != runs:
        raise ValueError(f"start: {len(start)} checkpoints for {runs} runs; each run needs its own")
    if not 1 <= runs <= lanes:
        raise ValueError(f"configs: {runs} runs are not allowed; 1 to {lanes} train together")
    if len({group_key(config) for config in configs}) > 1:
        raise ValueError("configs: runs that train together need the same graph shape, steps and intervals")
    padded = [*configs, *[configs[0]] * (lanes - runs)]
    compiled = program(GraphShape.of(configs[0]), lanes)
    inputs, state = compiled.lane_inputs(padded), compiled.initial_state(padded)
    row_start = 0
    if start:
        state, row_start = unpack(state, [*start, *[start[0]] * (lanes - runs)])
    return _events(compiled, configs, inputs, state, row_start, tick)


def _events(
    compiled: Program, configs: Sequence[RunConfig], inputs: LaneInputs, state: TrainState, row_start: int, tick: float
) -> Iterator[Event]:
    """The loop of ``train``, from the step that ``state`` has reached."""
    first, runs = configs[0], len(configs)
    pace = tick / 16  # A guess at the seconds a step, until one is measured.
    done = int(state.step)
    rows, snapshots = set(first.log_steps), set(first.snapshot_steps)
    boundaries = [step for step in sorted(rows | snapshots) if step > done]
    bad: np.ndarray = state.bad_step.numpy()[:runs]

    def snapshot() -> Snapshot:
        return Snapshot(done, compiled.sample(inputs, state.generator.weights).numpy()[:runs])

    compiled.compile(inputs, state)
    if done == 0:
        yield snapshot()
    for boundary in boundaries:
        while done < boundary:
            count = min(boundary - done, max(1, int(tick / pace)))
            began = time.perf_counter()
            state = compiled.advance(inputs, state, tf.constant(count))
            bad = state.bad_step.numpy()[:runs]
            pace = (time.perf_counter() - began) / count
            done += count
            if done < boundary:
                yield Tick(done, partial(pack, state, row_start, runs))
        if done in rows:
            sums = state.sums.numpy()[:, :runs].astype(np.float64) / (done - row_start)
            yield Row(done, dict(zip(MEASURES, sums, strict=True)))
            state, row_start = state._replace(sums=tf.zeros_like(state.sums)), done
        if done in snapshots:
            yield snapshot()
        # After the row and the snapshot of this step, so that a checkpoint holds them.
        yield Tick(done, partial(pack, state, row_start, runs))
        if np.all(bad >= 0):
            break
    yield Finished(
        done, _weights(state, runs), [int(step) if step >= 0 else None for step in state.bad_step.numpy()[:runs]]
    )


def _weights(state: TrainState, runs: int) -> list[dict[str, np.ndarray]]:
    named = [dict[str, np.ndarray]() for _ in range(runs)]
    for network in ("generator", "discriminator"):
        for index, stacked in enumerate(getattr(state, network).weights):
            values = stacked.numpy()
            for run in range(runs):
                value = values[run]
                name = f"{network}/{index // 2}/{'bias' if index % 2 else 'kernel'}"
                named[run][name] = value[0] if index % 2 else value
    return named
