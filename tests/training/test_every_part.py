"""Every kind of every part, at work: as the plain loop, whatever trains beside it, and after a break."""

from __future__ import annotations

import numpy as np
import pytest
from support.every_part import COUNT, MIXED, members, mixed
from support.matching import largest_difference

from gancore.config import RunConfig, families_of, flatten
from gancore.training.engine import LANES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_the_runs_have_every_kind_of_every_family():
    there = {(path, value) for name in MIXED for path, value in flatten(mixed(name)).items() if path.endswith("kind")}
    for path, family in families_of(RunConfig()).items():
        if path != "dataset":
            assert {kind for where, kind in there if where == f"{path}.kind"} == {*members(family)}, path
    assert len(MIXED) == COUNT


def finished(runs, **how):
    from gancore.recording.events import Finished
    from gancore.training.engine import train

    (end,) = [event for event in train(runs, lanes=LANES, **how) if isinstance(event, Finished)]
    return end


def same(one, other) -> bool:
    return one.keys() == other.keys() and all(np.array_equal(one[name], other[name], equal_nan=True) for name in one)


@pytest.mark.slow
@pytest.mark.parametrize("name", MIXED)
def test_lanes_match_the_plain_loop_on_the_same_draws(name):
    runs = [mixed(name, seed, **{"g_optimizer.learning_rate": 2e-4 * (seed + 1)}) for seed in range(LANES)]
    # In float64: where a sign decides (Lion, clipping), float32's last bit may move a weight by a whole step.
    assert largest_difference(runs, "float64") < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("name", MIXED)
def test_a_run_depends_neither_on_its_company_nor_on_a_break(name):
    from gancore.recording.events import Tick
    from gancore.training.engine import program, train
    from gancore.training.shapes import GraphShape

    runs = [mixed(name, seed) for seed in range(2)]
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
    poisoned = [tf.concat([kernel[:1], kernel[1:] * float("nan")], axis=0) for kernel in state.generator.weights]
    state = state._replace(generator=state.generator._replace(weights=poisoned))
    state = compiled.advance(inputs, state, tf.constant(runs[0].steps))
    assert state.bad_step.numpy()[:2].tolist() == [-1, 1]
    trained = "raw_generator" if runs[0].ema.active else "generator"
    assert np.array_equal(state.generator.weights[0].numpy()[0], whole.weights[0][f"{trained}/0/kernel"])
