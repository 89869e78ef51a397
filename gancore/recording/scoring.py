"""The score of one snapshot, the same while a run trains and when it is scored again from the store."""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache

import numpy as np

from gancore import metrics
from gancore.config import Dataset, RunConfig
from gancore.metrics import Floors, When
from gancore.parts.streams import Purpose, host_stream


def score_snapshot(
    config: RunConfig, step: int, points: np.ndarray, floors: Callable[[Dataset], Floors]
) -> dict[str, float]:
    """Metric key → value for the points [n, 2] of a step against as many fresh reals, which the seed and step decide.

    What is not computed at that step is NaN.
    """
    exact = _exact(config)  # type: ignore[arg-type]  # frozen, so hashable
    when: When = "last" if step == config.steps else "some" if step in exact else "every"
    dataset = config.dataset
    real = dataset.sample(host_stream(config.seed, Purpose.SCORE_REAL, step), len(points))
    # Asked for only where needed: of a new dataset they take seconds, and the first row should not wait for them.
    known = {} if when == "every" else floors(dataset)
    return metrics.score(dataset, points, real, known, when)  # type: ignore[arg-type]


@lru_cache(maxsize=64)
def _exact(config: RunConfig) -> frozenset[int]:
    return frozenset(metrics.needs_exact(config))
