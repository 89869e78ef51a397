"""Fresh points of a distribution on the device, from the table of its patches."""

from __future__ import annotations

from typing import Any

from gancore.parts import streams
from gancore.parts.backend import tf


def fresh_points(table: Any, key: Any, counter: Any, batch: int, dtype: str) -> Any:
    """Independent points [R, batch, 2] of tables [R, T, 9], as ``Patches.draw`` makes them (see ``Patches.table``).

    ``key`` [R, 2] and the count of a step decide them.
    """
    order, uniform, normal = streams.places(key, counter, batch, table.shape[1], dtype)
    rows: Any = tf.gather(table, order, batch_dims=1)
    origin, first, second, spread = rows[..., :2], rows[..., 2:4], rows[..., 4:6], rows[..., 6:]
    u, v, x, y = uniform[..., :1], uniform[..., 1:], normal[..., :1], normal[..., 1:]
    noise = tf.concat([spread[..., :1] * x, spread[..., 1:2] * x + spread[..., 2:] * y], axis=-1)
    return origin + u * first + v * second + noise
