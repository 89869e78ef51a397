"""Whether a generator has learned its dataset."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from gancore.metrics.base import Comparison, metric
from gancore.metrics.even import spread
from gancore.parts import Dataset

MAX_EXCESS = 0.05
"""w1 of a success is at most so far above what real data scores on average, in units of the distribution's scale: as
far as a point may be from a curve to count as near it."""

MIN_COVERAGE = 0.95
"""Coverage of a success, where the support is known."""


def has_learned(
    w1_excess: ArrayLike,
    coverage: ArrayLike | None,
    max_excess: float = MAX_EXCESS,
    min_coverage: float = MIN_COVERAGE,
) -> NDArray[np.bool_]:
    """w1_excess ≤ max_excess and coverage ≥ min_coverage, elementwise; NaN is no success.

    ``coverage`` is None where the support is not known: then ``w1_excess`` alone decides.
    """
    close = np.asarray(w1_excess) <= max_excess
    return close if coverage is None else close & (np.asarray(coverage) >= min_coverage)


def explained(dataset: Dataset) -> list[str]:
    """What a reader of scores on a distribution has to know, in sentences.

    How ``learned`` is decided where no support is known, and what distances are in.
    """
    sentences: list[str] = []
    if dataset.support() is None:
        of = dataset.label[:1].lower() + dataset.label[1:]
        sentences.append(
            f"The support of {of} is not known, so the Wasserstein distance alone decides what counts as learned."
        )
    return [*sentences, *filter(None, [dataset.measure()])]


@metric(
    "learned",
    "Learned",
    "higher",
    "1 if w1 is at most 0.05 of the distribution's scale above what real data scores on average and, where the support "
    "is known, coverage is at least 0.95, else 0.",
    "gancore",
    unit="share",
    when="some",
)
def learned(comparison: Comparison) -> float:
    """1.0 for a success at the default thresholds, else 0.0; without a support w1_excess alone decides.

    The scale of a distribution that is spread out further than a unit circle is how far (``spread``).
    """
    coverage = None if comparison.dataset.support() is None else comparison.value("coverage")
    scale = max(1.0, spread(comparison.dataset))  # type: ignore[arg-type]  # frozen, so hashable
    return float(has_learned(comparison.value("w1_excess"), coverage, MAX_EXCESS * scale))
