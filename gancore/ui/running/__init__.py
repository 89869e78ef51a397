"""Training a study from its page: what is missing, more seeds, or seeds until it is decided, and the job for it."""

from __future__ import annotations

import itertools

import streamlit as st

from gancore.config import RunConfig
from gancore.jobs import Job
from gancore.store import Store
from gancore.studies import Study
from gancore.studies.design import MAX_SEEDS
from gancore.ui.running import until
from gancore.ui.running.later import prepare
from gancore.ui.running.until import standing
from gancore.ui.runs import say_lacking
from gancore.ui.selection import Selection
from gancore.ui.text import count, escaped
from gancore.ui.training import progress

__all__ = ["idle", "prepare", "section", "standing"]

MORE = 10
"""Seeds that the button adds."""
PARAMETERS = progress.PARAMETERS
"""URL parameter → check: the job that the section shows."""


def idle(selection: Selection) -> bool:
    """Whether all of a study is trained and no job, and no ended one, has anything to say about it."""
    store, configs = selection.store, selection.configs
    job = progress.current_job(store, [config.run_id for config in configs])
    quiet = job is None or not job.progress().active and progress.said_of(job) is None
    return quiet and not until.under_way(selection.study) and all(config.run_id in store for config in configs)


def section(selection: Selection, main: bool = True) -> bool:
    """What is trained of a study and what is not, with the buttons that change it, and whether a job runs for it.

    ``main``: whether training what is missing is the page's main action, which another one may be instead.
    The page's own widget for seeds has the key ``seeds``. What is done here sets it, so a page calls ``prepare``
    first.
    """
    store, study, seeds, configs = selection.store, selection.study, selection.seeds, selection.configs
    run_ids = [config.run_id for config in configs]
    have = store.statuses(frozenset(run_ids))
    missing = [config for config, run_id in zip(configs, run_ids, strict=True) if run_id not in have]
    job = progress.current_job(store, run_ids)
    active = job is not None and job.progress().active
    refusal = progress.reason_not_to_train(store, missing)
    say_lacking(configs)
    if st.session_state.pop("start_seeds", None) == seeds and missing and not refusal:
        progress.start(store, configs, _label(study, seeds))
    until.go_on(store, study, active)
    left = missing
    if job is not None and active:
        progress.watch(store, job, redraw=True)
        left = [config for config in missing if config.run_id not in job.run_ids]
    elif job is not None:
        progress.outcome(job)
    for sentence in dict.fromkeys(itertools.chain.from_iterable(config.warnings() for config in missing)):
        st.warning(escaped(sentence))
    _buttons(selection, missing, left, job if active else None, refusal, main)
    return active


def _buttons(
    selection: Selection,
    missing: list[RunConfig],
    left: list[RunConfig],
    active: Job | None,
    refusal: str,
    main: bool,
) -> None:
    """One line: what is there, and what can be started."""
    store, study, seeds, configs = selection.store, selection.study, selection.seeds, selection.configs
    finished = f"{len(configs) - len(missing)} of {count(len(configs), 'run')} finished"
    busy = active is not None
    with st.container(horizontal=True, vertical_alignment="center", key="running"):
        if left:
            label = f"Train the {'other' if busy else 'missing'} {count(len(left), 'run')}"
            kind = "primary" if main else "secondary"
            if st.button(label, type=kind, icon=":material/play_arrow:", disabled=bool(refusal), key="start"):
                progress.start(store, configs, _label(study, seeds))
        if not busy:
            more = min(MORE, MAX_SEEDS - seeds)
            st.button(
                f"Add {count(more, 'seed')}" if more else "No more seeds",
                icon=":material/add:",
                disabled=bool(refusal) or not more,
                key="more_seeds",
                on_click=_more,
                args=(seeds + more,),
                help=_cost_of_more(store, study, seeds, more),
            )
            until.button(store, study, bool(refusal))
        if busy and not left:
            return  # the job's own line counts
        if not left:
            st.caption(f":green[●] {finished}: {count(len(study.variants), 'variant')} × {count(seeds, 'seed')}.")
        else:
            wanting = escaped(refusal) if refusal else f"{progress.cost(store, left, len(configs) - len(left))}."
            st.caption(f":orange[●] {finished}; {wanting}")


def _more(seeds: int) -> None:
    """A callback, which may set a widget that is on the page; the next run of the page then starts."""
    st.session_state["seeds"] = seeds
    st.session_state["start_seeds"] = seeds


def _cost_of_more(store: Store, study: Study, seeds: int, more: int) -> str:
    if not more:
        return f"A study has at most {MAX_SEEDS} seeds."
    wanted = study.configs(seeds + more)
    lacking = [config for config in wanted if config.run_id not in store]
    return f"Trains every variant with {seeds + more} seeds: {progress.standing(store, len(wanted), lacking)}"


def _label(study: Study, seeds: int) -> str:
    return f"{study.title}, {count(seeds, 'seed')}"
