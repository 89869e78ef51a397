"""Samples → numbers: what a generator's points are judged by."""

from __future__ import annotations

# ruff: noqa: F401, I001
# pyright: reportUnusedImport=false
# Importing these registers their metrics, in the order of tables and JSON.
from gancore import plugins
from gancore.metrics import optimal_transport, support, area, mixture, two_sample, neighbours, grid, classifier, verdict
from gancore.metrics.base import (
    BATCHES,
    METRICS,
    POINTS,
    WITHOUT,
    Comparison,
    References,
    Measured,
    Metric,
    When,
    applicable,
    get_metric,
    lacking,
    lacking_in_words,
    metric,
)
from gancore.metrics.evaluate import METRICS_VERSION, needs_exact, score
from gancore.metrics.references import Progress, collapsed, references
from gancore.metrics.verdict import explained, has_learned


def load() -> None:
    """Import what only some metrics need (about 1 s), so that the first score does not wait for it."""
    import scipy.spatial

    optimal_transport.load()


__all__ = [
    "BATCHES",
    "METRICS",
    "METRICS_VERSION",
    "Measured",
    "POINTS",
    "Progress",
    "WITHOUT",
    "Comparison",
    "References",
    "Metric",
    "When",
    "applicable",
    "collapsed",
    "explained",
    "references",
    "get_metric",
    "has_learned",
    "lacking",
    "lacking_in_words",
    "load",
    "metric",
    "needs_exact",
    "score",
]

# Metrics of plug-ins that had to wait for this package.
plugins.load()
