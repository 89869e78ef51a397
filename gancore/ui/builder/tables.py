"""The builder's editable tables: rows of a draft to frames and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from gancore.metrics import METRICS
from gancore.recipes import KEY
from gancore.studies.drafts import ClaimRow, FactorRow, SettingRow, VariantRow, every_setting
from gancore.words import setting_in_words

SETTING = 440
"""Pixels of a setting: the longest is ``Discriminator schedule warmup (d_optimizer.schedule.warmup)``."""
WRAPPED = 66
"""Pixels of a row whose sentence takes up to three lines; Streamlit wraps in rows of more than 64 alone."""
Row = TypeVar("Row", SettingRow, FactorRow, VariantRow, ClaimRow)


def edit(rows: Sequence[Row], kind: type[Row], key: str) -> tuple[Row, ...]:
    """Draws a table of rows to edit, add and remove, and gives them as they are now, without empty ones."""
    edited = st.data_editor(
        frame_of(rows, kind),
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        row_height=WRAPPED if kind is ClaimRow else None,
        key=key,
        column_config=_columns(kind),
    )
    return rows_of(edited, kind)


def frame_of(rows: Sequence[Row], kind: type[Row]) -> pd.DataFrame:
    """A column per field, all text."""
    names = [field.name for field in fields(kind)]
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names, dtype=object)


def rows_of(frame: pd.DataFrame, kind: type[Row]) -> tuple[Row, ...]:
    """The rows of a frame in which anything is typed; what a new row leaves open is empty."""
    records = frame.fillna("").astype(str).to_dict("records")
    return tuple(
        kind(**{str(k): v for k, v in record.items()}) for record in records if any(map(str.strip, record.values()))
    )


def named(path: Any) -> str:
    """A setting as everywhere on the page, and behind it as it is typed in changes."""
    return f"{setting_in_words(str(path))} ({path})"


def _columns(kind: type[Any]) -> dict[str, Any]:
    """Headings, help, and lists to choose from."""
    text, choice = st.column_config.TextColumn, st.column_config.SelectboxColumn
    if kind is SettingRow:
        return {
            "path": choice("setting", options=every_setting(), format_func=named, width=SETTING),
            "value": text("value", help="Written as on the command line, such as 256 or 16,32."),
        }
    if kind is FactorRow:
        return {
            "name": text("factor", width=140, help="A short name: a-z, 0-9 and -."),
            "path": choice(
                "setting",
                options=[KEY, *every_setting()],
                format_func=named,
                width=SETTING,
                help="The setting that varies, or recipe, whose levels are names of recipes. Leave it empty if a level "
                "sets several settings: a=1 & b=2.",
            ),
            "levels": text("levels", width="medium", help="Separated by semicolons. The first level is the baseline."),
            "labels": text("labels", help="Names for the levels, separated by semicolons. Optional."),
        }
    if kind is VariantRow:
        return {
            "name": text("name", width=230, help="Used in links and options: a-z, 0-9 and -."),
            "label": text("label", width=300, help="The name shown on charts. If empty, it is made from the changes."),
            "changes": text(
                "changes", width="large", help="For example update.kind=combined; batch_size=256, or recipe=ns-r1."
            ),
        }
    return {
        "text": text("claim", width=430, help="A sentence that the runs can support or refute."),
        "factor": text(
            "factor",
            help="The factor that the claim is about. Leave it empty to compare two variants with from and to.",
        ),
        "level": text("level", help="Which level, if the factor has more than two."),
        "before": text("from", help="The name of the variant to compare with."),
        "after": text("to", help="The name of the variant that should differ."),
        "metric": choice("metric", options=list(METRICS), help="If empty, the metric chosen on the page."),
        "direction": choice("direction", options=["better", "lower", "higher"], help="If empty, better."),
    }
