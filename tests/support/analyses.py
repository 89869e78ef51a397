"""Simulated studies and their runs."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
from support.simulated import FACTORS

from gancore.analysis.effects import effects_of
from gancore.studies import Study, parse_study

STUDIES, SEEDS = 1_000, 10
FACTORIAL = """
name = "sim"
title = "Simulated"
question = "Is it?"
seeds = 10
"""
FACTORIAL += FACTORS + "".join(f'[[claim]]\ntext = "{name} helps"\nfactor = "{name}"\n' for name in "abcd")

NAMED = """
name = "named"
title = "Named"
question = "Is it?"
seeds = 10
[[variant]]
name = "baseline"
[[variant]]
name = "small"
set = {"generator.hidden" = [16, 32]}
[[variant]]
name = "big"
set = {batch_size = 256}
"""
"""Three variants without factors."""


def weights() -> np.ndarray:
    """[10 effects, 16 cells] of the 2⁴."""
    return np.array([effect.weights for effect in effects_of(parse_study(FACTORIAL).design)])


def runs(study: Study, values: np.ndarray, **changed: object) -> pd.DataFrame:
    """A frame like ``run_table``'s; values [variants, seeds]; ``changed``: (variant number, seed) → status."""
    states: dict = changed.get("states", {})  # type: ignore[assignment]
    rows = [
        {
            "variant": variant.name,
            "label": variant.label,
            "seed": seed,
            "run_id": f"{i}-{seed}",
            "status": states.get((i, seed), "finished"),
            "learned": float(values[i, seed] < 0.1),
            "w1_excess": math.nan if states.get((i, seed)) == "missing" else values[i, seed],
        }
        for i, variant in enumerate(study.variants)
        for seed in range(values.shape[1])
    ]
    return pd.DataFrame(rows)
