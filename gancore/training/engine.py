"""The batched engine: R runs of one graph shape in one XLA program, many steps a call.

Lanes of a program that are idle repeat the first run. What a run yields goes out as events; nothing here logs, scores,
stores or draws.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import partial

import numpy as np

from gancore.config import RunConfig, at_step
from gancore.parts.backend import tf
from gancore.recording.events import Checkpoint, Event, Finished, Row, Snapshot, Tick
from gancore.training import devices
from gancore.training.checkpoints import pack, unpack
from gancore.training.program import LANES, Program, program
from gancore.training.shapes import GraphShape, group_key
from gancore.training.state import LaneInputs, TrainState, averaged, weights_of


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
    return _events(compiled, padded, runs, inputs, state, row_start, tick)


def from_step(
    step: int, compiled: Program, padded: Sequence[RunConfig], inputs: LaneInputs
) -> tuple[Program, LaneInputs]:
    """What trains runs from a step on at which settings of theirs change: most often the same program.

    It is another one where a change turns on what costs nothing while it is off, and the same arrays go on in it.
    """
    now = [at_step(config, step) for config in padded]
    compiled = program(GraphShape.of(now[0]), compiled.lanes, compiled.dtype)
    return compiled, inputs._replace(parts=compiled.part_inputs(now))


def _events(
    compiled: Program,
    padded: Sequence[RunConfig],
    runs: int,
    inputs: LaneInputs,
    state: TrainState,
    row_start: int,
    tick: float,
) -> Iterator[Event]:
    """The loop of ``train``, from the step that ``state`` has reached."""
    first = padded[0]
    pace = tick / 16  # A guess at the seconds a step, until one is measured.
    done = int(state.step)
    rows, snapshots = set(first.log_steps), set(first.snapshot_steps)
    changes = {change.step for change in first.changes}
    boundaries = [step for step in sorted(rows | snapshots | changes) if step > done]
    bad: np.ndarray = state.bad_step.numpy()[:runs]
    if any(step <= done for step in changes):
        compiled, inputs = from_step(done, compiled, padded, inputs)

    def snapshot() -> Snapshot:
        raw = compiled.sample(inputs, state.generator).numpy()[:runs]
        if not state.average:
            return Snapshot(done, raw)
        return Snapshot(done, compiled.sample(inputs, averaged(state)).numpy()[:runs], raw)

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
            yield Row(done, dict(zip(compiled.measures, sums, strict=True)))
            state, row_start = state._replace(sums=tf.zeros_like(state.sums)), done
        if done in snapshots:
            yield snapshot()
        # After the row and the snapshot of this step, so that a checkpoint holds them.
        yield Tick(done, partial(pack, state, row_start, runs))
        if np.all(bad >= 0):
            break
        if done in changes:
            compiled, inputs = from_step(done, compiled, padded, inputs)
            compiled.compile(inputs, state)
    diverged_at = [int(step) if step >= 0 else None for step in state.bad_step.numpy()[:runs]]
    yield Finished(done, weights_of(compiled.rules, state, runs), diverged_at, devices.name())
