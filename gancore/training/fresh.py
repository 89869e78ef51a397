"""Fresh points of a distribution on the device, from the table of its patches."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from gancore.parts import streams
from gancore.parts.backend import tf
from gancore.parts.streams import Purpose


def fresh_points(table: Any, keys: Callable[[Purpose], Any], counter: Any, batch: int, dtype: str) -> Any:
    """Independent points [R, batch, 2] of tables [R, T, 9], as ``Patches.draw`` makes them (see ``Patches.table``).

    ``keys`` gives the keys [R, 2] of a purpose; with the count of a step they decide the points.
    """
    order = streams.indices(keys(Purpose.DATA_ORDER), counter, batch, table.shape[1])
    rows = tf.gather(table, order, batch_dims=1)
    uniform = streams.uniform(keys(Purpose.DATA_PLACE), counter, batch, 2, dtype) / 2 + 0.5
    normal = streams.normal(keys(Purpose.DATA_NOISE), counter, batch, 2, dtype)
    origin, first, second, spread = tf.split(rows, [2, 2, 2, 3], axis=-1)
    u, v, x, y = uniform[..., :1], uniform[..., 1:], normal[..., :1], normal[..., 1:]
    noise = tf.concat([spread[..., :1] * x, spread[..., 1:2] * x + spread[..., 2:] * y], axis=-1)
    return origin + u * first + v * second + noise
