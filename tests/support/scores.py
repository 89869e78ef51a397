"""Curves, points and references to score with."""

from __future__ import annotations

import numpy as np
import pytest

from gancore.config import Dataset
from gancore.datasets import Circle, Curve
from gancore.metrics import references

QUICK = ["swd", "curve_mean", "curve_p95", "near", "coverage", "max_gap"]
EXACT = ["w1", "w1_excess", "learned"]
FINAL = ["mmd2", "energy", "precision", "recall", "density", "knn_coverage", "js_grid", "c2st"]
KEYS = [*EXACT[:2], *QUICK, *FINAL, EXACT[2]]
"""Of a curve."""
REFERENCES = {"w1": {"mean": 0.1, "low": 0.08, "high": 0.12}}
CURVES = sorted(kind for kind, member in Dataset.registry.items() if issubclass(member, Curve))
every = pytest.mark.parametrize("kind", CURVES)


def make(kind, **fields) -> Curve:
    return Dataset.registry[kind](**fields)  # type: ignore[return-value]


def reals(dataset, n=2000, seed=0):
    return dataset.sample(np.random.default_rng(seed), n)


@pytest.fixture(scope="module")
def circle_references():
    return references(Circle(), pairs=6)
