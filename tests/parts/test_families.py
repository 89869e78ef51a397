"""Losses, penalties and optimizers under the run axis, against plain references and finite differences."""

from __future__ import annotations

from typing import ClassVar, Literal

import numpy as np
import pytest
from support.keras_updates import applied

from gancore.config import ConfigError, Loss, RunConfig, with_changes
from gancore.parts import R1, SGD, Adam, Choice

TINY = {"latent.dim": 3, "generator.hidden": [5], "discriminator.hidden": [6, 4], "batch_size": 8, "steps": 4}


def smooth_critic(weights):
    """A critic [R, B, 2] → [R, B, 1] without kinks, from weights [R, 2, 4] and [R, 4, 1]."""
    import tensorflow as tf

    return lambda points: tf.tanh(points @ weights[0]) @ weights[1]


def test_r1_is_half_gamma_times_the_mean_squared_slope_of_each_run():
    import tensorflow as tf

    rng = np.random.default_rng(0)
    weights = [tf.constant(rng.normal(size=shape)) for shape in ((3, 2, 4), (3, 4, 1))]
    points, gamma, step = rng.normal(size=(3, 5, 2)), np.array([0.5, 2.0, 0.0]), 1e-6
    critic = smooth_critic(weights)
    slopes = []
    for axis in range(2):
        nudge = np.zeros(2)
        nudge[axis] = step
        slopes.append(((critic(points + nudge) - critic(points - nudge)) / (2 * step)).numpy()[..., 0])
    expected = gamma / 2 * (slopes[0] ** 2 + slopes[1] ** 2).mean(axis=1)
    value = R1().masked()(critic, tf.constant(points), None, None, {"gamma": tf.constant(gamma)})
    np.testing.assert_allclose(value.numpy(), expected, rtol=1e-6, atol=1e-12)


def test_the_gradient_of_r1_agrees_with_finite_differences():
    import tensorflow as tf

    rng = np.random.default_rng(1)
    first, second = rng.normal(size=(2, 2, 4)), tf.constant(rng.normal(size=(2, 4, 1)))
    points, inputs = tf.constant(rng.normal(size=(2, 6, 2))), {"gamma": tf.constant(np.array([1.0, 3.0]))}

    def penalty(kernel):
        return R1().masked()(smooth_critic([tf.constant(kernel), second]), points, None, None, inputs).numpy()

    kernel = tf.constant(first)
    with tf.GradientTape() as tape:
        tape.watch(kernel)
        total = tf.reduce_sum(R1().masked()(smooth_critic([kernel, second]), points, None, None, inputs))
    gradient = tape.gradient(total, kernel).numpy()
    for run, row, column in ((0, 0, 0), (0, 1, 3), (1, 0, 2), (1, 1, 1)):
        nudge = np.zeros_like(first)
        nudge[run, row, column] = 1e-6
        slope = (penalty(first + nudge) - penalty(first - nudge)) / 2e-6
        assert slope[run] == pytest.approx(gradient[run, row, column], rel=1e-5, abs=1e-8)
        assert slope[1 - run] == 0, "no run's penalty moves with another's weights"


@pytest.mark.parametrize(("momentum", "nesterov"), [(0.0, False), (0.9, False), (0.9, True)])
def test_gradient_descent_matches_keras_over_1000_updates(momentum, nesterov):
    import keras
    import tensorflow as tf

    from gancore.training.program import stacked_inputs

    rng = np.random.default_rng(0)
    specs = [SGD(learning_rate=rate, momentum=momentum, nesterov=nesterov) for rate in (1e-3, 1e-2)]
    start = rng.normal(size=(2, 3, 4)).astype(np.float32)
    gradients = rng.normal(size=(1000, 2, 3, 4)).astype(np.float32)
    weights, slots = [tf.constant(start)], {"velocity": [tf.zeros((2, 3, 4))]}
    inputs = stacked_inputs(specs, "float32")
    one = tf.function(lambda w, g, s: specs[0].masked().update(w, g, s, None, inputs), jit_compile=True)
    for gradient in gradients:
        weights, slots = one(weights, [tf.constant(gradient)], slots)
    for lane, (spec, values) in enumerate(zip(specs, start, strict=True)):
        variable = tf.Variable(values)
        applied(keras.optimizers.SGD(spec.learning_rate, momentum, nesterov), variable, gradients[:, lane])
        np.testing.assert_allclose(weights[0].numpy()[lane], variable.numpy(), rtol=1e-5, atol=1e-6)


def test_what_is_compiled_holds_no_number_of_a_single_run():
    from gancore.training.shapes import GraphShape

    runs = [with_changes(RunConfig(), {"penalty.kind": "r1", "penalty.gamma": gamma}) for gamma in (0.1, 5.0)]
    shapes = [GraphShape.of(run) for run in runs]
    assert shapes[0] == shapes[1] and hash(shapes[0]) == hash(shapes[1])
    for path in ("penalty.gamma", "g_optimizer.learning_rate", "seed", "steps", "dataset.scale"):
        value = shapes[0].config
        with pytest.raises(AttributeError):
            for name in path.split("."):
                value = getattr(value, name)


@pytest.mark.parametrize(
    "changes",
    [
        {"loss.kind": "minimax"},
        {"penalty.kind": "r1"},
        {"g_optimizer.kind": "sgd"},
        {"d_optimizer.kind": "sgd", "d_optimizer.nesterov": True},
        {"update.kind": "combined"},
        {"latent.kind": "uniform"},
        {"dataset.size": 500},
        {"batch_size": 64},
    ],
)
def test_runs_that_differ_in_what_is_compiled_never_share_a_program(changes):
    from gancore.training.shapes import GraphShape

    assert GraphShape.of(with_changes(RunConfig(), changes)) != GraphShape.of(RunConfig())


@pytest.mark.parametrize("changes", [{"dataset.kind": "ring"}, {"seed": 4}, {"steps": 9}, {"d_optimizer.beta_1": 0.9}])
def test_runs_that_differ_in_their_inputs_share_one(changes):
    from gancore.training.shapes import GraphShape

    assert GraphShape.of(with_changes(RunConfig(), changes)) == GraphShape.of(RunConfig())


def test_what_is_logged_follows_from_the_parts():
    from gancore.training.step import measures_of

    plain = measures_of(RunConfig())
    assert plain == ("d_loss_real", "d_loss_fake", "d_acc_real", "d_acc_fake", "g_loss")
    assert set(measures_of(with_changes(RunConfig(), {"penalty.kind": "r1"}))) - set(plain) == {"d_penalty"}


@pytest.fixture
def relativistic(monkeypatch):
    """A paired critic loss, registered for one test."""
    for family in Choice.families:
        monkeypatch.setattr(family, "registry", dict(family.registry))

    class Relativistic(Loss):
        """Real and fake logits are compared in pairs."""

        kind: Literal["relativistic_of_a_test"] = "relativistic_of_a_test"
        paired: ClassVar[bool] = True
        boundary: ClassVar[None] = None  # type: ignore[assignment]

        def discriminator(self, real, fake, inputs):
            import tensorflow as tf

            loss = tf.nn.softplus(fake - real)
            return loss, loss

        def generator(self, real, fake, inputs):
            import tensorflow as tf

            return tf.nn.softplus(real - fake)

    yield Relativistic
    monkeypatch.undo()
    RunConfig.model_rebuild(force=True)


def test_a_paired_loss_needs_one_update_on_both_and_its_gradient_reaches_both_networks(relativistic):
    from gancore.recording.events import Finished, Row
    from gancore.training.engine import train
    from gancore.training.networks import initial_weights
    from gancore.training.program import LANES

    with pytest.raises(ConfigError, match=r"update\.kind: 'separate' is not allowed with loss\.kind relativistic"):
        with_changes(RunConfig(), {"loss.kind": "relativistic_of_a_test"})
    changes = TINY | {"loss.kind": "relativistic_of_a_test", "update.kind": "combined", "dataset.size": 500}
    runs = [with_changes(RunConfig(), changes | {"seed": seed, "log_every": 2}) for seed in range(LANES)]
    events = list(train(runs))
    rows = [event for event in events if isinstance(event, Row)]
    assert set(rows[0].values) == {"d_loss_real", "d_loss_fake", "g_loss"}, "a critic has no accuracy"
    np.testing.assert_allclose(rows[0].values["d_loss_real"], rows[0].values["d_loss_fake"])
    assert not np.allclose(rows[0].values["d_loss_real"], np.log(2)), "real and fake logits differ"
    (end,) = [event for event in events if isinstance(event, Finished)]
    for network, before in zip(("generator", "discriminator"), initial_weights(runs[0]), strict=True):
        assert not np.allclose(end.weights[0][f"{network}/0/kernel"], before[0])


def test_a_shared_adam_clock_needs_two_adams():
    with pytest.raises(ConfigError, match=r"update\.shared_adam_clock: True is not allowed with d_optimizer\.kind sgd"):
        with_changes(RunConfig(), {"update.shared_adam_clock": True, "d_optimizer.kind": "sgd"})
    assert Adam.counts and not SGD.counts
