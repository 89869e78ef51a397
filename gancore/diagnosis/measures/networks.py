"""Quantities of the discriminator at the end of a run: what it says of generated, of trained and of fresh points.

A run keeps the weights of its last step alone (a bundle a landscape in their place), so these have one value each.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from gancore.diagnosis.quantity import Found, measure
from gancore.diagnosis.seen import Seen

PROBED = 500
"""Generated points at which the discriminator is asked."""
FRESH = 2000
"""Real points of either kind at which it is asked: of the training set, and that no step saw."""
FRESH_SEED = 65_009
"""Of the real points that no step saw."""


@measure(
    "slope",
    "Gradient at generated points",
    "number",
    "Length of the gradient of the discriminator's logit at generated points: its change over the data's spread.",
)
def slope(seen: Seen) -> Found | None:
    """Median over points, at the end: the networks of the way there are not kept."""
    found = seen.slopes(seen.last[:PROBED])
    return None if found is None else float(np.median(found)) * seen.length


@measure(
    "pull",
    "Gradient of the generator's loss",
    "number",
    "Length of the gradient of the generator's loss at generated points: its change over the data's spread.",
)
def pull(seen: Seen) -> Found | None:
    """``slope`` times what the loss leaves of it; median over points, at the end. None of a loss of pairs or critics
    whose form is not known."""
    slopes, logits = seen.slopes(seen.last[:PROBED]), seen.logits(seen.last[:PROBED])
    left = LEFT.get(str(getattr(seen.config.loss, "kind", "")))
    if slopes is None or logits is None or left is None:
        return None
    return float(np.median(slopes * left(logits))) * seen.length


def _sigmoid(logits: NDArray[np.float64]) -> NDArray[np.float64]:
    return 0.5 * np.tanh(0.5 * logits) + 0.5


LEFT = {
    "non_saturating": lambda logits: _sigmoid(-logits),
    "minimax": _sigmoid,
    "hinge": np.ones_like,
    "wasserstein": np.ones_like,
}
"""Loss → size of the derivative of the generator's loss by a fake's logit."""


@measure(
    "held_out",
    "Accuracy on real points it never saw",
    "share",
    "Share of fresh points of the distribution that the discriminator takes for real.",
)
def held_out(seen: Seen) -> Found | None:
    """At the end; None where it decides nothing, or its answer depends on the batch."""
    return _taken_for_real(seen, fresh=True)


@measure(
    "trained_on",
    "Accuracy on its training points",
    "share",
    "Share of the training set that the discriminator takes for real.",
)
def trained_on(seen: Seen) -> Found | None:
    """At the end, likewise."""
    return _taken_for_real(seen, fresh=False)


def _taken_for_real(seen: Seen, fresh: bool) -> Found | None:
    config, boundary = seen.config, seen.config.loss.boundary
    if boundary is None or config.discriminator.packing > 1 or config.discriminator.of_batch:
        return None
    dataset = config.dataset
    if fresh:
        points = dataset.sample(np.random.default_rng(FRESH_SEED), FRESH).astype(np.float32)
    elif dataset.fresh:
        return None
    else:
        points = dataset.points()
        points = points[:: max(1, len(points) // FRESH)]  # some are in order
    logits = seen.logits(points)
    return None if logits is None else float((logits > boundary).mean())
