"""Going on from a stored run: a branch from one of its steps with another setting, or more steps."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import streamlit as st

from gancore import jobs
from gancore.config import ConfigError, RunConfig, at_step, changeable, flatten
from gancore.store import Store, StoredRun
from gancore.studies import label_of
from gancore.studies.commands import settings_of
from gancore.ui.form import fill_later
from gancore.ui.runs import with_seeds
from gancore.ui.text import count, escaped
from gancore.ui.training import progress
from gancore.ui.training.changing import chooser

LONGEST = 1_000_000
"""Steps that a run may have."""


def section(store: Store, seeds: int, refused: bool) -> Callable[[StoredRun, int], None]:
    """What draws, for a run and a step of it, how to go on from there; ``refused``: nothing can be trained here."""
    return partial(_section, store, seeds, refused)


def _section(store: Store, seeds: int, refused: bool, run: StoredRun, step: int) -> None:
    if run.status != "finished" or refused:
        return
    with st.container(horizontal=True):
        with st.popover(f"Branch from step {step:,}", icon=":material/call_split:", key="branch"):
            if step < run.config.steps:
                _branch(store, seeds, run.config, step)
            else:
                st.caption("The run ends here. Choose an earlier step above, or train it on and branch from there.")
        with st.popover("Train on", icon=":material/fast_forward:", key="train_on"):
            _train_on(store, seeds, run.config)


def _branch(store: Store, seeds: int, config: RunConfig, step: int) -> None:
    """One setting of a run that has another value from a step on."""
    now = at_step(config, step)
    flat = flatten(now)
    path, value = chooser("branch", now, {path: [flat[path]] for path in changeable(now)})
    if step:
        st.caption(f"Until step {step:,} a branch is the run that you see. {_first_part(store, config, step)}")
    if st.button("Train the branch", type="primary", key="branch_now"):
        try:
            _start(store, seeds, jobs.branched(config, step, path, value))
        except ConfigError as error:
            st.error(escaped(error))


def _train_on(store: Store, seeds: int, config: RunConfig) -> None:
    """The same run with more steps."""
    more = min(2 * config.steps, LONGEST)
    steps = (
        st.number_input("To step", config.steps + 1, LONGEST, more, key="train_on_to")
        if config.steps < LONGEST
        else config.steps
    )
    try:
        longer = jobs.continued(config, int(steps))
    except ConfigError as error:
        st.caption(escaped(error))
        return
    st.caption(_first_part(store, longer, config.steps))
    if st.button("Train on", type="primary", key="train_on_now"):
        _start(store, seeds, longer)


def _first_part(store: Store, config: RunConfig, step: int) -> str:
    """Which of its first steps are trained again, in a sentence; empty where it begins with what is new."""
    if step == 0:
        return ""
    kept = jobs.kept_until(store, config, step)
    if kept == step:
        return f"The {count(step, 'step')} before are kept and not trained again."
    again = f"the {count(step - kept, 'step')} {'after' if kept else 'before'} are trained again first"
    return f"The first {count(kept, 'step')} are kept, and {again}." if kept else f"No state is kept there: {again}."


def _start(store: Store, seeds: int, config: RunConfig) -> None:
    """Has the form show the settings, and trains them with each of its seeds."""
    groups = {path.split(".")[0] if "." in path else "run" for path in flatten(config)}
    fill_later(settings_of(config), groups)
    progress.start(store, with_seeds(config, seeds), f"{label_of(config, [])}, {count(seeds, 'seed')}")
