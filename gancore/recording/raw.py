"""The raw generator of a run whose weights are averaged: the one that was trained, beside the averaged one.

The averaged generator is the run's generator, so its points, scores and weights have the names that every run's have.
What is of the raw one has ``raw_`` before them: ``raw_w1``, ``raw_generator/0/kernel``.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

RAW = "raw_"
RAW_GENERATOR = f"{RAW}generator"


def raw_scores(scores: Mapping[str, float]) -> dict[str, float]:
    """Scores of the raw generator under their names in a run's."""
    return {f"{RAW}{key}": value for key, value in scores.items()}


def raw_weights(weights: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """A run's weights with the raw generator in the place of the averaged one; empty where there is none."""
    raw = {name.removeprefix(RAW): value for name, value in weights.items() if name.startswith(f"{RAW_GENERATOR}/")}
    return raw and {name: value for name, value in weights.items() if name.startswith("discriminator/")} | raw
