"""Samples → numbers: what a generator's points are judged by."""

from __future__ import annotations

# Importing these registers their metrics, in the order of tables and JSON.
from gancore.metrics import optimal_transport, support, verdict  # noqa: F401
from gancore.metrics.base import METRICS, Comparison, Metric, get_metric, metric
from gancore.metrics.evaluate import floors, needs_exact, score
from gancore.metrics.verdict import has_learned

__all__ = ["METRICS", "Comparison", "Metric", "floors", "get_metric", "has_learned", "metric", "needs_exact", "score"]
