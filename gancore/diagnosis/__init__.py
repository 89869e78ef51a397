"""Why a GAN does not learn, from measured quantities: ``gancore.diagnose(run)``."""

from __future__ import annotations

# ruff: noqa: F401, I001
# pyright: reportUnusedImport=false
from gancore import plugins
from gancore.diagnosis.measures import networks, points, records
from gancore.diagnosis.quantity import MEASURES, Measure, Quantity, get_measure, measure
from gancore.diagnosis.seen import Seen
from gancore.diagnosis.base import DIAGNOSES, Case, Diagnosis, case_of, get_diagnosis, in_order

# Importing these registers them.
from gancore.diagnosis.kinds import (
    collapse,
    divergence,
    equilibrium,
    oscillation,
    overfitting,
    saturation,
    slow,
    strong,
    weak,
)
from gancore.diagnosis.findings import Findings, Finding, diagnose, found_in

__all__ = [
    "Case",
    "DIAGNOSES",
    "Diagnosis",
    "Finding",
    "Findings",
    "MEASURES",
    "Measure",
    "Quantity",
    "Seen",
    "case_of",
    "diagnose",
    "found_in",
    "get_diagnosis",
    "get_measure",
    "in_order",
    "measure",
]

# Diagnoses of plug-ins that had to wait for this package.
plugins.load()
