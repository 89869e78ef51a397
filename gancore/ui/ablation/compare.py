"""Two variants of a study side by side: points, seeds in pairs, curves, and which settings tell them apart."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from gancore import figures
from gancore.analysis import pick_seed, run_table
from gancore.analysis.claims import first_pair
from gancore.analysis.pairwise import Comparison, compare, in_sentences
from gancore.config import ConfigError
from gancore.figures.pairs import differences, pairs
from gancore.metrics import METRICS
from gancore.recording.window import windows_of
from gancore.store import StoredRun
from gancore.studies import Study
from gancore.ui import url
from gancore.ui.ablation.table import Have, have_of
from gancore.ui.form import as_text
from gancore.ui.heavy import computed
from gancore.ui.runs import at_hand, curves_of, kept, scores_at, snapshot
from gancore.ui.selection import Selection
from gancore.ui.show import show
from gancore.ui.text import escaped
from gancore.ui.views import closeness_of
from gancore.words import OTHER_CURVES, setting_in_words

SIDE = 300
"""Pixels of a scatter."""
PARAMETERS: dict[str, url.Check] = {"first": url.anything, "second": url.anything}
"""URL parameter → check; which names there are depends on the study."""


def section(selection: Selection) -> None:
    """Two variants of the study: the pair that shows the claim, or ``first_pair``, until the reader chooses others.

    The variants that the page is about stand first in the lists.
    """
    if len(selection.study.variants) < 2:
        st.caption("This study has only one variant, so there is nothing to compare.")
        return
    st.fragment(_section)(selection)


def _section(selection: Selection) -> None:
    """The boxes and what follows from them; another choice draws this alone again, not the page."""
    store, study, seeds, metric = selection.store, selection.study, selection.seeds, selection.metric
    first, second = _choice(selection)
    if first == second:
        st.info("Both are the same variant. Choose a different one to compare it with.")
        return
    runs = run_table(store, study, seeds)
    try:
        found = _compared(have_of(runs), study.to_toml(), first, second, metric, study, runs)
    except ConfigError as error:
        st.warning(escaped(error))
        return
    labels = found.labels if found.labels[0] != found.labels[1] else found.names
    _scatters(selection, found.names, labels)
    _numbers(found)
    if found.pairs:
        _seeds(study, found, labels)
    _curves(selection, found)
    _settings(found, labels)


def _choice(selection: Selection) -> tuple[str, str]:
    """The two names, each in the URL, and a button that swaps them."""
    study, shown = selection.study, {variant.name for variant in selection.variants}
    names = [variant.name for variant in study.variants]
    sooner = [name for name in names if name in shown]
    pair = first_pair(study, selection.pair)
    # The study's own or the chosen claim's, which a link names: the URL leaves them out, so they must be the same for
    # everyone who opens it.
    defaults: dict[str, str] = dict(zip(("first", "second"), pair, strict=True))
    url.renew(defaults)
    left, middle, right = st.columns([10, 2, 10], vertical_alignment="bottom")
    with left:
        first = _box(study, "first", defaults["first"], sooner)
    with middle:
        st.button("Swap", icon=":material/swap_horiz:", key="swap", on_click=_swap, width="stretch")
    with right:
        second = _box(study, "second", defaults["second"], sooner)
    url.carry({"first": first, "second": second}, defaults, names)
    return first, second


def _box(study: Study, key: str, default: str, sooner: Sequence[str]) -> str:
    """A box of variants by their labels, the default and those of ``sooner`` first; the URL holds the name."""
    names = [variant.name for variant in study.variants]
    url.follow(key, names, default)
    options = list(dict.fromkeys([default, *sooner, *names]))
    labels = Counter(variant.label for variant in study.variants)
    words = {v.name: v.label if labels[v.label] == 1 else f"{v.label} ({v.name})" for v in study.variants}
    return str(st.selectbox(key.capitalize(), options, key=key, format_func=lambda name: str(words.get(name, name))))


def _swap() -> None:
    state = st.session_state
    state["first"], state["second"] = state["second"], state["first"]


@computed("Comparing…", lambda have, text, first, second, metric, study, runs: len(runs))
def _compared(
    have: Have, text: str, first: str, second: str, metric: str, _study: Study, _runs: pd.DataFrame
) -> Comparison:
    return compare(_study, _runs, first, second, metric)


def _scatters(selection: Selection, names: tuple[str, str], labels: tuple[str, str]) -> None:
    """The run that stands for each variant, at the end, on the same axes."""
    store, study, seeds = selection.store, selection.study, selection.seeds
    found: list[StoredRun | None] = []
    for name in names:
        run = pick_seed([store.get(config.run_id) for config in study.configs_of(name, seeds)], selection.single)
        found.append(None if run is None else kept(run))
    windows = windows_of({run.run_id: at_hand(run.config.dataset) for run in found if run})
    for column, run, side, label in zip(st.columns(2), found, ("first", "second"), labels, strict=True):
        with column:
            st.markdown(f"**{escaped(label)}**")
            if run is None:
                st.info("Not trained yet.")
                continue
            fake, at = snapshot(run, run.steps)
            show(
                figures.scatter(
                    at_hand(run.config.dataset),
                    fake,
                    window=windows[run.run_id],
                    side=SIDE,
                    units=run.config.dataset.own_units(),
                ),
                key=f"compare_{side}",
            )
            scores = scores_at(run, at)
            ended = "" if run.diverged_at is None else f"; diverged at step {run.diverged_at:,}"
            st.caption(f"Seed {run.config.seed}, step {at:,}: {closeness_of(run, scores)}{ended}")


def _numbers(found: Comparison) -> None:
    """What the comparison says, what confounds it, and which runs failed."""
    metric = METRICS[found.metric]
    if found.confounds:
        text = "; ".join(found.confounds)
        several = "These two variants differ in more than one thing, so no single one can be named as the cause. "
        single = "Only one setting differs, but it changes other things as well. "
        st.info(
            (several if len(found.settings) > 1 else single) + escaped(f"{text[:1].upper()}{text[1:]}."),
            icon=":material/call_split:",
        )
    lines = in_sentences(found)
    if lines:
        st.markdown("\n".join(f"- {escaped(line)}" for line in lines))
    for note in (*found.failures, *found.notes):
        st.caption(f":orange[●] {escaped(note)}")
    st.caption(
        escaped(f"{found.metric}: {metric.definition} {metric.better.capitalize()} is better. ")
        + "The 95% intervals are for this comparison alone. Comparing many pairs finds differences by chance; the "
        "analysis of the whole study corrects for that, and this comparison does not."
    )


def _seeds(study: Study, found: Comparison, labels: tuple[str, str]) -> None:
    """The pairs of values, and their differences around zero."""
    palette = figures.colours_of([variant.name for variant in study.variants])
    frame = pd.DataFrame(found.pairs, columns=["seed", "first", "second"])
    metric, change = METRICS[found.metric], found.difference
    colours = palette[found.names[0]], palette[found.names[1]]
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown(
            "**Seed by seed**", help="One line per seed: green if the second variant is better, orange if it is worse."
        )
        show(pairs(frame, labels, colours, metric.label, found.better), key="pairs", stretch=True)
    with right:
        st.markdown(
            "**Differences**", help="The second minus the first. The line is the mean, the band its 95% interval."
        )
        chart = differences(frame, labels, metric.label, found.better, change.value, change.low, change.high)
        show(chart, key="differences", stretch=True)


def _curves(selection: Selection, found: Comparison) -> None:
    """Accuracies and losses of both over the training steps."""
    study = selection.study
    frame = curves_of(selection.store, study, selection.seeds, found.names)
    if frame.empty:
        return
    order = [variant.label for variant in study.variants]
    accuracy = bool(frame["d_acc"].notna().any())  # critics have none
    keys = ["d_acc" if accuracy else "d_loss", "g_loss"] if bool(frame["d_loss"].notna().any()) else ["g_loss"]
    if bool(frame["d_penalty"].notna().any()):
        keys.append("d_penalty")
    for column, key in zip(st.columns(len(keys), gap="large"), keys, strict=True):
        with column:
            show(figures.variants(frame, key, order, height=220), key=f"compare_{key}", stretch=True)
    st.caption(OTHER_CURVES)


def _settings(found: Comparison, labels: tuple[str, str]) -> None:
    """The settings that differ, a row each."""
    st.markdown("**What differs**")
    rows = [
        {
            "words": setting_in_words(setting.path),
            "first": "–" if setting.first is None else as_text(setting.first),
            "second": "–" if setting.second is None else as_text(setting.second),
            "path": setting.path,
        }
        for setting in found.settings
    ]
    names = {"words": "Setting", "first": labels[0], "second": labels[1], "path": "Name in files"}
    st.dataframe(
        pd.DataFrame(rows, columns=list(names)),
        hide_index=True,
        height="content",
        width="content",
        column_config={key: st.column_config.TextColumn(label) for key, label in names.items()},
        alt="Settings that differ between the two variants",
    )
