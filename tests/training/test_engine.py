"""The batched engine: the same GAN as the plain loop, lane by lane."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.keras_updates import applied
from support.matching import LAST, largest_difference
from support.results import check_same_result

from gancore.config import RunConfig, with_changes
from gancore.training.program import LANES

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SMALL = {"latent.dim": 8, "generator.hidden": [16, 8], "discriminator.hidden": [12], "batch_size": 16}
QUICK = SMALL | {"steps": 60, "log_every": 20, "snapshot_every": 30, "dataset.size": 500}


def configs(count: int, **changes) -> list[RunConfig]:
    return [with_changes(RunConfig(), QUICK | changes | {"seed": seed}) for seed in range(count)]


def collect(runs, lanes=LANES):
    from gancore.recording.events import Finished, Row, Snapshot
    from gancore.training.engine import train

    events = list(train(runs, lanes=lanes))
    rows = [event for event in events if isinstance(event, Row)]
    snapshots = [event for event in events if isinstance(event, Snapshot)]
    (end,) = [event for event in events if isinstance(event, Finished)]
    return rows, snapshots, end


BASELINE = {"steps": 50}
RULES = {
    "separate": {"update.kind": "separate"},
    "combined": {"update.kind": "combined"},
    "three rounds": {"update.kind": "separate", "update.d_steps": 3},
    "shared clock": {"update.shared_adam_clock": True},
    "R1": {"penalty.kind": "r1", "penalty.gamma": 2.0},
    "R1, combined": {"update.kind": "combined", "penalty.kind": "r1", "penalty.gamma": 2.0},
    "gradient descent": {
        "g_optimizer.kind": "sgd",
        "d_optimizer.kind": "sgd",
        "d_optimizer.learning_rate": 0.02,
        "d_optimizer.momentum": 0.9,
        "d_optimizer.nesterov": True,
    },
    "shared clock, combined": {"update.kind": "combined", "update.d_steps": 2, "update.shared_adam_clock": True},
}


@pytest.mark.parametrize("rule", RULES)
def test_lanes_match_the_plain_loop_on_the_same_draws(rule):
    runs = [
        with_changes(RunConfig(), QUICK | RULES[rule] | {"seed": s, "g_optimizer.learning_rate": 2e-4 * (s + 1)})
        for s in range(LANES)
    ]
    assert largest_difference(runs, "float32") < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("rule", ["separate", "combined"])
def test_the_baseline_matches_the_plain_loop(rule):
    runs = [with_changes(RunConfig(), BASELINE | RULES[rule] | {"seed": s}) for s in range(LANES)]
    assert largest_difference(runs, "float32") < 1e-5


@pytest.mark.slow
@pytest.mark.parametrize("rule", RULES)
def test_in_float64_where_rounding_does_not_grow_200_steps_match(rule):
    runs = [with_changes(RunConfig(), QUICK | RULES[rule] | {"seed": s}) for s in range(LANES)]
    assert largest_difference(runs, "float64", steps=200, lanes=LAST) < 1e-8


@pytest.mark.parametrize("betas", [(0.5, 0.999), (0.9, 0.99), (0.0, 0.9)])
def test_adam_matches_keras_over_1000_updates(betas):
    import keras
    import tensorflow as tf

    from gancore.parts import Adam
    from gancore.training.program import stacked_inputs

    rng = np.random.default_rng(0)
    specs = [Adam(learning_rate=rate, beta_1=betas[0], beta_2=betas[1]) for rate in (2e-4, 1e-3)]
    start = rng.normal(size=(2, 3, 4)).astype(np.float32)
    gradients = rng.normal(size=(1000, 2, 3, 4)).astype(np.float32) * 10.0 ** rng.uniform(-6, 1, (1000, 1, 1, 1))
    weights = [tf.constant(start)]
    slots = {name: [tf.zeros_like(weights[0])] for name in Adam.slots}
    inputs = stacked_inputs(specs, "float32")
    one = tf.function(lambda w, g, m, n: specs[0].masked().update([w], [g], m, n, inputs), jit_compile=True)
    for count, gradient in enumerate(gradients.astype(np.float32)):
        weights, slots = one(weights[0], tf.constant(gradient), slots, tf.constant(float(count + 1)))
    for lane, (spec, values) in enumerate(zip(specs, start, strict=True)):
        variable = tf.Variable(values)
        optimizer = keras.optimizers.Adam(spec.learning_rate, spec.beta_1, spec.beta_2, spec.epsilon)
        applied(optimizer, variable, gradients[:, lane].astype(np.float32))
        np.testing.assert_allclose(weights[0].numpy()[lane], variable.numpy(), atol=1e-6)


def test_a_shared_adam_clock_counts_three_ticks_a_step():
    """The first update moves each weight by the rate; the bias correction of the second tells which count it had."""
    import tensorflow as tf

    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    runs = [with_changes(config, {"update.shared_adam_clock": True}) for config in configs(LANES)]
    compiled = program(GraphShape.of(runs[0]))
    inputs, state = compiled.lane_inputs(runs), compiled.initial_state(runs)
    after = compiled.advance(inputs, state, tf.constant(1))
    # The generator's first update is the clock's third tick: lr·√(1-β₂³)/(1-β₁³) · (1-β₁)g / √((1-β₂)g²)
    moved = np.abs(after.generator.weights[0].numpy() - state.generator.weights[0].numpy())
    gradient = np.abs(after.generator.slots["first"][0].numpy()) / 0.5
    correction = 2e-4 * np.sqrt(1 - 0.999**3) / (1 - 0.5**3)
    expected = correction * 0.5 * gradient / (np.sqrt(0.001) * gradient + 1e-7)
    np.testing.assert_allclose(moved, expected, rtol=2e-3, atol=1e-7)


def test_both_networks_move():
    from gancore.training.networks import initial_weights

    (config,) = configs(1)
    _, _, end = collect([config])
    for network, before in zip(("generator", "discriminator"), initial_weights(config), strict=True):
        for layer in range(len(before) // 2):
            assert not np.allclose(end.weights[0][f"{network}/{layer}/kernel"], before[2 * layer])
            assert np.abs(end.weights[0][f"{network}/{layer}/bias"]).max() > 0


def test_rows_and_snapshots_come_at_their_steps_and_rows_are_means_over_the_interval():
    rows, snapshots, end = collect(configs(2, log_every=25))
    assert [row.step for row in rows] == [25, 50, 60]
    assert [snapshot.step for snapshot in snapshots] == [0, 30, 60]
    assert end.step == 60
    single, _, _ = collect(configs(2, log_every=1))
    for start, stop, row in ((0, 25, rows[0]), (50, 60, rows[2])):
        for name, values in row.values.items():
            means = np.mean([one.values[name] for one in single[start:stop]], axis=0)
            np.testing.assert_allclose(values, means, atol=1e-5)


def test_snapshots_follow_fixed_noise():
    _, snapshots, _ = collect(configs(1, **{"g_optimizer.learning_rate": 1e-12}))
    np.testing.assert_allclose(snapshots[0].points, snapshots[-1].points, atol=1e-5)
    assert snapshots[0].points.shape == (1, 2000, 2)


def test_a_run_does_not_depend_on_its_company_its_lane_or_the_tick():
    from gancore.recording.events import Finished
    from gancore.training.engine import train

    runs = configs(4)
    _, _, together = collect(runs, lanes=4)
    _, _, reversed_lanes = collect(runs[::-1], lanes=4)
    for lane, config in enumerate(runs):
        (alone,) = [event for event in train([config], lanes=4, tick=1e-9) if isinstance(event, Finished)]
        for name, weights in together.weights[lane].items():
            assert np.array_equal(weights, alone.weights[0][name])
            assert np.array_equal(weights, reversed_lanes.weights[3 - lane][name])


@pytest.fixture(scope="module")
def alone():
    """Final weights of 16 runs, each trained by itself."""
    return [collect([config])[2].weights[0] for config in configs(16)]


@settings(max_examples=8, deadline=None, derandomize=True)
@given(st.permutations(range(16)), st.integers(1, 16))
def test_results_do_not_depend_on_group_size_or_order(alone, order, size):
    runs = configs(16)
    chosen = order[:size]
    for first in range(0, size, LANES):
        seeds = chosen[first : first + LANES]
        _, _, end = collect([runs[seed] for seed in seeds])
        for lane, seed in enumerate(seeds):
            assert all(np.array_equal(end.weights[lane][name], alone[seed][name]) for name in alone[seed])


@pytest.mark.parametrize("cut", [1, 7, 20, 25, 30, 59, 60])
def test_a_run_that_goes_on_from_a_checkpoint_ends_bit_identical(cut):
    from gancore.recording.events import Tick
    from gancore.recording.recorder import Recorder
    from gancore.training.engine import train

    runs = configs(2, log_every=25)
    references = {"w1": {"mean": 0.05, "low": 0.04, "high": 0.06}}

    def finish(recorder, events):
        for event in events:
            recorder.feed(event)
        return recorder.results()

    whole = finish(Recorder(runs, lambda dataset: references), train(runs))
    recorder = Recorder(runs, lambda dataset: references)
    for event in train(runs, tick=1e-9):
        recorder.feed(event)
        if isinstance(event, Tick) and event.step >= cut:
            saved = [state | recorder.checkpoint(run) for run, state in enumerate(event.checkpoint())]
            break
    # In another order, as a process that finds them later may take them.
    taken = [1, 0]
    later = Recorder([runs[run] for run in taken], lambda dataset: references)
    later.restore([saved[run] for run in taken])
    resumed = finish(later, train([runs[run] for run in taken], start=[saved[run] for run in taken]))
    for result, run in zip(resumed, taken, strict=True):
        check_same_result(result, whole[run])
        assert result.seconds > 0


def test_snapshots_of_many_lanes_are_those_of_few():
    from gancore.training.program import SAMPLED_TOGETHER

    runs = configs(2, steps=1)
    _, few, _ = collect(runs)
    _, many, _ = collect(runs, lanes=SAMPLED_TOGETHER + 1)
    assert len(few) == len(many)
    for one, other in zip(few, many, strict=True):
        np.testing.assert_allclose(other.points, one.points, atol=1e-6)


def test_a_checkpoint_waits_for_no_score_and_what_was_missing_is_made_again():
    import threading

    from gancore.recording.events import Tick
    from gancore.recording.recorder import Recorder
    from gancore.training.engine import train

    runs, slow = configs(2), threading.Event()
    references = {"w1": {"mean": 0.05, "low": 0.04, "high": 0.06}}

    def hesitant(dataset):
        slow.wait(60)
        return references

    recorder = Recorder(runs, hesitant)
    for event in train(runs):
        recorder.feed(event)
        if isinstance(event, Tick) and event.step == runs[0].steps:
            saved = [state | recorder.checkpoint(run) for run, state in enumerate(event.checkpoint())]
    assert not saved[0]["scored"].all(), "the last score still waits for the references"
    slow.set()
    later = Recorder(runs, lambda dataset: references)
    later.restore(saved)
    for event in train(runs, start=saved):
        later.feed(event)
    for one, other in zip(later.results(), recorder.results(), strict=True):
        assert all(np.array_equal(one.metrics[key], other.metrics[key], equal_nan=True) for key in other.metrics)


def test_a_diverging_lane_is_marked_and_leaves_its_neighbours_alone():
    good = configs(3)
    _, _, clean = collect(good, lanes=4)
    poisoned = good
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    compiled = program(GraphShape.of(good[0]), 4)
    inputs, state = compiled.lane_inputs([*poisoned, good[0]]), compiled.initial_state([*poisoned, good[0]])
    import tensorflow as tf

    # A weight that is not a number, as an exploding update leaves it.
    kernels = list(state.generator.weights)
    kernels[0] = tf.tensor_scatter_nd_update(kernels[0], [[1, 0, 0]], [float("nan")])
    state = state._replace(generator=state.generator._replace(weights=kernels))
    state = compiled.advance(inputs, state, tf.constant(60))
    assert state.bad_step.numpy().tolist() == [-1, 1, -1, -1]
    for lane in (0, 2):
        assert np.array_equal(state.generator.weights[0].numpy()[lane], clean.weights[lane]["generator/0/kernel"])


def test_a_run_that_diverges_is_recorded_at_its_step_without_what_came_after():
    from gancore.recording.events import Finished, Row, Snapshot
    from gancore.recording.recorder import Recorder

    runs = configs(2)
    references = {"w1": {"mean": 0.05, "low": 0.04, "high": 0.06}}
    recorder = Recorder(runs, lambda dataset: references)
    rng = np.random.default_rng(0)
    points = rng.uniform(-1, 1, (2, 2000, 2)).astype(np.float32)
    broken = points.copy()
    broken[1] = np.nan
    measures = ("d_loss_real", "d_loss_fake", "d_acc_real", "d_acc_fake", "g_loss")
    recorder.feed(Snapshot(0, points))
    for step in (20, 40, 60):
        recorder.feed(Row(step, {name: np.array([0.5, np.nan if step > 20 else 0.5]) for name in measures}))
    recorder.feed(Snapshot(60, broken))
    recorder.feed(Finished(60, [{"generator/0/kernel": np.zeros((2, 2), np.float32)}] * 2, [None, 33]))
    fine, diverged = recorder.results()
    assert (fine.status, fine.steps, fine.diverged_at) == ("finished", 60, None)
    assert (diverged.status, diverged.steps, diverged.diverged_at) == ("diverged", 33, 33)
    assert fine.history["step"].tolist() == [20, 40, 60]
    assert diverged.history["step"].tolist() == [20, 40]
    assert diverged.snapshot_steps.tolist() == [0]
    assert fine.history["d_acc"].tolist() == [50.0, 50.0, 50.0]


def test_variants_with_the_same_seed_share_what_their_shapes_share():
    from gancore.training.networks import initial_weights

    base = RunConfig()
    wide = with_changes(base, {"discriminator.hidden": [64, 32]})
    for ours, theirs in zip(initial_weights(base)[0], initial_weights(wide)[0], strict=True):
        assert np.array_equal(ours, theirs)
    assert np.array_equal(initial_weights(base)[1][0], initial_weights(wide)[1][0])
    other = initial_weights(with_changes(base, {"seed": 1}))[0][0]
    assert not np.array_equal(initial_weights(base)[0][0], other)
    limit = np.sqrt(6 / (128 + 64))
    kernel = initial_weights(base)[0][0]
    assert 0.99 * limit < np.abs(kernel).max() <= limit
