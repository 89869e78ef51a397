"""Layers of the networks: one file each, with the settings that a configuration gives it."""

from __future__ import annotations

from gancore.parts.layers.base import Array, Layer, Look, Start
from gancore.parts.layers.dense import SpectralNorm
from gancore.parts.layers.dropout import multipliers
from gancore.parts.layers.ends import packed
from gancore.parts.layers.fourier import Fourier
from gancore.parts.layers.minibatch import Minibatch, MinibatchDiscrimination, MinibatchStd, NoMinibatch
from gancore.parts.layers.norms import BatchNorm, LayerNorm, NoNorm, Norm

__all__ = [
    "Array",
    "BatchNorm",
    "Fourier",
    "Layer",
    "LayerNorm",
    "Look",
    "Minibatch",
    "MinibatchDiscrimination",
    "MinibatchStd",
    "NoMinibatch",
    "NoNorm",
    "Norm",
    "SpectralNorm",
    "Start",
    "multipliers",
    "packed",
]
