"""One run in a dialog: what it learned, its numbers, its settings and its files. A link carries it as ``run``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import pandas as pd
import streamlit as st

from gancore import figures
from gancore.analysis.scored import scored_otherwise
from gancore.config import RunConfig, differing, flatten, quoted
from gancore.metrics import METRICS, explained, lacking, lacking_in_words
from gancore.recording.raw import RAW
from gancore.store import Store, StoredRun
from gancore.studies import Study, Variant, label_of
from gancore.studies.commands import settings_of, train_command
from gancore.ui import views
from gancore.ui.form import as_text
from gancore.ui.frame import link
from gancore.ui.runs import SCORING, at_hand, config_json, kept, scores_at, snapshot
from gancore.ui.selection import Selection
from gancore.ui.show import show as show_chart
from gancore.ui.text import count, duration, escaped
from gancore.ui.training import fixing
from gancore.ui.training.export import keras_button, script_button
from gancore.ui.url import Check, anything, digits
from gancore.words import setting_in_words, whole

DIGITS = 12
"""Digits of a run's id in a link."""
SIDE = 300
"""Pixels of the scatter."""
FORM_SEEDS = 4
"""Seeds that the Training page shows where its link names no number."""
MOST_SEEDS = 16
"""Seeds that it shows at most."""
PARAMETERS: dict[str, Check] = {"run": anything}
"""URL parameter → check; which runs there are depends on the study."""


def from_url(selection: Selection) -> StoredRun | None:
    """The run that the URL's ``run`` names; what cannot be found is said in a sentence and taken out of the URL."""
    wanted = st.query_params.get("run")
    if wanted is None:
        return None
    run, sentence = _found(selection, wanted)
    if sentence:
        st.warning(escaped(sentence), icon=":material/link_off:")
    if run is None:
        _leave()
    return run


def _found(selection: Selection, wanted: str) -> tuple[StoredRun | None, str]:
    """The run, or what is wrong with its id."""
    store, study, seeds = selection.store, selection.study, selection.seeds
    if not re.fullmatch(rf"[0-9a-f]{{{DIGITS}}}", wanted):
        return None, f"run: {quoted(wanted)} is not allowed; use the first {DIGITS} digits (0-9, a-f) of a run's id."
    for variant in study.variants:
        for config in study.configs_of(variant, seeds):
            if config.run_id.startswith(wanted):
                run = store.get(config.run_id)
                if run is None:
                    return None, f"run: {wanted} ({variant.label}, seed {config.seed}) is not trained yet."
                return kept(run), ""
    return None, f"run: {quoted(wanted)} is not among the runs of {study.name} with {count(seeds, 'seed')}."


def open_panel(selection: Selection, picked: Mapping[str, Any]) -> None:
    """Opens the run of a panel that was clicked, by its ``variant`` and ``seed``, and puts it into the URL."""
    store, study, seeds = selection.store, selection.study, selection.seeds
    name, seed = picked.get("variant"), picked.get("seed")
    variant = next((variant for variant in study.variants if variant.name == name), None)
    if variant is None or isinstance(seed, bool) or not isinstance(seed, int | float) or seed not in range(seeds):
        return  # the click came from a page that showed another study, or fewer seeds
    stored = store.get(study.configs_of(variant, seeds)[int(seed)].run_id)
    run = None if stored is None else kept(stored)
    if run is None:
        st.info(f"{escaped(variant.label)}, seed {int(seed)}, is not trained yet.")
        return
    st.query_params["run"] = run.run_id[:DIGITS]
    show(selection, run)


def show(selection: Selection, run: StoredRun) -> None:
    """Opens the dialog; closing it takes ``run`` out of the URL."""
    study = selection.study
    variant = _variant_of(study, run)
    label = variant.label if variant else label_of(run.config, [study.variants[0].config])
    title = f"{escaped(label)}, seed {run.config.seed}"
    st.dialog(title, width="large", on_dismiss=_leave)(_content)(selection.store, study, run)


def _leave() -> None:
    if "run" in st.query_params:
        del st.query_params["run"]


def _variant_of(study: Study, run: StoredRun) -> Variant | None:
    seed = {"seed": run.config.seed}
    return next((v for v in study.variants if v.config.model_copy(update=seed).run_id == run.run_id), None)


def _content(store: Store, study: Study, run: StoredRun) -> None:
    st.markdown(_how_it_ended(run))
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.fragment(_points)(run)
    with right:
        views.run_curves(run, 175, "run_")
    _metrics(store, run)
    _settings(run.config, study.variants[0].config)
    _files(store, run)


def _how_it_ended(run: StoredRun) -> str:
    """Status, place, time and versions, in two lines of Markdown."""
    if run.diverged_at is not None:
        status = f":red[●] **diverged** at step {run.diverged_at:,}"
    else:
        learned = run.metrics.get("learned") == 1
        status = (
            f":green[●] finished {run.steps:,} steps and **learned**"
            if learned
            else (f":gray[●] finished {run.steps:,} steps but **did not learn**")
        )
        if (raw := run.metrics.get(f"{RAW}learned")) is not None:
            verb = "learned" if raw == 1 else "did not learn"
            status += f" (its averaged generator; the raw one {verb})"
    source = "this store" if run.source == "store" else f"the bundle {run.source}"
    versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
    return (
        f"{status}; trained in {duration(run.seconds)} on {escaped(run.device)}, from {escaped(source)}.  \n"
        f":small[Run `{run.run_id[:DIGITS]}`, stored {escaped(run.created[:10])}, with {escaped(versions)}]"
    )


def _points(run: StoredRun) -> None:
    """The scatter at a step of its own choice, which starts at the page's."""
    steps = run.snapshot_steps
    asked = st.query_params.get("step", "")
    start = steps[-1]
    if digits(asked):
        start = max((at for at in steps if at <= int(asked)), default=steps[0])
    step = steps[-1]
    if len(steps) > 1:
        step = st.select_slider("Training step", steps, start, key=f"run_step_{run.run_id[:DIGITS]}", format_func=whole)
    fake, _ = snapshot(run, step)
    chart = figures.scatter(at_hand(run.config.dataset), fake, side=SIDE, units=run.config.dataset.own_units())
    show_chart(chart, key="run_points", words=views.points_in_words(run, step))
    scores = scores_at(run, step)
    near = views.closeness_of(run, scores)
    st.caption(f"{views.key_of(run.config)} at step {step:,}: {near}")
    views.say_end_alone(run)


def _metrics(store: Store, run: StoredRun) -> None:
    """Every metric at the end, beside its reference and collapsed value."""
    st.markdown("**Metrics at the end**")
    missing = lacking(run.config.dataset)
    with st.spinner(SCORING):
        references = store.references(run.config.dataset)
        collapsed = store.collapsed(run.config.dataset).get("one_point", {})
    st.dataframe(
        figures.metric_rows(run.metrics, references, METRICS, collapsed, missing),
        hide_index=True,
        height="content",
        column_config=views.metric_columns(),
        placeholder="–",
        alt="Metrics of the run, each beside what real data and a collapsed generator would score",
    )
    if sentence := scored_otherwise([run.metrics_version]):
        st.warning(escaped(sentence))
    if missing:
        st.caption(escaped(lacking_in_words(missing)))
    for said in explained(run.config.dataset):  # type: ignore[arg-type]
        st.caption(escaped(said))


def _settings(config: RunConfig, baseline: RunConfig) -> None:
    """What differs from the study's baseline, then every setting."""
    own, base = flatten(config), flatten(baseline)
    st.markdown("**Settings**")
    rows = [
        {"setting": setting_in_words(path), "this": _text(own, path), "baseline": _text(base, path), "path": path}
        for path in differing([baseline, config])
    ]
    if rows:
        names = {"setting": "Setting", "this": "This run", "baseline": "Baseline", "path": "Name in files"}
        st.dataframe(
            pd.DataFrame(rows),
            hide_index=True,
            height="content",
            width="content",
            column_config={key: st.column_config.TextColumn(name) for key, name in names.items()},
            alt="Settings in which the run differs from the baseline",
        )
    else:
        st.caption("They are the same as the baseline's.")
    with st.expander("All settings", key="run_settings"):
        everything = pd.DataFrame([{"Name in files": path, "Value": _text(own, path)} for path in own])
        st.dataframe(everything, hide_index=True, height="content", width="content", alt="All settings of the run")


def _text(flat: dict[str, object], path: str) -> str:
    return as_text(flat[path]) if path in flat else "–"


def _files(store: Store, run: StoredRun) -> None:
    """The command, downloads, and the way to the Training page with these settings."""
    st.markdown("**Reproduce it**")
    st.code(train_command(run.config), language="bash", wrap_lines=True)
    name = run.run_id[:DIGITS]
    with st.container(horizontal=True, vertical_alignment="center"):
        st.download_button(
            "Config (JSON)", config_json(run.config), f"{name}.json", "application/json", key="run_config",
            on_click="ignore",
        )  # fmt: skip
        st.download_button(
            "History (CSV)", run.history.to_csv(index=False), f"{name}-history.csv", "text/csv", key="run_history",
            on_click="ignore", help="Losses and accuracies, one row per logged step.",
        )  # fmt: skip
        script_button(run.config)
        keras_button(store, run)
        link("Training", "Open on the Training page", _training_query(run.config))
        fixing.link_from(run.config)


def _training_query(config: RunConfig) -> dict[str, str]:
    """The Training page with these settings, showing this seed where it can."""
    query = settings_of(config)
    if config.seed < MOST_SEEDS:
        query |= {"seeds": str(config.seed + 1)} if config.seed >= FORM_SEEDS else {}
        query |= {"shown": str(config.seed)} if config.seed else {}
    return query
