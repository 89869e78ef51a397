"""Studies: a question, the variants that answer it, and what the store has of them."""

from __future__ import annotations

from gancore.studies.files import load_study, parse_study, shipped_studies, study_text
from gancore.studies.frames import curves, pick_seed, run_table, runs_of, study_table
from gancore.studies.labels import label_of, labels_of
from gancore.studies.statistics import interquartile_mean, success_rate, summarise
from gancore.studies.study import Study, Variant

__all__ = [
    "Study",
    "Variant",
    "curves",
    "interquartile_mean",
    "label_of",
    "labels_of",
    "load_study",
    "parse_study",
    "pick_seed",
    "run_table",
    "runs_of",
    "shipped_studies",
    "study_table",
    "study_text",
    "success_rate",
    "summarise",
]
