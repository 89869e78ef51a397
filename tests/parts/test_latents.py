"""Every latent: the distribution that it draws on the device, and the same one by numpy."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.parts import Angle, Latent, Mixture, Sphere, Stratified, Uniform

KINDS = sorted(kind for kind, member in Latent.registry.items() if member.__module__.startswith("gancore."))
N, DIM = 4000, 4


def drawn(spec, n: int = N, count: int = 3) -> np.ndarray:
    """[n, dim] of the first of two keys."""
    import tensorflow as tf

    from gancore.parts import streams

    key = tf.constant(streams.keys([0, 1])[:, 0])
    return spec.masked().draw(key, tf.constant(count, tf.uint32), n, "float32").numpy()[0].astype(np.float64)


def carried(spec, n: int = N) -> np.ndarray:
    return spec.carried(np.random.default_rng(0).standard_normal((n, spec.dim)))


@pytest.mark.parametrize("kind", KINDS)
def test_training_and_pictures_have_the_same_distribution(kind):
    spec = Latent.registry[kind](dim=DIM)
    ours, pictures = drawn(spec), carried(spec)
    assert ours.shape == pictures.shape == (N, DIM)
    for direction in (*np.eye(DIM), np.array([0.5, -0.5, 0.7, 0.1])):
        assert stats.ks_2samp(ours @ direction, pictures @ direction).pvalue > 1e-4
    lengths = [np.round(np.linalg.norm(points, axis=1), 5) for points in (ours, pictures)]
    assert stats.ks_2samp(*lengths).pvalue > 1e-4


@pytest.mark.parametrize("kind", KINDS)
def test_draws_depend_on_key_and_count_alone(kind):
    import tensorflow as tf

    from gancore.parts import streams

    spec, keys = Latent.registry[kind](dim=DIM).masked(), streams.keys([5, 9])[:, 0]
    one = spec.draw(tf.constant(keys), tf.constant(3, tf.uint32), 16, "float32").numpy()
    swapped = spec.draw(tf.constant(keys[::-1]), tf.constant(3, tf.uint32), 16, "float32").numpy()
    later = spec.draw(tf.constant(keys), tf.constant(4, tf.uint32), 16, "float32").numpy()
    np.testing.assert_array_equal(one, swapped[::-1])
    assert not np.any(np.all(one == later, axis=-1)) and not np.array_equal(one[0], one[1])


def test_a_range_is_filled_and_the_old_one_is_drawn_as_ever():
    import tensorflow as tf

    from gancore.parts import streams

    points = drawn(Uniform(dim=DIM, low=2.0, high=5.0))
    assert stats.kstest(points.ravel(), "uniform", (2, 3)).pvalue > 1e-4
    key = tf.constant(streams.keys([0, 1])[:, 0])
    plain = streams.uniform(key, tf.constant(3, tf.uint32), N, DIM, "float32").numpy()[0]
    np.testing.assert_array_equal(drawn(Uniform(dim=DIM)), plain)


def test_each_axis_of_a_stratified_batch_is_spread_evenly_and_axes_are_independent():
    points = drawn(Stratified(dim=DIM), n=256)
    for axis in range(DIM):
        assert sorted(np.floor((points[:, axis] + 1) / 2 * 256).clip(0, 255)) == list(range(256))
    worst = np.abs(np.corrcoef(points.T) - np.eye(DIM)).max()
    assert worst < 4.5 / 256**0.5


def test_a_sphere_has_one_radius_and_angles_lie_on_circles():
    np.testing.assert_allclose(np.linalg.norm(drawn(Sphere(dim=DIM)), axis=1), DIM**0.5, rtol=1e-5)
    angles = drawn(Angle(dim=DIM))
    np.testing.assert_allclose(angles[:, :2] ** 2 + angles[:, 2:] ** 2, 1, rtol=1e-5)
    turn = np.arctan2(angles[:, 2], angles[:, 0])
    assert stats.kstest(turn, "uniform", (-np.pi, 2 * np.pi)).pvalue > 1e-4


def test_a_mixture_has_its_modes_equally_often():
    spec = Mixture(dim=3, count=5, radius=2.0, sigma=0.05)
    for points in (drawn(spec), carried(spec)):
        turn = 2 * np.pi * np.arange(5) / 5
        centres = 2 * np.stack([np.cos(turn), np.sin(turn)], axis=1)
        distances = np.linalg.norm(points[:, None, :2] - centres, axis=2)
        mode = distances.argmin(axis=1)
        assert stats.chisquare(np.bincount(mode, minlength=5)).pvalue > 1e-4
        rest = (points[:, :2] - centres[mode]) / 0.05
        assert all(stats.kstest(column, "norm").pvalue > 1e-4 for column in (*rest.T, points[:, 2]))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kind": "uniform", "low": 3.0}, "latent.high: 1.0 is not allowed; it must be more than latent.low, 3.0"),
        ({"kind": "angle", "dim": 7}, "latent.dim: 7 is not allowed; an angle takes two"),
        ({"kind": "mixture", "dim": 1}, "latent.dim: 1 is not allowed; a mixture lies in a plane"),
    ],
)
def test_latents_that_make_no_sense_are_refused(changes, said):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), {f"latent.{name}": value for name, value in changes.items()})
    assert str(error.value).startswith(said)
