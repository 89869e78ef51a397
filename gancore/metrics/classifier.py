"""The classifier two-sample test: how well fakes and reals can be told apart."""

from __future__ import annotations

import numpy as np

from gancore.metrics.base import NEIGHBOURS, Comparison, metric


@metric(
    "c2st",
    "Classifier accuracy",
    "lower",
    "Accuracy of a 5-nearest-neighbour classifier, real or fake, trained on half of 2,000 fakes and 2,000 fresh reals, "
    "on the other half: 0.5 where they cannot be told apart, near 1 beside any thin support.",
    "Lopez-Paz and Oquab 2017, section 3",
    unit="share",
    when="last",
)
def c2st(comparison: Comparison) -> float:
    """Held-out accuracy on the halves of a fixed split of fakes [n, 2] and reals [n, 2]."""
    from scipy.spatial import KDTree

    order = np.random.default_rng(0).permutation(len(comparison.fake))
    held_out, known = np.array_split(order, 2)
    tree = KDTree(np.concatenate([comparison.fake[known], comparison.real[known]]))
    asked = np.concatenate([comparison.fake[held_out], comparison.real[held_out]])
    _, neighbours = tree.query(asked, k=NEIGHBOURS)
    called_fake = (neighbours < len(known)).sum(axis=1) > NEIGHBOURS / 2
    is_fake = np.arange(len(asked)) < len(held_out)
    return float((called_fake == is_fake).mean())
