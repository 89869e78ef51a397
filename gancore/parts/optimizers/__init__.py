"""Optimizers for R runs at once: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

from gancore.parts.backend import lanes
from gancore.parts.optimizers.adam import Adam, AdamW, AMSGrad, Nadam, OptimisticAdam
from gancore.parts.optimizers.descent import SGD, Adagrad, Lion, RMSprop

__all__ = ["SGD", "AMSGrad", "Adagrad", "Adam", "AdamW", "Lion", "Nadam", "OptimisticAdam", "RMSprop", "lanes"]
