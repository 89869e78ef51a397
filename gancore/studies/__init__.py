"""Studies: a question and the variants that answer it; designs, files, links and labels."""

from __future__ import annotations

from gancore.studies.design import MAX_SEEDS, Budget, Claim, Design, Factor, Level
from gancore.studies.drafts import decode_study, encode_study
from gancore.studies.files import finished_studies, known_studies, load_study, parse_study, shipped_studies, study_text
from gancore.studies.labels import label_of, labels_of
from gancore.studies.point_files import hash_of
from gancore.studies.study import Study
from gancore.studies.variants import Variant

__all__ = [
    "MAX_SEEDS",
    "Budget",
    "Claim",
    "Design",
    "Factor",
    "Level",
    "Study",
    "Variant",
    "decode_study",
    "encode_study",
    "finished_studies",
    "known_studies",
    "hash_of",
    "label_of",
    "labels_of",
    "load_study",
    "parse_study",
    "shipped_studies",
    "study_text",
]
