"""Changing a setting of a job while it trains, and the changes that the settings in the form have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import streamlit as st

from gancore import jobs
from gancore.config import ConfigError, RunConfig, flatten
from gancore.jobs import Job
from gancore.studies.commands import value_text
from gancore.studies.labels import change_in_words
from gancore.ui.form import Form
from gancore.ui.form_settings import info_of
from gancore.ui.setting_help import help_of
from gancore.ui.text import count, escaped
from gancore.words import setting_in_words

KEY = "changes"
"""The form's setting that holds them."""
LIKELY = "learning_rate", "penalty.", "instance_noise.", "schedule."
"""What is changed most, which is offered first."""


def section(job: Job, form: RunConfig) -> None:
    """A control that changes one setting of the job's unfinished runs, and what came of it."""
    said = st.session_state.pop(f"changed_{job.job_id}", None)
    choices = jobs.changeable_now(job)
    if not choices:
        return
    with st.popover("Change a setting", icon=":material/tune:", key="change_setting"):
        chooser("change", job.configs[0], choices)
        st.caption("It holds for all unfinished runs of the job, from the step that they are about to reach.")
        st.button("Change it now", icon=":material/bolt:", key="change_now", on_click=_change, args=(job, form))
    if said:
        good, text = said
        (st.success if good else st.error)(escaped(text), icon=":material/tune:" if good else None)


def chooser(key: str, config: RunConfig, choices: Mapping[str, Sequence[float]]) -> tuple[str, str]:
    """Which setting, and what value: both as chosen now, the value as typed."""
    paths = sorted(choices, key=lambda path: min((i for i, part in enumerate(LIKELY) if part in path), default=9))
    path = st.selectbox("Setting", paths, format_func=setting_in_words, key=f"{key}_path")
    now = " or ".join(value_text(value) for value in choices[path])
    info = info_of(config, path)
    value = st.text_input(
        "New value", key=f"{key}_value", placeholder=f"now {now}", help=help_of(path, info, None), max_chars=40
    )
    st.caption(f"Now {escaped(now)}. {escaped(info.description or '')}")
    return path, value.strip()


def chosen(form: Form) -> None:
    """The changes on the way that the settings in the form have, each with a button that puts it back."""
    for number, change in enumerate(form.config.changes if not form.errors else ()):
        words, button = st.columns([5, 2], vertical_alignment="center")
        words.caption(f":orange[●] {escaped(change_in_words(change))}")
        kept = [str(other) for other in form.config.changes if other != change]
        button.button("Put back", key=f"put_back_{number}", on_click=_put_back, args=(kept,))


def _put_back(kept: list[str]) -> None:
    st.session_state[KEY] = ",".join(kept)


def _change(job: Job, form: RunConfig) -> None:
    path, value, before = st.session_state["change_path"], st.session_state["change_value"].strip(), job.configs
    try:
        made = jobs.change(job, path, value)
    except ConfigError as error:
        st.session_state[f"changed_{job.job_id}"] = False, f"Nothing was changed. {error}."
        return
    now = {config.run_id: config for config in job.configs}
    changed = [(config, now[new]) for config in before if (new := job.request.became(config.run_id)) in now]
    st.session_state[f"changed_{job.job_id}"] = (
        True,
        f"Changed: {change_in_words(made)}, in {count(len(changed), 'run')}.",
    )
    st.session_state["change_value"] = ""
    # The form shows what the job trains, and goes on doing so.
    for new in [new for old, new in changed if _same(old, form)][:1]:
        st.session_state[KEY] = value_text([str(change) for change in new.changes])
        if not made.step:
            st.session_state[path] = value_text(flatten(new)[path])


def _same(config: RunConfig, form: RunConfig) -> bool:
    return config.model_copy(update={"seed": 0}) == form.model_copy(update={"seed": 0})
