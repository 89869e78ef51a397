"""Targets on the device: the points of a distribution that belong to latent vectors."""

from __future__ import annotations

from typing import Any

from gancore.parts.backend import tf

MOST = 4
"""Numbers that a point is a function of, at most: where along, where across, and two of its noise."""
EDGE = 1e-6
"""Shares are kept so far from 0 and 1 before they become normal numbers, which end at 4.75 standard deviations."""


def targets(table: Any, across: Any, shares: Any) -> Any:
    """Points [R, B, 2] by ``Quantiles``, of shares [R, B, up to 4] in [0, 1], tables [R, T, 10] and ``across`` [R].

    Numbers that are left out stand in the middle of what they would decide.
    """
    rows, dtype = table.shape[1], shares.dtype
    shares = tf.pad(shares, [[0, 0], [0, 0], [0, MOST - shares.shape[2]]], constant_values=0.5)
    across = tf.reshape(across, [-1, 1, 1])
    place, u = _cut(shares[..., :1], rows / across)
    beside, w = _cut(shares[..., 1:2], across)
    row = tf.cast(place * across + beside, tf.int32)[..., 0]
    of_noise = tf.where(across > 1, shares[..., 2:4], shares[..., 1:3])
    normal = tf.math.ndtri(tf.clip_by_value(of_noise, EDGE, 1 - EDGE))
    vectors = tf.cast(tf.gather(table, row, batch_dims=1), dtype)
    factors = [u, w, normal[..., :1], normal[..., 1:]]
    return vectors[..., :2] + sum(factor * vectors[..., 2 * k + 2 : 2 * k + 4] for k, factor in enumerate(factors))


def _cut(share: Any, pieces: Any) -> tuple[Any, Any]:
    """Of shares in [0, 1]: which of so many equal pieces, and how far within it, in [0, 1]."""
    whole = share * pieces
    piece = tf.minimum(tf.floor(whole), pieces - 1)
    return piece, whole - piece
