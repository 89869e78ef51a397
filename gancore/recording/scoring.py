"""The score of one snapshot, the same while a run trains and when it is scored again from the store."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache

import numpy as np

from gancore import metrics
from gancore.config import ConfigError, Dataset, RunConfig
from gancore.metrics import References, When
from gancore.parts.streams import Purpose, host_stream
from gancore.recording.landscape import generated


def score_snapshot(
    config: RunConfig,
    step: int,
    points: np.ndarray,
    references: Callable[[Dataset], References],
    weights: Mapping[str, np.ndarray] | None = None,
) -> dict[str, float]:
    """Metric key → value for the points [n, 2] of a step against as many fresh reals, which the seed and step decide.

    What is not computed at that step is NaN. With the ``weights`` of the end (as in ``RunResult.weights``) ``w1`` of
    the last step is of more points as well, which the generator makes of latents that the seed decides.
    """
    when = kind_of(config, step)
    dataset = config.dataset
    # Asked for only where needed: of a new dataset they take seconds, and the first row should not wait for them.
    known = {} if when == "every" else references(dataset)
    if when != "last":
        return metrics.score(dataset, points, None, known, when)
    real = dataset.sample(host_stream(config.seed, Purpose.SCORE_REAL, step), len(points))
    return metrics.score(dataset, points, real, known, when, more_of(config, weights) if weights else None)


def kind_of(config: RunConfig, step: int) -> When:
    """Which kind of snapshot a step's is: the last, one with exact metrics, or any."""
    exact = _exact(config)  # type: ignore[arg-type]  # frozen, so hashable
    return "last" if step == config.steps else "some" if step in exact else "every"


def more_of(config: RunConfig, weights: Mapping[str, np.ndarray]) -> np.ndarray | None:
    """Points [n, 2] of the final generator beside its snapshot's; None where the weights are not of its shape."""
    count = (metrics.BATCHES - 1) * metrics.POINTS
    try:
        return generated(config, weights, count, host_stream(config.seed, Purpose.SCORE_LATENT))
    except ConfigError:
        return None


@lru_cache(maxsize=64)
def _exact(config: RunConfig) -> frozenset[int]:
    return frozenset(metrics.needs_exact(config))
