"""What a step does besides its losses: lazy penalties, instance noise, and the generator's updates."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.config import RunConfig, with_changes
from gancore.parts import InstanceNoise

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TINY = {"latent.dim": 3, "generator.hidden": [5], "discriminator.hidden": [6], "batch_size": 8, "dataset.size": 200}


def compiled(**changes):
    from gancore.training.program import LANES, program
    from gancore.training.shapes import GraphShape

    runs = [with_changes(RunConfig(), TINY | changes | {"seed": seed}) for seed in range(LANES)]
    built = program(GraphShape.of(runs[0]))
    return built, built.lane_inputs(runs), built.initial_state(runs)


def test_noise_fades_in_a_straight_line():
    from gancore.training.program import stacked_inputs

    specs = [InstanceNoise(sigma=0.4, until=100), InstanceNoise(sigma=0.8, until=200)]
    inputs = stacked_inputs(specs, "float64")
    for step, expected in ((0, [0.4, 0.8]), (50, [0.2, 0.6]), (100, [0.0, 0.4]), (500, [0.0, 0.0])):
        assert specs[0].masked().deviation(step, inputs).numpy().ravel() == pytest.approx(expected)


def test_every_sight_of_a_network_has_noise_of_its_own():
    import tensorflow as tf

    changes = {"instance_noise.sigma": 0.5, "update.d_steps": 2, "update.g_steps": 2, "batch_size": 256}
    built, inputs, _ = compiled(**changes)
    draws = [built.draws(inputs, tf.constant(step)) for step in (0, 1)]
    columns = [one for step in draws for one in (*(drawn.noise for drawn in step.rounds), *step.noise)]
    found = np.concatenate([column.numpy()[0] for column in columns], axis=1)
    assert found.shape == (256, 2 * 4 * 4)
    assert found.std() == pytest.approx(0.5, rel=0.05)
    assert np.abs(np.corrcoef(found.T) - np.eye(found.shape[1])).max() < 5.5 / 256**0.5
    latents = [one.numpy()[0] for step in draws for one in (step.latent, *step.more)]
    assert not any(np.array_equal(a, b) for i, a in enumerate(latents) for b in latents[:i])


def test_a_lazy_penalty_is_evaluated_now_and_then_with_as_many_times_the_weight():
    import tensorflow as tf

    changes = {"penalty.kind": "r1", "update.kind": "combined", "d_optimizer.kind": "sgd", "g_optimizer.kind": "sgd"}
    lazy, inputs, state = compiled(**changes, **{"penalty.every": 3})
    eager, *_ = compiled(**changes, **{"penalty.gamma": 0.3})
    place = lazy.measures.index("d_penalty")
    values = []
    for step in range(5):
        before = state._replace(sums=tf.zeros_like(state.sums))
        drawn = lazy.draws(inputs, tf.constant(step))
        state = lazy.step(inputs, before, drawn)
        values.append(float(state.sums.numpy()[place, 0]))
        if step == 3:
            strong = dict(inputs.parts) | {"penalty": {"gamma": tf.constant([0.3] * lazy.lanes)}}
            other = eager.step(inputs._replace(parts=strong), before, drawn)
            for ours, theirs in zip(state.discriminator.weights, other.discriminator.weights, strict=True):
                np.testing.assert_allclose(ours, theirs, atol=1e-6)
    assert [value > 0 for value in values] == [True, False, False, True, False]
