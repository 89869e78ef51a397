"""Fresh points at every step: the same distribution in the engine and in numpy, and runs as reliable as others."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from scipy.stats import chi2, ks_2samp
from support.distributions import constants, distributions
from support.every_part import SMALL

from gancore.config import Dataset, RunConfig, with_changes
from gancore.parts import Placement, streams
from gancore.parts.streams import Purpose
from gancore.training.engine import train
from gancore.training.fresh import fresh_points
from gancore.training.program import LANES, program
from gancore.training.shapes import GraphShape, group_key

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

PLACED = {"scale": 1.5, "placement": Placement(shift_x=2, rotation=30, stretch_y=0.5), "noise": 0.05}
FRESH = SMALL | {"dataset.fresh": True}


def fresh(seed: int = 0, **changes: Any) -> RunConfig:
    return with_changes(RunConfig(), FRESH | changes | {"seed": seed})


def drawn(dataset: Dataset, count: int, seed: int = 0) -> np.ndarray:
    """Points [count, 2] as the engine draws them for one lane, without compiling."""
    import tensorflow as tf

    keys = streams.keys([seed])
    table = tf.constant(dataset.placed_patches().table()[None])
    key = tf.constant(keys[:, streams.ON_DEVICE.index(Purpose.DATA_POINTS)])
    return fresh_points(table, key, tf.constant(3, tf.uint32), count, "float32").numpy()[0].astype(np.float64)


@pytest.mark.parametrize("kind", distributions())
def test_engine_and_numpy_draw_from_one_distribution(kind: str) -> None:
    n = 40_000
    plain = distributions()[kind]
    placed = constants()[kind] if kind in constants() else plain.model_copy(update=PLACED)
    for dataset in (plain, placed):
        ours, theirs = drawn(dataset, n), dataset.ideal(np.random.default_rng(1), n)  # of own points those trained on
        for angle in np.linspace(0, np.pi, 5)[:-1]:
            along = np.array([np.cos(angle), np.sin(angle)])
            assert ks_2samp(ours @ along, theirs @ along).pvalue > 1e-4
    support = plain.support()
    if support is not None:
        # Cells of the support, in both: a two-sample χ² with an error in one of 100,000 tests.
        counts = [
            np.bincount(support.locate(points)[1], minlength=support.cells)
            for points in (drawn(plain, n), plain.sample(np.random.default_rng(2), n))
        ]
        statistic = float(np.sum((counts[0] - counts[1]) ** 2 / np.maximum(1, counts[0] + counts[1])))
        assert statistic < chi2.ppf(1 - 1e-5, support.cells - 1)


def test_the_program_draws_what_the_patches_say_for_its_streams() -> None:
    import tensorflow as tf

    runs = [fresh(seed, **{"dataset.noise": 0.1, "dataset.scale": 2.0}) for seed in range(LANES)]
    compiled = program(GraphShape.of(runs[0]))
    (real, *_), *_ = compiled.draws(compiled.lane_inputs(runs), tf.constant(7)).rounds
    key = tf.constant(streams.keys([run.seed for run in runs])[:, streams.ON_DEVICE.index(Purpose.DATA_POINTS)])
    patches = runs[0].dataset.placed_patches()
    row, uniform, normal = streams.places(key, tf.constant(7, tf.uint32), 16, patches.rows, "float32")
    row, uniform, normal = row.numpy(), uniform.numpy(), normal.numpy()
    for lane in range(LANES):
        np.testing.assert_allclose(real[lane], patches.draw(row[lane], uniform[lane], normal[lane]), atol=2e-6)


def test_every_step_and_every_seed_has_other_points() -> None:
    import tensorflow as tf

    runs = [fresh(seed) for seed in range(LANES)]
    compiled = program(GraphShape.of(runs[0]))
    inputs = compiled.lane_inputs(runs)
    batches = [points for step in range(3) for points in compiled.draws(inputs, tf.constant(step)).rounds[0][0].numpy()]
    points = np.concatenate(batches)
    assert len(np.unique(points, axis=0)) == len(points) == 3 * LANES * 16


def test_lanes_match_the_plain_loop_on_fresh_points() -> None:
    import tensorflow as tf
    from support.reference import Reference

    from gancore.training.networks import initial_weights

    runs = [fresh(seed, **{"dataset.noise": 0.1}) for seed in range(LANES)]
    compiled = program(GraphShape.of(runs[0]))
    inputs, state = compiled.lane_inputs(runs), compiled.initial_state(runs)
    plain = Reference(runs[-1], *initial_weights(runs[-1]))
    for step in range(50):
        draws = compiled.draws(inputs, tf.constant(step))
        state = compiled.step(inputs, state, draws)
        plain.step(
            [(drawn.real.numpy()[-1], drawn.latent.numpy()[-1]) for drawn in draws.rounds], draws.latent.numpy()[-1]
        )
    for ours, theirs in zip(state.generator.weights, plain.generator.get_weights(), strict=True):
        np.testing.assert_allclose(np.squeeze(ours.numpy()[-1]), np.squeeze(theirs), atol=1e-5)


def ended(runs: list[RunConfig], **options) -> list[dict[str, np.ndarray]]:
    from gancore.recording.events import Finished

    (end,) = [event for event in train(runs, **options) if isinstance(event, Finished)]
    return end.weights


def test_a_run_on_fresh_points_does_not_depend_on_its_company_or_on_being_stopped() -> None:
    from gancore.recording.events import Tick

    runs = [fresh(0), fresh(1, **{"dataset.kind": "parabola"})]
    together = ended(runs)
    for run, weights in zip(runs, together, strict=True):
        (alone,) = ended([run], tick=1e-9)
        assert all(np.array_equal(weights[name], alone[name]) for name in weights)
    ticks = (event for event in train(runs[:1], tick=1e-9) if isinstance(event, Tick))
    (checkpoint,) = next(tick.checkpoint() for tick in ticks if tick.step > 1 and tick.step % 25)
    (resumed,) = ended(runs[:1], start=[checkpoint])
    assert all(np.array_equal(together[0][name], resumed[name]) for name in resumed)


def test_the_training_set_s_size_is_not_compiled_where_points_are_fresh() -> None:
    assert group_key(fresh(0, **{"dataset.size": 500})) == group_key(fresh(0, **{"dataset.kind": "ring"}))
    assert group_key(fresh()) != group_key(fresh(0, **{"dataset.fresh": False}))
