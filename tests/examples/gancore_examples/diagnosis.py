"""A diagnosis."""

from __future__ import annotations

import numpy as np

from gancore.diagnosis import Diagnosis, measure


@measure("left", "Share on the left", "share", "Share of generated points to the left of the data's centre.")
def left(seen):
    """Of every snapshot."""
    return seen.snapshot_steps, np.mean(seen.points[..., 0] < 0, axis=1)


class OneSided(Diagnosis):
    """Nearly all generated points lie on one side of the data's centre."""

    kind = "one_sided"
    label = "One-sided"
    order = 55
    shown = "left"
    healthy = "as many on the left as of the data"

    most: float = 0.9
    """Share on one side; of the data it is about half."""

    def applies(self, case):
        """On either side."""
        return not case.learned and not 1 - self.most < case.value("left") < self.most

    def sentence(self, case):
        """How many."""
        return f"{case.value('left'):.0%} of the generated points lie left of the data's centre."
