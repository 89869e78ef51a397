"""Averaged weights of the generator: against Keras and plain means, beside the raw ones, scored, stored, resumed."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from support.results import check_same_result, make_result

from gancore import metrics
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.parts import Averaging
from gancore.recording.raw import RAW, raw_weights

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TINY = {
    "latent.dim": 3,
    "generator.hidden": [6],
    "discriminator.hidden": [5],
    "batch_size": 8,
    "dataset.size": 200,
    "steps": 40,
    "log_every": 15,
    "snapshot_every": 20,
}
REFERENCES = {"w1": {"mean": 0.05, "low": 0.04, "high": 0.06}}


def runs() -> list[RunConfig]:
    averaged = TINY | {"ema.start": 5, "ema.warmup": 3}
    return [with_changes(RunConfig(), averaged | {"seed": seed, "ema.decay": 0.9 + seed / 20}) for seed in (0, 1)]


def averages(specs: list[Averaging], weights: np.ndarray) -> np.ndarray:
    """The averages [R, ...] after each of the steps that left ``weights`` [steps, R, ...]; they begin at zero."""
    import tensorflow as tf

    from gancore.training.program import stacked_inputs

    inputs, spec, found = stacked_inputs(specs, "float64"), specs[0].masked(), []
    average = [tf.zeros(weights.shape[1:], "float64")]
    one = tf.function(lambda average, weights, step: spec.updated(average, [weights], step, inputs))
    for step, now in enumerate(weights):
        average = one(average, tf.constant(now), tf.constant(step))
        found.append(average[0].numpy())
    return np.array(found)


def drawn(steps: int) -> np.ndarray:
    return np.random.default_rng(0).normal(size=(steps, 2, 3, 4))


def test_an_average_that_begins_after_the_first_update_is_keras_own():
    import keras
    import tensorflow as tf

    weights = drawn(1000)
    found = averages([Averaging(decay=decay, start=1) for decay in (0.9, 0.999)], weights)
    for run, decay in enumerate((0.9, 0.999)):
        variable = tf.Variable(weights[0, run] * 0)
        optimizer = keras.optimizers.SGD(1.0, use_ema=True, ema_momentum=decay)
        optimizer.build([variable])
        moves = tf.constant(np.diff(weights[:, run], axis=0, prepend=0))

        @tf.function
        def train(optimizer=optimizer, variable=variable, moves=moves):
            for move in moves:
                optimizer.apply([-move], [variable])

        train()
        np.testing.assert_allclose(found[-1, run], optimizer._model_variables_moving_average[0].numpy(), atol=1e-6)


def test_without_a_start_it_begins_with_the_initial_weights():
    weights = drawn(50)
    found = averages([Averaging(decay=0.9), Averaging(decay=0.5)], weights)
    for run, decay in enumerate((0.9, 0.5)):
        kept = (1 - decay) * decay ** np.arange(49, -1, -1)
        np.testing.assert_allclose(found[-1, run], np.tensordot(kept, weights[:, run], 1), atol=1e-12)


def test_a_warm_up_of_one_is_the_plain_mean_and_a_start_copies_until_then():
    weights = drawn(60)
    found = averages([Averaging(decay=0.999, start=20, warmup=1), Averaging(decay=0.5, start=10, warmup=4)], weights)
    np.testing.assert_allclose(found[:20, 0], weights[:20, 0], atol=1e-15)
    means = np.cumsum(weights[20:, 0], axis=0) / np.arange(1, 41)[:, None, None]
    np.testing.assert_allclose(found[20:, 0], means, atol=1e-12)
    plain = weights[10, 1]
    for done, now in enumerate(weights[11:, 1], start=1):
        decay = min(0.5, done / (done + 4))
        plain = decay * plain + (1 - decay) * now
    np.testing.assert_allclose(found[-1, 1], plain, atol=1e-12)


def finish(recorder, events):
    for event in events:
        recorder.feed(event)
    return recorder.results()


@pytest.fixture(scope="module")
def trained():
    """(results of two runs, checkpoints at step 23)."""
    from gancore.recording.events import Tick
    from gancore.recording.recorder import Recorder
    from gancore.training.engine import train

    configs, saved = runs(), []
    recorder = Recorder(configs, lambda dataset: REFERENCES)

    def watched():
        for event in train(configs, tick=1e-9):
            yield event
            if isinstance(event, Tick) and event.step == 23:
                saved.extend(state | recorder.checkpoint(run) for run, state in enumerate(event.checkpoint()))

    return finish(recorder, watched()), saved


@pytest.fixture(scope="module")
def kernels() -> np.ndarray:
    """The raw generators' first kernels after each step [steps, R, ...]."""
    import tensorflow as tf

    from gancore.training.program import LANES, program
    from gancore.training.shapes import GraphShape

    padded = (runs() * LANES)[:LANES]
    built, found = program(GraphShape.of(padded[0])), []
    inputs, state = built.lane_inputs(padded), built.initial_state(padded)
    for _ in range(40):
        state = built.advance(inputs, state, tf.constant(1))
        found.append(state.generator.weights[0].numpy()[:2])
    return np.array(found)


def test_the_runs_generator_is_the_average_of_the_raw_one(trained, kernels):
    results, _ = trained
    configs = [result.config for result in results]
    plain = averages([config.ema for config in configs], kernels.astype(np.float64))[-1]
    for run, result in enumerate(results):
        np.testing.assert_allclose(result.weights["generator/0/kernel"], plain[run], atol=1e-6)
        np.testing.assert_array_equal(result.weights["raw_generator/0/kernel"], kernels[-1, run])
        assert np.abs(plain[run] - kernels[-1, run]).max() > 1e-4


def test_training_never_sees_the_average(trained):
    from gancore.recording.events import Finished
    from gancore.training.engine import train

    without = [with_changes(config, {"ema.decay": 0, "ema.start": 0, "ema.warmup": 0}) for config in runs()]
    (end,) = [event for event in train(without) if isinstance(event, Finished)]
    for result, plain in zip(trained[0], end.weights, strict=True):
        assert raw_weights(result.weights).keys() == plain.keys()
        for name, values in raw_weights(result.weights).items():
            np.testing.assert_allclose(values, plain[name], atol=1e-6)


def test_both_generators_are_sampled_and_scored(trained):
    from gancore.recording.landscape import landscape_of
    from gancore.recording.scoring import score_snapshot

    for result in trained[0]:
        assert result.raw is not None and result.raw.shape == result.snapshots.shape == (3, 2000, 2)
        np.testing.assert_array_equal(result.raw[0], result.snapshots[0])
        assert not np.allclose(result.raw[-1], result.snapshots[-1])
        keys = [*metrics.applicable(result.config.dataset)]
        assert set(result.metrics) == {*keys, *(RAW + key for key in keys)}
        for points, weights, before in (
            (result.snapshots, result.weights, ""),
            (result.raw, raw_weights(result.weights), RAW),
        ):
            scores = score_snapshot(result.config, 40, points[-1], lambda dataset: REFERENCES, weights)
            for key, value in scores.items():
                np.testing.assert_array_equal(result.metrics[before + key][-1], value)
        drawn = landscape_of(result.config, result.weights).manifold
        raw = landscape_of(result.config, raw_weights(result.weights)).manifold
        assert not np.allclose(drawn, raw)


def test_a_run_goes_on_bit_for_bit_whatever_trains_beside_it(trained):
    from gancore.recording.recorder import Recorder
    from gancore.training.engine import train

    whole, saved = trained
    configs, taken = runs(), [1, 0]
    recorder = Recorder([configs[run] for run in taken], lambda dataset: REFERENCES)
    recorder.restore([saved[run] for run in taken])
    resumed = finish(recorder, train([configs[run] for run in taken], start=[saved[run] for run in taken]))
    for result, run in zip(resumed, taken, strict=True):
        check_same_result(result, whole[run])
        assert result.raw is not None and np.array_equal(result.raw, whole[run].raw)


def test_a_checkpoint_without_the_raw_points_is_refused(trained):
    from gancore.recording.recorder import Recorder

    saved = [{name: values for name, values in one.items() if name != "raw/points"} for one in trained[1]]
    with pytest.raises(ValueError, match="raw: points of raw generators are recorded where"):
        Recorder(runs(), lambda dataset: REFERENCES).restore(saved)


def test_both_are_stored_bundled_and_scored_again(trained, tmp_path):
    from gancore.store import Store, write_bundle
    from gancore.store.references import references_key
    from gancore.store.rescore import rescore

    store, result = Store(tmp_path / "own"), trained[0][0]
    store.put(result)
    run = store.find(result.config.run_id)
    assert run.raw_snapshots is not None and run.raw_final is not None
    np.testing.assert_allclose(run.raw_snapshots, result.raw, atol=1e-3)
    np.testing.assert_allclose(run.raw_final, result.raw[-1], atol=1e-4)
    assert run.metrics["raw_coverage"] == result.metrics["raw_coverage"][-1]
    assert "raw_learned" in run.metrics and "learned" in run.metrics
    store._references[references_key(result.config.dataset)] = REFERENCES
    again = rescore(store, run)
    assert again.after["raw_coverage"] == pytest.approx(run.metrics["raw_coverage"], abs=0.05)
    assert again.scored == 3
    bundle = write_bundle(tmp_path / "b.gancore", "", "averaged", [store.find(result.config.run_id)], {})
    (bundled,) = bundle.runs()
    assert bundled.raw_snapshots is not None and bundled.raw_snapshots.shape == bundled.snapshots.shape
    np.testing.assert_array_equal(bundled.raw_final, run.raw_final)
    assert "raw_w1" in bundled.scores


def test_runs_without_an_average_have_no_raw_generator_and_train_in_the_program_that_they_had():
    from gancore.training.program import LANES, program
    from gancore.training.shapes import GraphShape

    plain = with_changes(RunConfig(), TINY)
    assert not plain.ema.active and GraphShape.of(plain) != GraphShape.of(runs()[0])
    built = program(GraphShape.of(plain))
    assert not built.initial_state([plain] * LANES).average and not built.lane_inputs([plain] * LANES).parts["ema"]


def test_raw_points_that_do_not_fit_are_refused(tmp_path):
    from gancore.store import Store, StoreError
    from gancore.store.codec import decode_snapshots, encode_snapshots
    from gancore.store.errors import Damaged

    result = make_result()
    with pytest.raises(StoreError, match="raw: shape"):
        Store(tmp_path).put(dataclasses.replace(result, raw=result.snapshots[:1]))
    points = np.zeros((2, 5, 2), np.float32)
    for raw in ((points[:1], points[1]), (points, points[1, :3])):
        with pytest.raises(Damaged, match="the raw generator's"):
            decode_snapshots(encode_snapshots([0, 5], points, points[1], raw=raw), 10**6)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"ema.decay": 1}, "ema.decay: 1 is not allowed; it must be less than 1"),
        ({"ema.warmup": 10}, "ema.warmup: 10 is not allowed; use 0, or ema.decay more than 0"),
        ({"ema.start": 10}, "ema.start: 10 is not allowed; use 0, or ema.decay more than 0"),
    ],
)
def test_an_average_that_is_none_is_refused(changes, said):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), changes)
    assert str(error.value).startswith(said)
