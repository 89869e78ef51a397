"""Studies: a question, the variants that answer it, and what the store has of them."""

from __future__ import annotations

from gancore.studies.analysis import Analysis, analysis_of
from gancore.studies.claims import claim_variants
from gancore.studies.conclusions import Conclusion, conclusions
from gancore.studies.confounds import confounds
from gancore.studies.design import MAX_SEEDS, Budget, Claim, Design, Factor, Level
from gancore.studies.drafts import decode_study, encode_study
from gancore.studies.files import known_studies, load_study, parse_study, shipped_studies, study_text
from gancore.studies.findings import claim_records, claim_sentences, findings
from gancore.studies.frames import PICKS, analyze, curves, pick_seed, run_table, runs_of, study_table
from gancore.studies.labels import label_of, labels_of
from gancore.studies.packing import pack_study
from gancore.studies.plain import frame_of, plain_analysis, tidy
from gancore.studies.study import Study, Variant

__all__ = [
    "MAX_SEEDS",
    "PICKS",
    "Analysis",
    "Budget",
    "Claim",
    "Conclusion",
    "Design",
    "Factor",
    "Level",
    "Study",
    "Variant",
    "analysis_of",
    "analyze",
    "claim_records",
    "claim_sentences",
    "claim_variants",
    "conclusions",
    "confounds",
    "curves",
    "decode_study",
    "encode_study",
    "findings",
    "frame_of",
    "known_studies",
    "label_of",
    "labels_of",
    "load_study",
    "pack_study",
    "parse_study",
    "pick_seed",
    "plain_analysis",
    "run_table",
    "runs_of",
    "shipped_studies",
    "study_table",
    "study_text",
    "tidy",
]
