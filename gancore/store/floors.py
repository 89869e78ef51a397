"""Floors (what fresh real data scores) and ceilings (a collapsed generator) as JSON, found by dataset."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any

from gancore.config import RESULTS_VERSION, Dataset, quoted
from gancore.config.plain import is_table
from gancore.metrics import METRICS_VERSION
from gancore.parts import identity
from gancore.store.codec import canonical, checksum, plain
from gancore.store.errors import Damaged
from gancore.store.plain import parse_json

Floors = dict[str, dict[str, float]]
"""Metric key → ``mean``, ``low``, ``high``."""
Ceilings = dict[str, dict[str, float]]
"""``one_point`` and ``mean`` → metric key → score of a generator collapsed there."""


def floors_key(dataset: Dataset) -> str:
    """SHA-256 of everything that decides a dataset's floors and ceilings.

    They are of fresh points in unit coordinates, so neither where the shape lies makes a difference nor what of it is
    trained on.
    """
    without = ("scale", "placement", "size", "seed", "fresh")
    shape = {name: value for name, value in identity(dataset).items() if name not in without}
    decides = {"dataset": shape, "results_version": RESULTS_VERSION, "metrics_version": METRICS_VERSION}
    return checksum(canonical(decides))


def parse_floors(content: Any) -> Floors:
    """JSON content → floors (or ceilings), None read as NaN; raises Damaged."""
    if not is_table(content) or len(content) > 100:
        raise Damaged("the floors are not a JSON object of metrics")
    floors: Floors = {}
    for key, floor in content.items():
        if not is_table(floor) or len(floor) > 100:
            raise Damaged(f"the floor of {quoted(key)} is not a JSON object")
        for value in floor.values():
            if isinstance(value, bool) or not isinstance(value, int | float | None):
                raise Damaged(f"the floor of {quoted(key)} is not a number")
        floors[key] = {name: math.nan if value is None else float(value) for name, value in floor.items()}
    return floors


def write_floors(values: Mapping[str, Mapping[str, float]]) -> bytes:
    """JSON with its own checksum."""
    content = plain(values)
    return canonical({"floors": content, "sha256": checksum(canonical(content))})


def read_floors(data: bytes) -> Floors:
    """What ``write_floors`` wrote; raises Damaged."""
    content = parse_json(data)
    if not is_table(content) or content.get("sha256") != checksum(canonical(content.get("floors"))):
        raise Damaged("the floors have changed since they were written")
    return parse_floors(content["floors"])
