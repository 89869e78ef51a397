"""A run's numbers depend neither on what trains beside it nor on a break."""

from __future__ import annotations

import numpy as np

from gancore.training.program import LANES


def finished(runs, **how):
    from gancore.recording.events import Finished
    from gancore.training.engine import train

    (end,) = [event for event in train(runs, lanes=LANES, **how) if isinstance(event, Finished)]
    return end


def same(one, other) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


def check_compiled(compiled, inputs, state) -> None:
    """A step as XLA compiles it is TensorFlow's, op by op, as far as float32 goes."""
    import tensorflow as tf

    plain = compiled._step(inputs, state, compiled._draws(inputs, state.step))
    ours = compiled.advance(inputs, state, tf.constant(1))
    for one, other in zip(tf.nest.flatten(ours), tf.nest.flatten(plain), strict=True):
        np.testing.assert_allclose(one, other, rtol=1e-3, atol=1e-5)


def check_independence(runs) -> None:
    """Two runs, bit for bit: in the other order, alone, after a break, and beside one that is not a number.

    Their program's first step is held against TensorFlow's.
    """
    from gancore.recording.events import Tick
    from gancore.training.engine import train
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    whole = finished(runs)
    swapped, alone = finished(runs[::-1]), finished(runs[:1], tick=1e-9)
    assert same(whole.weights[0], swapped.weights[1]) and same(whole.weights[1], swapped.weights[0])
    assert same(whole.weights[0], alone.weights[0])
    # Stopped after 31 steps, in the middle of a schedule, of a lazy penalty's interval and of a row.
    ticks = (event for event in train(runs, tick=1e-9) if isinstance(event, Tick) and event.step >= 31)
    saved = next(ticks).checkpoint()
    later = finished(runs[::-1], start=saved[::-1])
    assert same(whole.weights[0], later.weights[1]) and same(whole.weights[1], later.weights[0])
    assert all(np.isfinite(values).all() for values in whole.weights[0].values())
    # Beside a lane that is not a number any more.
    import tensorflow as tf

    compiled = program(GraphShape.of(runs[0]), LANES)
    padded = [runs[0], *[runs[1]] * (LANES - 1)]
    inputs, state = compiled.lane_inputs(padded), compiled.initial_state(padded)
    check_compiled(compiled, inputs, state)
    poisoned = [tf.concat([kernel[:1], kernel[1:] * float("nan")], axis=0) for kernel in state.generator.weights]
    state = state._replace(generator=state.generator._replace(weights=poisoned))
    state = compiled.advance(inputs, state, tf.constant(runs[0].steps))
    assert state.bad_step.numpy()[:2].tolist() == [-1, 1]
    for name in ("generator", "discriminator"):
        learner, network = getattr(state, name), getattr(compiled.rules, name).network
        stored = f"raw_{name}" if f"raw_{name}/{network.trained[0]}" in whole.weights[0] else name
        for array, stacked in zip(network.trained + network.state, learner.weights + learner.state, strict=True):
            assert np.array_equal(np.squeeze(stacked.numpy()[0]), np.squeeze(whole.weights[0][f"{stored}/{array}"])), (
                array
            )
