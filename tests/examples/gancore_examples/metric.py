"""A metric."""

from __future__ import annotations

import numpy as np

from gancore.metrics import metric


@metric("mean_radius", "Mean radius", "higher", "Mean distance of the fakes from the origin.", "the example plug-in")
def mean_radius(comparison):
    """Of unit points."""
    return float(np.hypot(*comparison.fake.T).mean())
