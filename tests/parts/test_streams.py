"""Keyed noise: distribution, independence, and what it is keyed by."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats

ROWS, DIM, COUNTS, SEEDS = 256, 128, 80, (0, 1, 2, 3)


@pytest.fixture(scope="module")
def draws() -> np.ndarray:
    """Normals [counts, seeds, rows, dim], 10.5 million, and none of them from a library's generator."""
    import tensorflow as tf

    from gancore.parts import streams

    normal = tf.function(lambda key, count: streams.normal(key, count, ROWS, DIM, "float32"), jit_compile=True)
    key = tf.constant(streams.keys(list(SEEDS))[:, 0])
    return np.stack([normal(key, tf.constant(count, tf.uint32)).numpy() for count in range(COUNTS)]).astype(np.float64)


def test_draws_are_standard_normal(draws):
    z = draws.ravel()
    assert stats.kstest(z, "norm").pvalue > 1e-3
    for power, mean, deviation in ((1, 0, 1), (2, 1, 2**0.5), (3, 0, 15**0.5), (4, 3, 96**0.5)):
        assert abs((z**power).mean() - mean) < 4.5 * deviation / z.size**0.5
    for edge in (2, 3, 4, 5):
        expected = z.size * 2 * stats.norm.sf(edge)
        assert abs((np.abs(z) > edge).sum() - expected) < 4.5 * expected**0.5
    assert 4.5 < np.abs(z).max() < 6.7


def test_draws_are_independent(draws):
    pairs = {
        "runs": (draws[:, 0], draws[:, 1]),
        "steps": (draws[:-1], draws[1:]),
        "rows": (draws[:, :, :-1], draws[:, :, 1:]),
        "dimensions": (draws[..., :-1], draws[..., 1:]),
        "the two normals of a pair": (draws[:, :, ::2], draws[:, :, 1::2]),
    }
    for name, (a, b) in pairs.items():
        assert abs((a * b).mean()) * a.size**0.5 < 4.5, name
        assert abs(((a**2 - 1) * (b**2 - 1)).mean()) / 2 * a.size**0.5 < 4.5, name


def test_streams_are_keyed_by_seed_purpose_and_count_alone():
    import tensorflow as tf

    from gancore.parts import streams

    keys = streams.keys([5, 9])
    assert keys.shape == (2, len(streams.ON_DEVICE), 2)
    assert len(np.unique(keys[..., 0])) == keys[..., 0].size
    few = streams.normal(tf.constant(keys[:, 0]), tf.constant(3, tf.uint32), 8, 6, "float32").numpy()
    swapped = streams.normal(tf.constant(keys[::-1, 0]), tf.constant(3, tf.uint32), 8, 6, "float32").numpy()
    more = streams.normal(tf.constant(keys[:, 0]), tf.constant(3, tf.uint32), 32, 6, "float32").numpy()
    np.testing.assert_array_equal(few, swapped[::-1])
    np.testing.assert_array_equal(few, more[:, :8])


def test_odd_dimensions_uniforms_and_indices_stay_in_range():
    import tensorflow as tf

    from gancore.parts import streams

    key, count = tf.constant(streams.keys([0])[:, 0]), tf.constant(1, tf.uint32)
    assert streams.normal(key, count, 5, 3, "float32").shape == (1, 5, 3)
    uniform = streams.uniform(key, count, 2000, 16, "float32").numpy()
    assert np.abs(uniform).max() <= 1
    assert stats.kstest(uniform.ravel(), "uniform", (-1, 2)).pvalue > 1e-3
    order = streams.indices(key, count, 50_000, 100).numpy()
    assert order.min() == 0
    assert order.max() == 99
    assert stats.chisquare(np.bincount(order.ravel())).pvalue > 1e-3


def test_the_polynomials_match_the_library():
    import tensorflow as tf

    from gancore.parts import streams

    x = np.concatenate([np.linspace(2.0**-32, 1, 100_001), 2.0 ** -np.arange(33)]).astype(np.float32)
    np.testing.assert_allclose(streams._log(tf.constant(x)).numpy(), np.log(x.astype(np.float64)), rtol=3e-7, atol=1e-7)
    turns = np.arange(0, 2**32, 40_009, dtype=np.uint32)
    expected = np.cos(2 * np.pi * turns.astype(np.float64) / 2**32)
    np.testing.assert_allclose(streams._cosine(tf.constant(turns)).numpy(), expected, atol=6e-7)
