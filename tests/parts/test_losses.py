"""Every loss, value and gradient, against plain NumPy and finite differences; labels, flips and weights."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.special import expit

from gancore.config import ConfigError, Loss, RunConfig, with_changes
from gancore.parts import LeastSquares, NonSaturating

R, B = 3, 7


def log_sigmoid(x):
    return np.log(expit(x))


def entropy(x, label):
    """Keras' binary cross-entropy from logits, by its definition."""
    return -label * log_sigmoid(x) - (1 - label) * log_sigmoid(-x)


def mean(x):
    return x.mean(axis=1, keepdims=True)


def squares(x, target):
    return (x - target) ** 2 / 2


# Kind → (of real points, of fakes, the generator's), from logits of real points and fakes.
PLAIN = {
    "non_saturating": lambda r, f: (entropy(r, 1), entropy(f, 0), entropy(f, 1)),
    "minimax": lambda r, f: (entropy(r, 1), entropy(f, 0), -entropy(f, 0)),
    "least_squares": lambda r, f: (squares(r, 1), squares(f, 0), squares(f, 1)),
    "hinge": lambda r, f: (np.maximum(0, 1 - r), np.maximum(0, 1 + f), -f),
    "wasserstein": lambda r, f: (-r, f, -f),
    "relativistic": lambda r, f: (-log_sigmoid(r - f), -log_sigmoid(r - f), -log_sigmoid(f - r)),
    "relativistic_average": lambda r, f: (
        -log_sigmoid(r - mean(f)),
        -log_sigmoid(mean(r) - f),
        -(log_sigmoid(f - mean(r)) + log_sigmoid(mean(f) - r)) / 2,
    ),
    "supervised": lambda r, f: (0 * r, 0 * f, (f - r) ** 2),
}


def stacked(specs):
    from gancore.training.program import stacked_inputs

    return stacked_inputs(specs, "float64")


def logits() -> tuple[np.ndarray, np.ndarray]:
    rng = np.random.default_rng(0)
    return rng.normal(0, 3, (R, B, 1)), rng.normal(0, 3, (R, B, 1))


def test_every_loss_of_gancore_has_a_plain_reference():
    assert {kind for kind, member in Loss.registry.items() if member.__module__.startswith("gancore.")} == {*PLAIN}


@pytest.mark.parametrize("kind", PLAIN)
def test_a_loss_is_what_plain_numpy_makes_of_it(kind):
    import tensorflow as tf

    real, fake = logits()
    spec = Loss.registry[kind]()
    inputs = stacked([spec] * R)
    ours = [*spec.masked().discriminator(tf.constant(real), tf.constant(fake), inputs)]
    ours.append(spec.masked().generator(tf.constant(real) if spec.paired else None, tf.constant(fake), inputs))
    for one, plain in zip(ours, PLAIN[kind](real, fake), strict=True):
        np.testing.assert_allclose(one.numpy(), plain, rtol=1e-6, atol=1e-12)


@pytest.mark.parametrize("kind", PLAIN)
def test_its_gradient_agrees_with_finite_differences_and_stays_in_its_run(kind):
    import tensorflow as tf

    real, fake = (tf.constant(values) for values in logits())
    spec = Loss.registry[kind]().masked()
    inputs = stacked([Loss.registry[kind]()] * R)

    def total(real, fake):
        of_real, of_fake = spec.discriminator(real, fake, inputs)
        both = of_real + 2 * of_fake + 3 * spec.generator(real if spec.paired else None, fake, inputs)
        return tf.reduce_sum(both, axis=[1, 2])

    with tf.GradientTape() as tape:
        tape.watch([real, fake])
        value = tf.reduce_sum(total(real, fake))
    for number, gradient in enumerate(tape.gradient(value, [real, fake])):
        nudge = np.zeros((R, B, 1))
        nudge[1, 4, 0] = 1e-6
        moved = [[real, fake], [real, fake]]
        moved[0][number], moved[1][number] = moved[0][number] + nudge, moved[1][number] - nudge
        slope = (total(*moved[0]) - total(*moved[1])).numpy() / 2e-6
        assert slope[1] == pytest.approx(gradient.numpy()[1, 4, 0], rel=1e-5, abs=1e-8)
        assert slope[0] == slope[2] == 0


def test_smoothed_labels_are_keras_targets():
    import keras
    import tensorflow as tf

    real, fake = logits()
    specs = [NonSaturating(real_label=label, fake_label=other) for label, other in ((0.9, 0.1), (0.8, 0.2), (0.7, 0.3))]
    ours = specs[0].masked().discriminator(tf.constant(real), tf.constant(fake), stacked(specs))
    for run, spec in enumerate(specs):
        for one, points, label in zip(ours, (real, fake), (spec.real_label, spec.fake_label), strict=True):
            keras_loss = keras.losses.BinaryCrossentropy(from_logits=True, dtype="float64")
            theirs = keras_loss(np.full((B, 1), label), points[run])
            assert float(tf.reduce_mean(one[run])) == pytest.approx(float(theirs), rel=1e-6)


def test_targets_of_least_squares_are_each_runs_own_and_so_is_its_decision():
    import tensorflow as tf

    real, fake = logits()
    specs = [LeastSquares(real_label=b, fake_label=a, goal=c) for a, b, c in ((0, 1, 1), (-1, 1, 0), (0, 2, 3))]
    inputs = stacked(specs)
    ours = specs[0].masked().discriminator(tf.constant(real), tf.constant(fake), inputs)
    for run, spec in enumerate(specs):
        np.testing.assert_allclose(ours[0][run], squares(real[run], spec.real_label))
        np.testing.assert_allclose(ours[1][run], squares(fake[run], spec.fake_label))
    assert specs[0].masked().threshold(inputs).numpy().ravel().tolist() == [0.5, 0.0, 1.0]


def test_flipped_labels_are_as_many_as_asked_for_and_cost_what_the_other_label_costs():
    import tensorflow as tf

    from gancore.parts.losses import with_flips

    rng = np.random.default_rng(1)
    real, fake = rng.normal(size=(2, 4000, 1)), rng.normal(size=(2, 4000, 1))
    draws = tf.constant(rng.uniform(-1, 1, (2, 4000, 2)))
    specs = [NonSaturating(flip=flip) for flip in (0.1, 0.3)]
    ours = with_flips(specs[0].masked(), tf.constant(real), tf.constant(fake), draws, stacked(specs))
    for one, points, label in zip(ours, (real, fake), (1, 0), strict=True):
        kept, turned = (np.isclose(one.numpy(), entropy(points, y)) for y in (label, 1 - label))
        assert np.all(kept | turned)
        shares = (~kept).mean(axis=(1, 2))
        assert shares == pytest.approx([0.1, 0.3], abs=0.025)  # 4 standard errors


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"loss.real_label": 0.0}, "loss.real_label: 0.0 is not allowed; it must be more than loss.fake_label, 0.0"),
        ({"loss.kind": "least_squares", "loss.fake_label": 1}, "loss.real_label: 1.0 is not allowed"),
        ({"loss.flip": 0.6}, "loss.flip: 0.6 is not allowed; it must be less than or equal to 0.5"),
        ({"loss.kind": "relativistic"}, "update.kind: 'separate' is not allowed with loss.kind relativistic"),
        ({"loss.kind": "relativistic", "loss.flip": 0.1}, "loss.flip: there is no such setting"),
    ],
)
def test_labels_that_make_no_sense_are_refused(changes, said):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), changes)
    assert str(error.value).startswith(said)


@pytest.mark.parametrize(
    ("changes", "warned"),
    [
        ({"loss.kind": "wasserstein"}, True),
        ({"loss.kind": "wasserstein", "penalty.kind": "gradient"}, False),
        ({"loss.kind": "wasserstein", "d_optimizer.clip_weights": 0.01}, False),
        ({"loss.kind": "wasserstein", "discriminator.spectral_norm.iterations": 1}, False),
        ({"loss.kind": "wasserstein", "g_optimizer.clip_weights": 0.01}, True),
        ({}, False),
    ],
)
def test_a_critic_whose_slope_nothing_limits_is_warned_of(changes, warned):
    found = with_changes(RunConfig(), changes).warnings()
    assert [sentence.startswith("loss.kind: nothing limits") for sentence in found] == [True] * warned
