"""Layers of the networks, for two runs at once, against Keras' own and NumPy."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.config import RunConfig, with_changes
from gancore.parts.layers import Look, SpectralNorm, packed
from gancore.parts.layers.dense import normalised

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

RNG = np.random.default_rng(5)
POINTS = RNG.normal(size=(2, 6, 2)).astype(np.float32)


def network(kind: str = "discriminator", **changes):
    """A network of one hidden layer of four as a function, and its arrays [2, ...], all of them drawn."""
    from gancore.training.networks import LaneNetwork

    given = {f"{kind}.{name.replace('__', '.')}": value for name, value in changes.items()}
    config = with_changes(RunConfig(), {f"{kind}.hidden": [4], "latent.dim": 2, "batch_size": 6} | given)
    built = config.generator.network(config.latent) if kind == "generator" else config.discriminator.network()
    arrays = {}
    for name, (last, shape, _) in built.arrays.items():
        values = RNG.normal(size=(2, *(shape if len(shape) == 2 else (1, *shape)))).astype(np.float32)
        arrays[name] = abs(values) + 0.5 if last in ("variance", "span") else values
    lane = LaneNetwork(built)

    def of(which, inputs=POINTS, **how):
        weights, state = [arrays[name] for name in built.trained], [arrays[name] for name in built.state]
        return getattr(lane, which)(weights, inputs, state, **how)

    return of, arrays


def dense(x, arrays, place, run, word=""):
    bias = arrays[f"{place}/{word}bias"][run] if f"{place}/{word}bias" in arrays else 0
    return x @ arrays[f"{place}/{word}kernel"][run] + bias


def leaky(x):
    return np.where(x > 0, x, np.float32(0.2) * x)


def close(ours, theirs):
    np.testing.assert_allclose(np.asarray(ours), theirs, rtol=1e-5, atol=1e-6)


@pytest.mark.parametrize("kind", ["batch", "layer"])
def test_normalisation_is_keras_own(kind):
    import keras

    of, arrays = network(norm__kind=kind)
    values, state = of("moved")
    sampled = of("sampled")
    for run in range(2):
        made = keras.layers.BatchNormalization() if kind == "batch" else keras.layers.LayerNormalization()
        before = dense(POINTS[run], arrays, 0, run)
        made.build(before.shape)
        names = ("gamma", "beta", "mean", "variance") if kind == "batch" else ("gamma", "beta")
        made.set_weights([arrays[f"0/{name}"][run, 0] for name in names])
        trained = np.asarray(made(before, training=True)) if kind == "batch" else np.asarray(made(before))
        close(values[run], dense(leaky(trained), arrays, 1, run))
        if kind == "layer":
            assert np.array_equal(sampled[run], values[run]) and state == []
            continue
        for ours, theirs in zip(state, (made.moving_mean, made.moving_variance), strict=True):
            close(ours[run, 0], np.asarray(theirs))
        made.set_weights([arrays[f"0/{name}"][run, 0] for name in names])
        close(sampled[run], dense(leaky(np.asarray(made(before, training=False))), arrays, 1, run))


def test_maxout_is_the_largest_of_a_reshape():
    of, arrays = network(activation="maxout", pieces=3)
    for run in range(2):
        largest = dense(POINTS[run], arrays, 0, run).reshape(6, 4, 3).max(axis=2)
        close(of("moved")[0][run], dense(largest, arrays, 1, run))


def test_the_first_piece_starts_as_a_layer_of_one_does():
    from gancore.training.networks import initial_weights

    plain = RunConfig()
    several = with_changes(plain, {"generator.activation": "maxout", "generator.pieces": 2})
    one, two = initial_weights(plain)[0][0], initial_weights(several)[0][0]
    assert np.array_equal(two[:, ::2], one) and not np.array_equal(two[:, 1::2], one)


def test_a_block_adds_its_input_before_its_last_activation():
    of, arrays = network(hidden=[4, 4, 3], residual=1)
    assert [name for name in arrays if "shortcut" in name] == ["0/shortcut_kernel", "2/shortcut_kernel"]
    for run in range(2):
        x = POINTS[run]
        first = leaky(dense(x, arrays, 0, run) + dense(x, arrays, 0, run, "shortcut_"))
        second = leaky(dense(first, arrays, 1, run) + first)
        third = leaky(dense(second, arrays, 2, run) + dense(second, arrays, 2, run, "shortcut_"))
        close(of("moved")[0][run], dense(third, arrays, 3, run))
    of, arrays = network(hidden=[4, 2], residual=2)
    assert not [name for name in arrays if "shortcut" in name]
    for run in range(2):
        inner = dense(leaky(dense(POINTS[run], arrays, 0, run)), arrays, 1, run)
        close(of("moved")[0][run], dense(leaky(inner + POINTS[run]), arrays, 2, run))


@pytest.mark.parametrize("kind", ["generator", "discriminator"])
def test_fourier_features_are_cosines_and_sines_in_random_directions(kind):
    from gancore.training.networks import initial_state

    of, arrays = network(kind, fourier__frequencies=3)
    for run in range(2):
        phases = 2 * np.pi * POINTS[run] @ arrays["fourier/frequencies"][run]
        hidden = leaky(dense(np.concatenate([np.cos(phases), np.sin(phases)], axis=1), arrays, 0, run))
        last = dense(hidden, arrays, 1, run)
        np.testing.assert_allclose(of("moved")[0][run], np.tanh(last) if kind == "generator" else last, atol=2e-5)
    changes = {f"{kind}.fourier.frequencies": 1000, f"{kind}.fourier.scale": 3.0, "latent.dim": 2}
    config = with_changes(RunConfig(), changes)
    place = ("generator", "discriminator").index(kind)
    (drawn,), (other,) = initial_state(config)[place], initial_state(with_changes(config, {"seed": 1}))[place]
    assert drawn.shape == (2, 1000) and drawn.std() == pytest.approx(3, rel=0.05)
    assert not np.array_equal(drawn, other)


def test_the_range_of_the_data_is_reached_and_not_left():
    from gancore.training.networks import initial_state

    of, arrays = network("generator", output="range")
    for run in range(2):
        share = 1 / (1 + np.exp(-dense(leaky(dense(POINTS[run], arrays, 0, run)), arrays, 1, run)))
        close(of("moved")[0][run], arrays["range/low"][run] + arrays["range/span"][run] * share)
    config = with_changes(RunConfig(), {"generator.output": "range", "dataset.center_x": 3.0, "dataset.scale": 2.0})
    low, span = initial_state(config)[0]
    points = config.dataset.points()
    close(low[0], points.min(axis=0))
    close(low[0] + span[0], points.max(axis=0))


@pytest.mark.parametrize("kinds", [1, 2])
def test_minibatch_features_are_of_a_points_own_kind(kinds):
    for kind, of_features in (("std", deviation), ("discrimination", closeness)):
        given = {"minibatch__kernels": 3, "minibatch__dims": 2} if kind == "discrimination" else {}
        of, arrays = network(minibatch__kind=kind, **given)
        for run in range(2):
            features = leaky(dense(POINTS[run], arrays, 0, run))
            parts = [of_features(part, arrays, run) for part in np.split(features, kinds)]
            whole = np.concatenate([features, np.concatenate(parts)], axis=1)
            close(of("moved", kinds=kinds)[0][run], dense(whole, arrays, 1, run))


def deviation(features, arrays, run):
    return np.full((len(features), 1), np.sqrt(features.var(axis=0) + 1e-8).mean())


def closeness(features, arrays, run):
    m = (features @ arrays["minibatch/kernel"][run]).reshape(-1, 2, 3)
    pairs = np.exp(-np.abs(m[:, None] - m[None]).sum(axis=2))
    return pairs.sum(axis=1)


def test_packs_are_neighbours_side_by_side():
    expected = [[*POINTS[1, 2], *POINTS[1, 3]]]
    assert np.array_equal(packed(np, POINTS, 2)[1, 1:2], expected) and packed(np, POINTS, 2).shape == (2, 3, 4)
    assert packed(np, POINTS, 1) is POINTS
    of, arrays = network(packing=2)
    for run in range(2):
        hidden = leaky(dense(POINTS[run].reshape(3, 4), arrays, 0, run))
        close(of("moved", packed(np, POINTS, 2))[0][run], dense(hidden, arrays, 1, run))


def test_sigma_is_the_largest_singular_value():
    for shape in ((5, 3), (2, 7), (4, 1)):
        kernel = RNG.normal(size=shape)
        u = RNG.normal(size=(1, shape[1]))
        ours, after = normalised(Look(), kernel, u, SpectralNorm(iterations=20))
        for _ in range(20):
            ours, after = normalised(Look(), kernel, after, SpectralNorm(iterations=20))
        left, sigma, right = np.linalg.svd(kernel)
        np.testing.assert_allclose(ours, kernel / sigma[0], atol=1e-6)
        np.testing.assert_allclose(abs(after[0] @ right[0]), 1, atol=1e-6)


def test_power_iterations_begin_well_and_go_on_from_step_to_step():
    from gancore.training.networks import LaneNetwork, initial_arrays

    config = with_changes(RunConfig(), {"discriminator.spectral_norm.iterations": 1})
    arrays = list(initial_arrays(config))[1]
    built = config.discriminator.network()
    lane = LaneNetwork(built)
    weights, state = ([arrays[name][None] for name in names] for names in (built.trained, built.state))
    largest = [np.linalg.svd(arrays[f"{layer}/kernel"])[1][0] for layer in range(3)]
    begun = [np.linalg.norm(arrays[f"{layer}/kernel"] @ arrays[f"{layer}/u"][0]) for layer in range(3)]
    for _ in range(40):
        _, state = lane.moved(weights, POINTS[:1], state)
    for layer, u in enumerate(state):
        sigma = np.linalg.norm(arrays[f"{layer}/kernel"] @ np.asarray(u)[0, 0])
        assert 0.9 * largest[layer] < begun[layer] <= sigma + 1e-6
        assert sigma == pytest.approx(largest[layer], rel=0.02)  # two singular values may be near each other


@pytest.mark.parametrize("gradient", [True, False])
def test_sigmas_gradient_is_that_of_finite_differences_or_none(gradient):
    import tensorflow as tf
    from keras import ops

    kernel, probe = RNG.normal(size=(1, 4, 3)), RNG.normal(size=(1, 4, 3))
    spec = SpectralNorm(iterations=20, gradient=gradient)
    look = Look(ops, detach=ops.stop_gradient)
    u = np.linalg.svd(kernel[0])[2][:1][None]

    def value(moved):
        sigma = np.linalg.svd((moved if gradient else kernel)[0])[1][0]
        return float((moved / sigma * probe).sum())

    with tf.GradientTape() as tape:
        tensor = tf.constant(kernel)
        tape.watch(tensor)
        total = tf.reduce_sum(normalised(look, tensor, tf.constant(u), spec)[0] * probe)
    ours = tape.gradient(total, tensor).numpy()
    for place in np.ndindex(kernel.shape):
        step = np.zeros_like(kernel)
        step[place] = 1e-6
        assert ours[place] == pytest.approx((value(kernel + step) - value(kernel - step)) / 2e-6, rel=1e-5, abs=1e-6)


@pytest.mark.parametrize(
    "changes",
    [
        {"spectral_norm.iterations": 1},
        {"norm.kind": "layer"},
        {"activation": "maxout"},
        {"residual": 1},
        {"fourier.frequencies": 2},
    ],
)
def test_second_derivatives_are_finite_where_all_is_zero(changes):
    import tensorflow as tf

    from gancore.training.networks import LaneNetwork

    given = {f"discriminator.{name}": value for name, value in changes.items()}
    built = with_changes(RunConfig(), {"discriminator.hidden": [4]} | given).discriminator.network()
    zeros = {
        name: tf.zeros((1, *(array.shape if len(array.shape) == 2 else (1, *array.shape))))
        for name, array in built.arrays.items()
    }
    weights, state = ([zeros[name] for name in names] for names in (built.trained, built.state))
    points = tf.zeros((1, 3, 2))
    with tf.GradientTape() as outer:
        outer.watch(weights)
        with tf.GradientTape() as inner:
            inner.watch(points)
            total = tf.reduce_sum(LaneNetwork(built)(weights, points, state))
        slope = inner.gradient(total, points)
        cost = tf.reduce_sum(slope**2) + total
    for gradient in outer.gradient(cost, weights, unconnected_gradients="zero"):
        assert np.isfinite(gradient).all()


@pytest.mark.parametrize("kind", ["std", "discrimination"])
def test_gradients_are_finite_in_a_batch_of_one_point(kind):
    import tensorflow as tf

    of, _ = network(minibatch__kind=kind)
    points = tf.zeros((2, 6, 2))
    with tf.GradientTape() as tape:
        tape.watch(points)
        total = tf.reduce_sum(of("moved", points)[0])
    assert np.isfinite(tape.gradient(total, points)).all()
