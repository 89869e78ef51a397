"""Why? What diagnoses say of a run, each with its quantity, its history, and what helps."""

from __future__ import annotations

import streamlit as st

from gancore import figures, jobs
from gancore.config import ConfigError, RunConfig
from gancore.diagnosis import Finding, Findings, diagnose
from gancore.diagnosis.findings import NOTHING
from gancore.diagnosis.helping import Help, changed, helps
from gancore.jobs import Job
from gancore.store import Store, StoredRun
from gancore.studies.commands import settings_of
from gancore.ui.frame import link
from gancore.ui.show import show
from gancore.ui.text import escaped
from gancore.ui.training import fixing

EVERY = 5.0
"""Seconds between looks at a run in training: as often as its checkpoint is written."""


def section(run: StoredRun, nearest: bool = False) -> None:
    """What is wrong with a finished run and what helps; ``nearest``: it is not of the settings in the form."""
    st.header("Why? The nearest run, diagnosed" if nearest else "Why?")
    try:
        found = _findings(run.run_id, run.created, run)
    except ConfigError as error:
        st.info(escaped(error))
        return
    if found.main is None:
        st.info(escaped(NOTHING))
    elif found.failing:
        st.caption(
            "What is measured of this run. What stands first may be what the others follow from. Each quantity stands "
            "beside what it is where a GAN learns."
        )
    for one in found.found:
        _card(run, one)
    if not found.learned:
        fixing.link_from(run.config)


def live(store: Store, job: Job) -> None:
    """What is to be said of the runs of a job so far, a line each; looked at again every few seconds."""
    st.fragment(_live, run_every=EVERY)(store, job)


def _live(store: Store, job: Job) -> None:
    lines = []
    for config in job.configs:
        seen = jobs.so_far(store, config) if len(lines) < SHOWN else None
        if seen is None or seen.config.dataset.lacks():
            continue
        try:
            words = diagnose(seen).sentence_so_far
        except ConfigError as error:  # of a plug-in
            words = str(error)
        lines.append(f"- Seed {config.seed}, step {seen.step:,}: {escaped(words)}")
    if lines:
        with st.container(border=True, key="why_live"):
            st.markdown("**So far**\n\n" + "\n".join(lines))


SHOWN = 8
"""Runs in training that are diagnosed at once, at most."""


def _card(run: StoredRun, one: Finding) -> None:
    with st.container(border=True, key=f"why_{one.kind}"):
        words, chart = st.columns([7, 5], gap="medium")
        with words:
            icon = ":material/error:" if one.failing else ":material/check_circle:"
            st.subheader(f"{icon} {escaped(one.label)}", anchor=False)
            st.markdown(escaped(one.sentence))
            st.markdown(f"**{escaped(one.quantity.label)}: {escaped(one.quantity.words)}**")
            st.caption(f"Where it learns: {escaped(one.healthy)}.")
            beside = "; ".join(f"{quantity.label}: {quantity.words}" for quantity in one.beside)
            if beside:
                st.caption(escaped(f"Measured beside it. {beside}."))
        with chart:
            traced = one.traced
            st.caption(escaped(traced.label))
            drawn = figures.quantity(
                traced.steps,
                traced.values,
                traced.label,
                share=traced.unit == "share",
                end=run.config.steps,
                usual=one.usual,
            )
            show(drawn, key=f"why_chart_{one.kind}", stretch=True)
        if one.failing:
            _what_helps(run.config, helps(one.kind, run.config))


def _what_helps(config: RunConfig, offered: list[Help]) -> None:
    st.markdown("**What helps**")
    if not offered:
        st.caption("No shipped study has tried a change against this that its runs support. A search can try them.")
    for one in offered:
        after = changed(config, one)
        if after is None:
            continue
        st.markdown(f"- **{escaped(one.label)}.** {escaped(one.words)}")
        with st.container(horizontal=True):
            link("Training", f"Try {escaped(one.label)}", settings_of(after))
            link("Ablation", f"See {escaped(one.study)}", {"study": one.study})


@st.cache_resource(max_entries=48, show_spinner="Measuring the run…")
def _findings(run_id: str, created: str, _run: StoredRun) -> Findings:
    return diagnose(_run)
