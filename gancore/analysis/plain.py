"""An analysis as plain data and back: one JSON object, or one table with a line an interval."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gancore.analysis.analysis import Analysis
from gancore.analysis.rows import VIEWS, Cell, ClaimRow, EffectRow, Failure
from gancore.config import ConfigError
from gancore.store.codec import plain

if TYPE_CHECKING:
    import pandas as pd
    from pydantic import TypeAdapter


def plain_analysis(analysis: Analysis) -> dict[str, Any]:
    """An analysis as JSON types; None for what is not a finite number.

    Each claim's views are objects of estimate, low, high and verdict, or None where the study has no such view.
    """
    return {
        "study": analysis.study,
        "metric": analysis.metric,
        "better": analysis.better,
        "seeds": analysis.seeds,
        "datasets": list(analysis.datasets),
        "cells": plain([asdict(row) for row in analysis.cells]),
        "effects": plain([asdict(row) for row in analysis.effects]),
        "claims": plain([_plain_claim(row) for row in analysis.claims]),
        "failures": plain([asdict(row) for row in analysis.failures]),
        "notes": list(analysis.notes),
    }


def _plain_claim(row: ClaimRow) -> dict[str, Any]:
    """A claim's row with its verdict, and with its views at the end."""
    content = asdict(row)
    needs, views = content.pop("needs"), {name: content.pop(name) for name in VIEWS}
    return content | {"verdict": row.verdict, "needs": needs} | views


def analysis_from(content: Mapping[str, Any]) -> Analysis:
    """The analysis that ``plain_analysis`` gave as plain data; what is not known there is NaN. Raises ConfigError."""
    from pydantic import ValidationError

    try:
        return _reader().validate_python(content)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        path = ".".join(map(str, ("analysis", *first["loc"])))
        raise ConfigError.refused(path, first["input"], first["msg"]) from None


@lru_cache(maxsize=1)
def _reader() -> TypeAdapter[Analysis]:
    from pydantic import TypeAdapter

    return TypeAdapter(Analysis)


def frame_of(rows: Sequence[Cell] | Sequence[EffectRow] | Sequence[Failure]) -> pd.DataFrame:
    """Rows as a frame for charts, a column per field."""
    import pandas as pd

    return pd.DataFrame([vars(row) for row in rows])


def tidy(analysis: Analysis) -> pd.DataFrame:
    """One table of everything: a row per cell's success and interquartile mean, an effect, or a view of a claim."""
    import pandas as pd

    rows: list[dict[str, Any]] = []
    for cell in analysis.cells:
        head = {"table": "cell", "dataset": cell.dataset, "name": cell.variant, "label": cell.label, "n": cell.n}
        share = {"estimate": cell.success, "low": cell.success_low, "high": cell.success_high}
        rows.append(head | {"what": "success"} | share)
        rows.append(head | {"what": analysis.metric, "estimate": cell.iqm, "low": cell.low, "high": cell.high})
    for effect in analysis.effects:
        head = {"table": "effect", "dataset": effect.dataset, "name": effect.effect, "label": effect.label}
        numbers = {key: getattr(effect, key) for key in EFFECT_NUMBERS}
        rows.append(head | {"what": effect.kind} | numbers)
    for claim in analysis.claims:
        head = {"table": "claim", "dataset": claim.dataset, "name": claim.text, "label": claim.label, "n": claim.n}
        rows += [head | {"what": name} | vars(view) for name, view in claim.views.items()]
    return pd.DataFrame(rows, columns=COLUMNS)


EFFECT_NUMBERS = ("n", "estimate", "low", "high", "p", "p_holm", "improvement")
COLUMNS = ["table", "dataset", "name", "label", "what", *EFFECT_NUMBERS, "verdict"]
