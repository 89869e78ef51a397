"""Keyed random streams: every draw is a function of (seed, purpose, step, position) alone.

Nothing is carried from step to step, so a draw depends neither on the lane a run trains
in nor on its company, and variants with the same seed see the same noise and data order.

A position is hashed to 32 bits by the multiply-xorshift rounds of "triple32" (C. Wellons,
hash-prospector) with one key word added before the first and one before the second
multiplication, so that two streams are not shifted copies of each other. Normal variates come
from Box and Muller (1958); logarithm, sine and cosine are polynomials made of multiplications,
additions, shifts and a square root, which XLA vectorises (the library's functions cost more
than the matrix products of a small network).
"""

from __future__ import annotations

import math
from enum import IntEnum
from typing import Any

import numpy as np

from gancore.parts.backend import tf


class Purpose(IntEnum):
    """What a stream is for; its value is part of the key and must never change."""

    DISCRIMINATOR_LATENT = 0
    GENERATOR_LATENT = 1
    DATA_ORDER = 2
    SNAPSHOT_LATENT = 3
    SCORE_REAL = 4
    GENERATOR_WEIGHTS = 5
    DISCRIMINATOR_WEIGHTS = 6
    PENALTY = 7
    DATA_POINTS = 8
    SCORE_LATENT = 10
    LABELS = 11
    INSTANCE_NOISE = 12
    GENERATOR_DROPOUT = 20
    DISCRIMINATOR_DROPOUT = 21


ON_DEVICE = (
    Purpose.DISCRIMINATOR_LATENT,
    Purpose.GENERATOR_LATENT,
    Purpose.DATA_ORDER,
    Purpose.SNAPSHOT_LATENT,
    Purpose.PENALTY,
    Purpose.DATA_POINTS,
    Purpose.LABELS,
    Purpose.INSTANCE_NOISE,
    Purpose.GENERATOR_DROPOUT,
    Purpose.DISCRIMINATOR_DROPOUT,
)
"""What is drawn on the device, in the order of its keys; the rest is drawn by numpy."""


def keys(seeds: list[int]) -> np.ndarray:
    """Keys of the device streams, uint32 [R, len(ON_DEVICE), 2]."""
    return np.stack(
        [[np.random.SeedSequence([seed, purpose]).generate_state(2) for purpose in ON_DEVICE] for seed in seeds]
    ).astype(np.uint32)


def host_stream(seed: int, purpose: Purpose, step: int = 0) -> np.random.Generator:
    """A numpy generator for draws made once or seldom (initial weights, real points for scores)."""
    return np.random.Generator(np.random.Philox(np.random.SeedSequence([seed, int(purpose), step])))


def _word(value: int) -> Any:
    return tf.constant(value, tf.uint32)


def _shift(x: Any, bits: int) -> Any:
    return tf.bitwise.right_shift(x, _word(bits))


def bits(key: Any, counter: Any, positions: Any) -> Any:
    """Hash of ``positions`` (uint32 [1, ...]) under ``key`` (uint32 [R, 2]) and a step ``counter``: uint32 [R, ...]."""
    ones = [1] * (len(positions.shape) - 1)
    # The counter enters both key words through odd multipliers, so each step has a key of its own.
    first = tf.reshape(key[:, 0] + counter * _word(0x9E3779B9), [-1, *ones])
    second = tf.reshape(key[:, 1] ^ (counter * _word(0x85EBCA6B)), [-1, *ones])
    x = positions + first
    x = (x ^ _shift(x, 17)) * _word(0xED5AD4BB)
    x = (x ^ _shift(x, 11)) + second
    x = (x ^ _shift(x, 16)) * _word(0xAC4C1B51)
    x = (x ^ _shift(x, 15)) * _word(0x31848BAB)
    return x ^ _shift(x, 14)


def indices(key: Any, counter: Any, batch: int, size: int) -> Any:
    """Positions in a data set, drawn with replacement: int32 [R, batch] in [0, size)."""
    positions = tf.cast(tf.range(batch)[None], tf.uint32)
    return tf.cast(bits(key, counter, positions) % _word(size), tf.int32)


def uniform(key: Any, counter: Any, batch: int, dim: int, dtype: Any) -> Any:
    """Uniform variates in [-1, 1]: [R, batch, dim]."""
    return _signed(bits(key, counter, _grid(batch, dim)), dtype) * 2.0


def normal(key: Any, counter: Any, batch: int, dim: int, dtype: Any) -> Any:
    """Standard normal variates: [R, batch, dim].

    The two normals of a pair sit in neighbouring rows (an odd batch drops the last row).
    """
    half = (batch + 1) // 2
    pair = _grid(half, dim) * _word(2)
    radius = _radius(bits(key, counter, pair))
    angle = bits(key, counter, pair + _word(1))
    # Cosine and sine: the same wave a quarter turn apart. One expression over both rows is one fused loop.
    turned = angle[:, :, None] - tf.constant([0, 1 << 30], tf.uint32)[None, None, :, None]
    draws = tf.reshape(radius[:, :, None] * _cosine(turned), (-1, 2 * half, dim))
    return tf.cast(draws[:, :batch], dtype)


def places(key: Any, counter: Any, batch: int, rows: int, dtype: Any) -> tuple[Any, Any, Any]:
    """What fresh points are made of: rows int32 [R, batch] in [0, rows), uniforms in [0, 1] and standard normals, both
    [R, batch, 2].

    All from one hash of five words a point, since for the few points of a step each operation costs more than numbers.
    """
    words = bits(key, counter, _grid(batch, 5))
    row = tf.cast(words[..., 0] % _word(rows), tf.int32)
    turned = words[..., 4:] - tf.constant([0, 1 << 30], tf.uint32)
    normals = tf.cast(_radius(words[..., 3:4]) * _cosine(turned), dtype)
    return row, _signed(words[..., 1:3], dtype) + 0.5, normals


def _grid(batch: int, dim: int) -> Any:
    return tf.cast(tf.reshape(tf.range(batch * dim), (1, batch, dim)), tf.uint32)


def _open_unit(x: Any) -> Any:
    """31 bits → (0, 1], relative precision kept near 0, where the normal's tail (to 6.6 σ) comes from."""
    return (tf.cast(tf.bitcast(_shift(x, 1), tf.int32), tf.float32) + 0.5) * 2.0**-31


def _radius(x: Any) -> Any:
    """32 bits → the length of a pair of standard normals."""
    return tf.sqrt(-2.0 * _log(_open_unit(x)))


def _signed(x: Any, dtype: Any) -> Any:
    """32 bits → [-0.5, 0.5]."""
    return (tf.cast(tf.bitcast(x, tf.int32), dtype) + 0.5) * 2.0**-32


_LOG = (
    -0.5000032343691118,
    0.33334714906140533,
    -0.24971228494575834,
    0.19906883187458452,
    -0.17243224946720434,
    0.16180500926127556,
    -0.10082377254445694,
)
"""(log(1 + m) - m) / m² in powers of m for 1 + m in [√½, √2]; minimax in the relative error of the logarithm, 2e-7."""

_SINE = (6.283185160089931, -41.341655031494625, 81.60100407724916, -76.54978237205904, 39.53670659322394)
"""sin(2πq) in odd powers of q in [-¼, ¼]; minimax, 3e-9. Both were fitted by Lawson's reweighted least squares."""


def _log(x: Any) -> Any:
    """Natural logarithm of float32 in (0, 1]: the exponent from the bits, a polynomial for the rest."""
    whole = tf.bitcast(x, tf.int32)
    exponent = tf.bitwise.right_shift(whole - 0x3F3504F3, 23)
    m = tf.bitcast(whole - tf.bitwise.left_shift(exponent, 23), tf.float32) - 1.0
    return (m + m * m * _series(m, _LOG)) + tf.cast(exponent, tf.float32) * math.log(2)


def _cosine(turns: Any) -> Any:
    """Cosine of a full turn cut into 2³² parts."""
    q = 0.25 - tf.abs(_signed(turns, tf.float32))
    return q * _series(q * q, _SINE)


def _series(x: Any, coefficients: tuple[float, ...]) -> Any:
    total = tf.constant(coefficients[-1], tf.float32)
    for coefficient in reversed(coefficients[:-1]):
        total = total * x + coefficient
    return total
