"""References (what fresh real data scores) and collapsed values (a collapsed generator's) as JSON, by dataset."""

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

References = dict[str, dict[str, float]]
"""Metric key → ``mean``, ``low``, ``high``."""
Collapsed = dict[str, dict[str, float]]
"""``one_point`` and ``mean`` → metric key → score of a generator collapsed there."""


def references_key(dataset: Dataset) -> str:
    """SHA-256 of everything that decides a dataset's references and collapsed values.

    They are of fresh points in unit coordinates, so neither where the shape lies makes a difference nor what of it is
    trained on.
    """
    without = ("scale", "placement", "size", "seed", "fresh")
    shape = {name: value for name, value in identity(dataset).items() if name not in without}
    decides = {"dataset": shape, "results_version": RESULTS_VERSION, "metrics_version": METRICS_VERSION}
    return checksum(canonical(decides))


def parse_references(content: Any) -> References:
    """JSON content → references (or collapsed values), None read as NaN; raises Damaged."""
    if not is_table(content) or len(content) > 100:
        raise Damaged("the references are not a JSON object of metrics")
    references: References = {}
    for key, reference in content.items():
        if not is_table(reference) or len(reference) > 100:
            raise Damaged(f"the reference of {quoted(key)} is not a JSON object")
        for value in reference.values():
            if isinstance(value, bool) or not isinstance(value, int | float | None):
                raise Damaged(f"the reference of {quoted(key)} is not a number")
        references[key] = {name: math.nan if value is None else float(value) for name, value in reference.items()}
    return references


def write_references(values: Mapping[str, Mapping[str, float]]) -> bytes:
    """JSON with its own checksum."""
    content = plain(values)
    return canonical({"floors": content, "sha256": checksum(canonical(content))})


def read_references(data: bytes) -> References:
    """What ``write_references`` wrote; raises Damaged."""
    content = parse_json(data)
    if not is_table(content) or content.get("sha256") != checksum(canonical(content.get("floors"))):
        raise Damaged("the references have changed since they were written")
    return parse_references(content["floors"])
