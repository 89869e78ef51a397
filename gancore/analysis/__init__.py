"""What the runs of a study say: frames of runs, estimates with intervals, effects, claims with verdicts, and words."""

from __future__ import annotations

from gancore.analysis.analysis import Analysis, analysis_of
from gancore.analysis.claims import claim_variants
from gancore.analysis.conclusions import Conclusion, conclusions
from gancore.analysis.confounds import confounds
from gancore.analysis.frames import PICKS, analyze, curves, pick_seed, run_table, runs_of, study_table
from gancore.analysis.packing import pack_study
from gancore.analysis.plain import analysis_from, frame_of, plain_analysis, tidy
from gancore.analysis.rows import Cell, ClaimRow, EffectRow, View
from gancore.analysis.sentences import Judged, claim_sentences, judged

__all__ = [
    "PICKS",
    "Analysis",
    "Conclusion",
    "analysis_of",
    "analyze",
    "judged",
    "Judged",
    "Cell",
    "ClaimRow",
    "EffectRow",
    "View",
    "analysis_from",
    "claim_sentences",
    "claim_variants",
    "conclusions",
    "confounds",
    "curves",
    "frame_of",
    "pack_study",
    "pick_seed",
    "plain_analysis",
    "run_table",
    "runs_of",
    "study_table",
    "tidy",
]
