"""Drafts: a study as its builder edits it, text in tables; checked whole, and carried by a link."""

from __future__ import annotations

from gancore.studies.drafts.distributions import WRITTEN, distribution_factor
from gancore.studies.drafts.known import every_setting, known_settings, known_study
from gancore.studies.drafts.links import decode_known, decode_study, encode_study
from gancore.studies.drafts.problems import problems, study_of
from gancore.studies.drafts.rows import ClaimRow, Draft, FactorRow, SettingRow, VariantRow
from gancore.studies.drafts.text import draft_from_settings, draft_of, settings_of_link, text_of

__all__ = [
    "WRITTEN",
    "ClaimRow",
    "Draft",
    "FactorRow",
    "SettingRow",
    "VariantRow",
    "decode_known",
    "decode_study",
    "distribution_factor",
    "draft_from_settings",
    "draft_of",
    "encode_study",
    "every_setting",
    "known_settings",
    "known_study",
    "problems",
    "settings_of_link",
    "study_of",
    "text_of",
]
