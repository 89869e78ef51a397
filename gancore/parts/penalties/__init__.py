"""Penalties on the discriminator: one class each, with a ``kind``, registers itself."""

from __future__ import annotations

from gancore.parts.penalties.around_target import Dragan, GradientPenalty
from gancore.parts.penalties.slopes import SlopePenalty, lengths, squared_slope, squared_slopes
from gancore.parts.penalties.zero_centred import R1, R1R2, R2, NoPenalty

__all__ = [
    "R1",
    "R1R2",
    "R2",
    "Dragan",
    "GradientPenalty",
    "NoPenalty",
    "SlopePenalty",
    "lengths",
    "squared_slope",
    "squared_slopes",
]
