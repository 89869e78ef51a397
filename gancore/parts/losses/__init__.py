"""GAN losses on logits: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

from gancore.parts.losses.critics import Hinge, Wasserstein
from gancore.parts.losses.cross_entropy import Minimax, NonSaturating
from gancore.parts.losses.least_squares import LeastSquares
from gancore.parts.losses.pointwise import PointwiseLoss, with_flips
from gancore.parts.losses.relativistic import Relativistic, RelativisticAverage
from gancore.parts.losses.supervised import Supervised

__all__ = [
    "Hinge",
    "LeastSquares",
    "Minimax",
    "NonSaturating",
    "PointwiseLoss",
    "Relativistic",
    "RelativisticAverage",
    "Supervised",
    "Wasserstein",
    "with_flips",
]
