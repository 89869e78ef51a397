"""The table of a study's variants: what each changes, how often it learned, and its metrics with their intervals."""

from __future__ import annotations

import hashlib
import math
import textwrap
from collections.abc import Callable, Sequence
from functools import partial
from typing import Any

import pandas as pd
import streamlit as st

from gancore import figures
from gancore.analysis import run_table
from gancore.analysis.confounds import IGNORED
from gancore.analysis.outcomes import values_explained
from gancore.analysis.scored import notes_on_scores
from gancore.analysis.summaries import headline, middle_table, success_table
from gancore.config import ConfigError, differing, flatten
from gancore.figures.tables import variant_rows
from gancore.metrics import METRICS
from gancore.report.escaping import cell
from gancore.store import Store
from gancore.studies import Study, Variant
from gancore.ui.heavy import computed
from gancore.ui.runs import SCORING
from gancore.ui.selection import Selection
from gancore.ui.text import escaped
from gancore.words import number, setting_in_words, setting_value

MOST = 1_150
"""Pixels of height before the table scrolls."""
NAMES = 210
"""Pixels of the names, at most: they stay in place, and a phone must have room for a number beside them."""
LETTERS = 27
"""Letters of a name in a line of that width."""
LINE = 18
"""Pixels of a line."""
ROW, WRAPPED = 35, 66
"""Pixels of a row with one line, and of one with up to three: Streamlit wraps in rows of more than 64 alone."""
Formats = dict[Any, str | Callable[[Any], str] | None]
"""Column → the words for its numbers, as pandas takes them."""
Have = tuple[tuple[str, ...], ...]
"""A row per run: variant, label, run id and state, and a digest of all values; what a cached table is found by."""


def section(selection: Selection) -> list[str]:
    """A row per variant, to sort, to hide columns of and to pick from; the names of the picked ones.

    Two picked ones become the ``first`` and ``second`` of the comparison.
    """
    store, study, metric, variants = selection.store, selection.study, selection.metric, selection.variants
    if not variants:
        st.info("No variant is chosen.")
        return []
    runs = run_table(store, study, selection.seeds)
    places = {variant.name: i for i, variant in enumerate(study.variants)}
    names = [variant.name for variant in variants]
    keys = [metric, *(key for key in headline(study) if key != metric)]
    middles = {key: frame for key in keys if key != "learned" and (frame := _middles(study, runs, key)) is not None}
    settings = _settings(variants)
    successes = _successes(have_of(runs), study.to_toml(), study, runs)
    # References of a dataset take seconds, so none is asked for before something is trained on it.
    trained = set(successes.loc[successes["n"] > 0, "variant"])
    rows = variant_rows(
        successes.set_index("variant", drop=False).loc[names],
        middles,
        _bounds(store, [variant for variant in variants if variant.name in trained], list(middles)),
        settings,
        [places[name] for name in names],
    )
    # The table can be downloaded as CSV, which spreadsheets run.
    rows["variant"] = rows["variant"].map(cell)
    palette = figures.colours_of([variant.name for variant in study.variants])
    colours = [f"color: {palette[name]}" for name in names]
    key = table_key(names)
    # Every name is there whole: where one is too long for a line, all rows are high enough for its lines.
    lines = max(len(textwrap.wrap(name, LETTERS)) for name in rows["variant"])
    row_height = ROW if lines < 2 else max(WRAPPED, LINE * lines + 12)
    event = st.dataframe(
        rows.style.apply(lambda column: colours, subset=["mark"]).format(_formats(rows, list(settings), list(middles))),
        hide_index=True,
        height="content" if len(rows) < MOST // row_height else MOST,
        row_height=row_height,
        column_config=_columns(rows, settings, list(middles)),
        column_order=_order(rows, list(settings), metric),
        placeholder="–",
        key=key,
        on_select=partial(_picked, key, names),
        selection_mode="multi-row",
        alt=f"The variants of {study.title}, their settings, success and metrics",
    )
    picked = _names(event, names)
    words = [escaped(study.variant(name).label) for name in picked]
    if len(picked) == 2:
        st.caption(f":material/compare_arrows: Compared below: **{words[0]}** with **{words[1]}**.")
    else:
        st.caption(
            "Tick two rows to compare them below."
            if len(picked) < 2
            else f"{len(picked)} rows are ticked. Tick exactly two to compare them."
        )
    st.caption(
        "Metrics are interquartile means over seeds at the end of training, with 95% bootstrap intervals. A run that "
        "diverged counts as not learned, and as the worst value in the study. "
        "Beside each stands what fresh real points score, and a generator that has collapsed to one point."
    )
    for sentence in notes_on_scores(runs):
        st.warning(escaped(sentence))
    for sentence in values_explained(study, list(middles), variants):
        st.caption(escaped(sentence))
    return picked


def _order(rows: pd.DataFrame, settings: Sequence[str], metric: str) -> list[str]:
    """What decides first, then the other metrics; settings and counts last."""
    first = ["variant", "mark", "success", metric, f"{metric}_interval", f"{metric}_bounds"]
    last = [*settings, "trained", "diverged", "missing", "seconds"]
    shown = [name for name in rows.columns if name not in (*first, *last)]
    return [name for name in (*first, *shown, *last) if name in rows.columns]


def table_key(names: Sequence[str]) -> str:
    """The table's key for these rows: a selection is by row number, so other rows must not inherit it."""
    return f"variants_{hashlib.sha256('/'.join(names).encode()).hexdigest()[:8]}"


def have_of(runs: pd.DataFrame) -> Have:
    """What the store has, from a frame with a row per run."""
    names = tuple(zip(*(runs[name].tolist() for name in ("variant", "label", "run_id", "status")), strict=True))
    # Scoring again changes values and nothing else.
    return (*names, (hashlib.sha256(str(runs.to_json(double_precision=15)).encode()).hexdigest(),))


@computed("Counting…", lambda have, text, study, runs: len(runs))
def _successes(have: Have, text: str, _study: Study, _runs: pd.DataFrame) -> pd.DataFrame:
    return success_table(_study, _runs)


def _middles(study: Study, runs: pd.DataFrame, metric: str) -> pd.DataFrame | None:
    """The metric's interquartile means, computed once for the same runs; None, said on the page, where none has it."""
    try:
        return _computed_middles(have_of(runs), study.to_toml(), metric, study, runs)
    except ConfigError as error:
        st.warning(escaped(error))
        return None


@computed("Resampling seeds…", lambda have, text, metric, study, runs: len(runs))
def _computed_middles(have: Have, text: str, metric: str, _study: Study, _runs: pd.DataFrame) -> pd.DataFrame:
    return middle_table(_study, _runs, metric)


def _bounds(
    store: Store, variants: Sequence[Variant], keys: Sequence[str]
) -> dict[str, dict[str, tuple[float, float]]]:
    """Variant → metric key → reference and collapsed value of its dataset."""
    found = {}
    with st.spinner(SCORING):
        for variant in variants:
            dataset = variant.config.dataset
            references, collapsed = store.references(dataset), store.collapsed(dataset).get("one_point", {})
            found[variant.name] = {
                key: (references.get(key, {}).get("mean", math.nan), collapsed.get(key, math.nan)) for key in keys
            }
    return found


def _settings(variants: Sequence[Variant]) -> dict[str, list[Any]]:
    """The settings that are not the same in all of these variants: path → a value per variant."""
    flats = [flatten(variant.config) for variant in variants]
    paths = differing([variant.config for variant in variants], IGNORED)
    return {path: [flat.get(path) for flat in flats] for path in paths}


def _columns(rows: pd.DataFrame, settings: dict[str, list[Any]], keys: Sequence[str]) -> dict[str, Any]:
    """How each column looks, and what its head says when pointed at."""
    longest = max(map(len, rows["variant"]))
    columns: dict[str, Any] = {
        "mark": st.column_config.TextColumn(  # not pinned: Streamlit fades what is
            "",
            width=40,
            help="The variant's colour in every chart. A diamond or a square: its curve is dashed.",
        ),
        "variant": st.column_config.TextColumn("Variant", pinned=True, width=min(NAMES, 30 + 7 * longest)),
        "trained": st.column_config.TextColumn("Seeds", help="Runs trained, including those that diverged."),
        "success": st.column_config.TextColumn(
            "Success",
            width=150,
            help=f"The share of runs that learned, with Wilson's 95% interval. {METRICS['learned'].definition}",
        ),
        "diverged": st.column_config.NumberColumn("Diverged", help="A loss or weight stopped being finite."),
        "missing": st.column_config.NumberColumn("Not trained"),
        "seconds": st.column_config.NumberColumn(
            "Time per run (s)",
            help="Training time in seconds, the median over seeds. Runs that train together share the time evenly.",
        ),
    }
    for path, values in settings.items():
        label, text = setting_in_words(path), f"Setting: `{path}`"
        if all(value is None or isinstance(value, int | float) and not isinstance(value, bool) for value in values):
            columns[path] = st.column_config.NumberColumn(label, help=text)
        else:
            columns[path] = st.column_config.TextColumn(label, help=text)
    for key in keys:
        metric = METRICS[key]
        text = f"{metric.definition} {metric.better.capitalize()} is better."
        columns[key] = st.column_config.NumberColumn(metric.label, help=text)
        columns[f"{key}_interval"] = st.column_config.TextColumn(
            "95% interval", help=f"{metric.label}: 95% bootstrap interval of the interquartile mean over seeds."
        )
        columns[f"{key}_bounds"] = st.column_config.TextColumn(
            "real data | collapsed",
            help=f"{metric.label} of perfect samples, and of a generator that has collapsed to one point.",
        )
    return columns


def _formats(rows: pd.DataFrame, settings: Sequence[str], keys: Sequence[str]) -> Formats:
    """Column → the words that its numbers are shown in; the numbers themselves stay, so that columns sort."""
    numeric = [path for path in settings if pd.api.types.is_numeric_dtype(rows[path])]
    words: Formats = dict.fromkeys([*keys, "seconds"], number)
    return words | dict.fromkeys(numeric, lambda value: "–" if pd.isna(value) else setting_value(value))


def _picked(key: str, names: list[str]) -> None:
    """Two picked rows become the comparison's first and second, in the table's order."""
    picked = _names(st.session_state[key], names)
    if len(picked) == 2:
        st.session_state["first"], st.session_state["second"] = picked


def _names(event: Any, names: list[str]) -> list[str]:
    return [names[row] for row in sorted(event["selection"]["rows"]) if row < len(names)]
