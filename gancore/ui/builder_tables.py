"""The builder's editable tables: rows of a draft to frames and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import fields
from functools import lru_cache
from typing import Any, TypeVar

import pandas as pd
import streamlit as st

from gancore.config import Choice, Dataset, Loss, RunConfig, flatten, with_changes
from gancore.metrics import METRICS
from gancore.studies.drafts import ClaimRow, FactorRow, SettingRow, VariantRow
from gancore.words import setting_in_words

Row = TypeVar("Row", SettingRow, FactorRow, VariantRow, ClaimRow)


def edit(rows: Sequence[Row], kind: type[Row], key: str) -> tuple[Row, ...]:
    """Draws a table of rows to edit, add and remove, and gives them as they are now, without empty ones."""
    edited = st.data_editor(
        frame_of(rows, kind),
        num_rows="dynamic",
        hide_index=True,
        width="stretch",
        key=key,
        column_config=_columns(kind),
    )
    return rows_of(edited, kind)


def frame_of(rows: Sequence[Row], kind: type[Row]) -> pd.DataFrame:
    """A column a field, all text."""
    names = [field.name for field in fields(kind)]
    return pd.DataFrame([[getattr(row, name) for name in names] for row in rows], columns=names, dtype=object)


def rows_of(frame: pd.DataFrame, kind: type[Row]) -> tuple[Row, ...]:
    """The rows of a frame in which anything is typed; what a new row leaves open is empty."""
    records = frame.fillna("").astype(str).to_dict("records")
    return tuple(
        kind(**{str(k): v for k, v in record.items()}) for record in records if any(map(str.strip, record.values()))
    )


@lru_cache(maxsize=1)
def settings() -> list[str]:
    """Every setting that any kind of dataset or loss has, in the order of the config."""
    paths = dict.fromkeys(path for path in flatten(RunConfig()) if path != "seed")
    families: dict[str, type[Choice]] = {"dataset": Dataset, "loss": Loss}
    for name, family in families.items():
        for kind in sorted(family.registry):
            paths |= dict.fromkeys(flatten(with_changes(RunConfig(), {f"{name}.kind": kind})))
    paths.pop("seed")
    order = {name: place for place, name in enumerate(RunConfig.model_fields)}
    return sorted(paths, key=lambda path: (order[path.split(".")[0]], not path.endswith("kind")))


def _named(path: Any) -> str:
    """A setting as everywhere on the page, and behind it as it is typed in changes."""
    return f"{setting_in_words(str(path))} ({path})"


def _columns(kind: type[Any]) -> dict[str, Any]:
    """Headings, help, and lists to choose from."""
    text, choice = st.column_config.TextColumn, st.column_config.SelectboxColumn
    if kind is SettingRow:
        return {
            "path": choice("setting", options=settings(), format_func=_named, width="medium"),
            "value": text("value", help="As on the command line, such as 256 or 16,32."),
        }
    if kind is FactorRow:
        return {
            "name": text("factor", help="A short name: a-z, 0-9 and -."),
            "path": choice(
                "setting",
                options=settings(),
                format_func=_named,
                help="What it varies. Empty for levels such as a=1 & b=2.",
            ),
            "levels": text("levels", width="medium", help="Separated by semicolons; the first is the baseline's."),
            "labels": text("labels", help="Words for the levels, separated by semicolons; or empty."),
        }
    if kind is VariantRow:
        return {
            "name": text("name", help="For links and options: a-z, 0-9 and -."),
            "label": text("label", help="For people; empty for words made from the changes."),
            "changes": text("changes", width="large", help="Such as update.kind=combined; batch_size=256."),
        }
    return {
        "text": text("claim", width="large", help="A sentence that the runs can support or refute."),
        "factor": text("factor", help="The factor that it is about; or leave it empty and fill in from and to."),
        "level": text("level", help="The factor's level, where it has more than two."),
        "before": text("from", help="A variant's name."),
        "after": text("to", help="Another variant's name."),
        "metric": choice("metric", options=list(METRICS), help="Empty for the one that the page judges by."),
        "direction": choice("direction", options=["better", "lower", "higher"], help="Empty for better."),
    }
