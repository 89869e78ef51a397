"""How sharp scores are: the noise and cost of w1 for perfect samples of each distribution, and how many are learned."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from gancore import metrics
from gancore.config import Dataset
from gancore.metrics.base import BATCHES, POINTS, SUBSET, Array, Comparison

SEED = 30


class Sharpness(NamedTuple):
    """``w1`` of perfect samples, measured in one way."""

    dataset: str
    what: str
    """``1,000 against 1,000 reals``, as random as the fakes; ``a snapshot``; ``the last snapshot``."""
    mean: float
    sd: float
    milliseconds: float
    """Processor time of one value."""
    learned: float | None
    """Share of the draws that count as learned, where this decides it."""


def every_sharpness(draws: int) -> Iterator[Sharpness]:
    """Three rows for each kind of distribution at its defaults."""
    for kind in sorted(Dataset.registry):
        yield from sharpness(Dataset.registry[kind](), draws)  # type: ignore[arg-type]  # of this family


def sharpness(dataset: Dataset, draws: int, pairs: int = 20) -> Iterator[Sharpness]:
    """The noise and cost of ``w1`` between two samples, at a snapshot and at the last one."""
    from scipy.spatial.distance import cdist

    transport = metrics.optimal_transport.load()
    references = metrics.references(dataset, pairs)
    rng = np.random.default_rng(SEED)

    def fresh(n: int) -> Array:
        return dataset.unit(dataset.ideal(rng, n))

    def between_samples() -> tuple[float, float, None]:
        fake, real = fresh(SUBSET), fresh(SUBSET)
        start = time.process_time()
        value = transport.emd2([], [], cdist(fake, real), numItermax=10**7)
        return value, time.process_time() - start, None

    def scored(more: int) -> tuple[float, float, float]:
        fake = fresh(POINTS)
        comparison = Comparison(dataset, fake, fake, references, fresh(more))
        start = time.process_time()
        value = comparison.value("w1")
        return value, time.process_time() - start, comparison.value("learned")

    ways: dict[str, Callable[[], tuple[float, float, float | None]]] = {
        f"{SUBSET:,} against {SUBSET:,} reals": between_samples,
        "a snapshot": lambda: scored(0),
        "the last snapshot": lambda: scored((BATCHES - 1) * POINTS),
    }
    for what, way in ways.items():
        values, seconds, learned = zip(*(way() for _ in range(draws)), strict=True)
        yield Sharpness(
            dataset.kind,  # type: ignore[attr-defined]
            what,
            float(np.mean(values)),
            float(np.std(values, ddof=1)),
            1000 * float(np.mean(seconds)),
            None if learned[0] is None else float(np.mean(learned)),
        )
