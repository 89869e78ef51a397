"""How sharp scores are: the noise and cost of w1 for perfect samples of each distribution, and how many are learned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from gancore import metrics
from gancore.config import Dataset
from gancore.metrics.base import BATCHES, POINTS, SUBSET, Array, Comparison


class Sharpness(NamedTuple):
    """Values of one metric for perfect samples."""

    dataset: str
    what: str
    """``two samples`` (1,000 fakes and 1,000 reals at random), ``snapshot``, or ``last``."""
    mean: float
    sd: float
    milliseconds: float
    """Processor time of one value."""
    learned: float
    """Share of the draws that are learned by it, where it says so, else NaN."""


def sharpness(dataset: Dataset, draws: int) -> Iterator[Sharpness]:
    """The noise of ``w1`` between two samples, at a snapshot and at the last one, and the share that is learned."""
    floors = metrics.floors(dataset)
    rng = np.random.default_rng(30)

    def fresh(n: int) -> Array:
        return dataset.unit(dataset.sample(rng, n))

    def two_samples() -> tuple[Comparison, float]:
        from scipy.spatial.distance import cdist

        fake, real = fresh(SUBSET), fresh(SUBSET)
        start = time.process_time()
        value = metrics.optimal_transport.load().emd2([], [], cdist(fake, real), numItermax=10**7)
        spent.append(time.process_time() - start)
        return Comparison(dataset, fake, real, floors), value

    def scored(more: int) -> tuple[Comparison, float]:
        fake = fresh(POINTS)
        comparison = Comparison(dataset, fake, fake, floors, fresh(more))
        start = time.process_time()
        value = comparison.value("w1")
        spent.append(time.process_time() - start)
        return comparison, value

    ways: dict[str, Callable[[], tuple[Comparison, float]]] = {
        "two samples": two_samples,
        "snapshot": lambda: scored(0),
        "last": lambda: scored((BATCHES - 1) * POINTS),
    }
    for what, way in ways.items():
        spent: list[float] = []
        found = [way() for _ in range(draws)]
        values = [value for _, value in found]
        learned = np.nan if what == "two samples" else np.mean([one.value("learned") for one, _ in found])
        yield Sharpness(
            dataset.kind,  # type: ignore[attr-defined]
            what,
            float(np.mean(values)),
            float(np.std(values, ddof=1)),
            1000 * float(np.mean(spent)),
            float(learned),
        )
