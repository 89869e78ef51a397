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

from gancore.training.backend import tf


class Purpose(IntEnum):
    """What a stream is for; its value is part of the key and must never change."""

    DISCRIMINATOR_LATENT = 0
    GENERATOR_LATENT = 1
    DATA_ORDER = 2
    SNAPSHOT_LATENT = 3
    SCORE_LATENT = 4
    SCORE_REAL = 5
    GENERATOR_WEIGHTS = 6
    DISCRIMINATOR_WEIGHTS = 7


DEVICE_PURPOSES = 5
"""The first purposes are drawn on the device; the others by numpy."""


def keys(seeds: list[int]) -> np.ndarray:
    """Keys of the device streams, uint32 [R, DEVICE_PURPOSES, 2]."""
    return np.stack(
        [
            [np.random.SeedSequence([seed, purpose]).generate_state(2) for purpose in range(DEVICE_PURPOSES)]
            for seed in seeds
        ]
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

    The two normals of a pair sit half the dimensions apart (an odd dimension drops one).
    """
    half = (dim + 1) // 2
    pair = _grid(batch, half) * _word(2)
    radius = tf.sqrt(-2.0 * _log(_open_unit(bits(key, counter, pair))))
    sine, cosine = _sincos(_signed(bits(key, counter, pair + _word(1)), tf.float32))
    draws = tf.concat([radius * cosine, radius * sine], axis=-1)
    return tf.cast(draws if dim % 2 == 0 else draws[:, :, :dim], dtype)


def _grid(batch: int, dim: int) -> Any:
    return tf.cast(tf.reshape(tf.range(batch * dim), (1, batch, dim)), tf.uint32)


def _open_unit(x: Any) -> Any:
    """31 bits → (0, 1], relative precision kept near 0, where the normal's tail (to 6.6 σ) comes from."""
    return (tf.cast(tf.bitcast(_shift(x, 1), tf.int32), tf.float32) + 0.5) * 2.0**-31


def _signed(x: Any, dtype: Any) -> Any:
    """32 bits → [-0.5, 0.5]."""
    return (tf.cast(tf.bitcast(x, tf.int32), dtype) + 0.5) * 2.0**-32


def _log(x: Any) -> Any:
    """Natural logarithm of float32 in (0, 1], to 1 ulp (Cephes ``logf``: exponent by bits, polynomial on [√½, √2])."""
    whole = tf.bitcast(x, tf.int32)
    exponent = tf.bitwise.right_shift(whole - 0x3F3504F3, 23)
    m = tf.bitcast(whole - tf.bitwise.left_shift(exponent, 23), tf.float32) - 1.0
    series = tf.constant(7.0376836292e-2)
    for coefficient in (
        -1.1514610310e-1,
        1.1676998740e-1,
        -1.2420140846e-1,
        1.4249322787e-1,
        -1.6668057665e-1,
        2.0000714765e-1,
        -2.4999993993e-1,
        3.3333331174e-1,
    ):
        series = series * m + coefficient
    squared = m * m
    e = tf.cast(exponent, tf.float32)
    # ln 2 in two pieces, so that adding a large multiple keeps the low bits.
    return (m + (squared * m * series - 0.5 * squared + e * -2.12194440e-4)) + e * 0.693359375


def _sincos(turns: Any) -> tuple[Any, Any]:
    """Sine and cosine of 2π·turns, turns in [-½, ½], by Taylor series of the half angle."""
    y = turns * math.pi
    z = y * y
    sine = y * _series(z, [(-1) ** k / math.factorial(2 * k + 1) for k in range(7)])
    cosine = _series(z, [(-1) ** k / math.factorial(2 * k) for k in range(8)])
    return 2.0 * sine * cosine, 1.0 - 2.0 * sine * sine


def _series(z: Any, coefficients: list[float]) -> Any:
    total = tf.constant(coefficients[-1], tf.float32)
    for coefficient in reversed(coefficients[:-1]):
        total = total * z + coefficient
    return total
