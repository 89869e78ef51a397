"""The engine's lanes held against the plain loop on the same draws."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np

from gancore.config import RunConfig
from gancore.training.program import LANES

LAST = (LANES - 1,)
ENDS = sorted({0, *LAST})


def largest_difference(runs: list[RunConfig], dtype: str, steps: int = 50, lanes: Collection[int] = ENDS) -> float:
    """Largest difference of any weight between lanes and the plain loop after some steps on the same draws.

    The last lane is enough where ``check_independence`` shows that all lanes give the same. In float64, which no run is
    trained in, TensorFlow does the step op by op: XLA would take four seconds to compile each of the cases, and that it
    computes the same shows where it trains (``check_independence``, and here in float32).
    """
    import tensorflow as tf
    from support.reference import Reference

    from gancore.training.engine import from_step
    from gancore.training.networks import initial_state, initial_weights
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    compiled = program(GraphShape.of(runs[0]), LANES, dtype)
    inputs, state = compiled.lane_inputs(runs), compiled.initial_state(runs)
    changes = {change.step for change in runs[0].changes}
    # Both sides are fed the same, whose compiler it is that rounds it; XLA would take a second for each of the cases.
    draws_of = tf.function(compiled._draws, autograph=False)
    step_of = compiled.step if dtype == "float32" else tf.function(compiled._step, autograph=False)
    plain = {lane: Reference(runs[lane], *initial_weights(runs[lane]), dtype) for lane in lanes}
    for lane, reference in plain.items():
        reference.set_state(*initial_state(runs[lane]))
    for step in range(steps):
        if step in changes:
            compiled, inputs = from_step(step, compiled, runs, inputs)
            draws_of = tf.function(compiled._draws, autograph=False)
        draws = draws_of(inputs, tf.constant(step))
        state = step_of(inputs, state, draws)
        for lane in lanes:
            plain[lane].step(*tf.nest.map_structure(lambda values, lane=lane: _lane(values, lane), draws))
    return max(
        np.abs(np.squeeze(ours.numpy()[lane]) - np.squeeze(theirs)).max()
        for lane in lanes
        for learner, model in (
            (state.generator, plain[lane].generator),
            (state.discriminator, plain[lane].discriminator),
        )
        for ours, theirs in (
            *zip(learner.weights + learner.state, [*model.get_weights(), *map(np.asarray, model.state)], strict=True),
            *(zip(state.average, plain[lane].average, strict=True) if state.average else ()),
        )
    )


def _lane(values, lane: int):
    return None if values is None else values.numpy()[lane]
