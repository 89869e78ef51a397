"""A box for samples that other generators made: the whole table of metrics on the chosen distribution."""

from __future__ import annotations

import json

import streamlit as st

from gancore import figures, metrics
from gancore.analysis.samples import REALS, SampleScores, score
from gancore.config import ConfigError, RunConfig
from gancore.datasets.named import words_of
from gancore.datasets.points import Sheet, Table, digest, open_sheet, pick
from gancore.datasets.points.opening import ENDINGS
from gancore.figures.tables import REAL
from gancore.parts import Dataset
from gancore.store import Store
from gancore.studies.commands import score_command
from gancore.ui import views
from gancore.ui.heavy import computed
from gancore.ui.show import show_square
from gancore.ui.text import escaped
from gancore.ui.url import Check, one_of

KEY = "score"
PARAMETERS: dict[str, Check] = {KEY: one_of(["true", "false"])}
"""URL parameter → check: whether the box is open."""
MEGABYTES = 20
"""Largest file: 1,000,000 rows of two float64 take 16."""
PASTED = 200_000
"""Characters that may be pasted: about 10,000 samples; more come as a file."""


def section(store: Store, config: RunConfig) -> None:
    """An expander; nothing in it is worked out while it is closed."""
    box = st.expander("Score samples", icon=":material/fact_check:", key=KEY, on_change="rerun", bind="query-params")
    if box.open:
        with box:
            st.fragment(_box)(store, config)


def _box(store: Store, config: RunConfig) -> None:
    dataset, name = config.dataset, words_of(config.dataset)
    st.markdown(
        f"Samples of any generator, made in any framework, are scored here as samples of **{escaped(name)}** with the "
        "parameters above, in the units of the picture: 2,000 or more, and 20 at least."
    )
    given, pasted = st.columns(2, gap="medium")
    with given:
        file = st.file_uploader(
            "File of samples", type=[end[1:] for end in ENDINGS], max_upload_size=MEGABYTES, key="score_file"
        )
    with pasted:
        text = st.text_area(
            "Or paste them", key="score_text", max_chars=PASTED, height=110, placeholder="0.98, 0.21\n−0.44, 0.90"
        )
    st.caption(f"On the command line: `{score_command(config)}`; in Python: `gancore.score(samples, dataset)`.")
    if file is None and not text.strip():
        return
    try:
        source, called = (file.getvalue(), file.name) if file is not None else (text.encode(), "what was pasted")
        sheet = open_sheet(source, called)
        table = pick(sheet, _columns(sheet), varied=False)
        shape = dataset.model_dump_json()
        found = _scored(shape, digest(table.points), table, dataset, store)
    except ConfigError as error:
        st.error(escaped(error.named({"points": "samples"})), icon=":material/error:")
        return
    st.caption(escaped(table.found))
    _show(found)


def _columns(sheet: Sheet) -> list[str] | None:
    """Which columns are x and y, asked where there are more than two."""
    if len(sheet.columns) <= 2:
        return None
    numbers = [name for name, numeric in zip(sheet.columns, sheet.numeric, strict=True) if numeric]
    if len(numbers) < 2:
        return None
    left, right = st.columns(2)
    first = [numbers.index(name) for name in ("x", "y")] if {"x", "y"} <= set(numbers) else [0, 1]
    x = left.selectbox("Column of x", numbers, first[0], key="score_x")
    y = right.selectbox("Column of y", numbers, first[1], key="score_y")
    return [x, y]


@computed("Scoring the samples…", lambda *_: 0)
def _scored(shape: str, samples: str, _table: Table, _dataset: Dataset, _store: Store) -> SampleScores:
    return score(_table, _dataset, _store)


def _show(found: SampleScores) -> None:
    """The verdict, the samples over real points, and the table."""
    import numpy as np

    verdict = {True: ":green[**Learned.**]", False: "**Not learned.**", None: "Whether they pass is not known here."}
    # What it takes is the definition of the number 1 in the table.
    learned = metrics.METRICS["learned"].definition.removeprefix("1 if ").removesuffix(", else 0.")
    st.markdown(f"{verdict[found.learned]} Learned means: {learned}.")
    picture, notes = st.columns(2, gap="medium", vertical_alignment="bottom")
    with picture, st.container(width=views.WIDEST):
        real = found.dataset.sample(np.random.default_rng(REALS), metrics.POINTS)
        chart = figures.scatter(real, found.samples, units=found.dataset.own_units())
        show_square(chart, "score_points", "The samples in red over real points in blue")
        st.caption(":blue[●] real, :red[●] samples")
    with notes:
        for note in found.notes:
            st.caption(escaped(note))
        content = json.dumps(found.plain(), indent=2, ensure_ascii=False) + "\n"
        st.download_button(
            "Scores (JSON)", content, "scores.json", "application/json", icon=":material/download:", key="score_json"
        )
    rows = {row.key: row for row in found.rows}
    references = {
        key: {"mean": row.real, "low": row.real_low, "high": row.real_high}
        for key, row in rows.items()
        if row.real is not None and row.real_low is not None and row.real_high is not None
    }
    frame = figures.metric_rows(
        {key: row.value for key, row in rows.items()},
        references,
        metrics.METRICS,
        {key: row.collapsed for key, row in rows.items() if row.collapsed is not None},
        {key: row.lacking for key, row in rows.items() if row.lacking},
    )
    names = {"value": "Your samples", "reference": REAL, "collapsed": "Collapsed generator"}
    config = views.metric_columns() | {key: st.column_config.TextColumn(words) for key, words in names.items()}
    st.dataframe(frame, hide_index=True, height="content", column_config=config, key="score_table")
