"""Where a trial may start: step 0 of the form's settings, where training stands, or where a stored run ended."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gancore import jobs
from gancore.config import RunConfig
from gancore.stepping import Start, beginning, checkpoint_of, end_of
from gancore.store import Store
from gancore.ui.runs import stored
from gancore.ui.stepping.address import BEGINNING, CHECKPOINT, END, MOVES, PARAMETER, anew


@dataclass(frozen=True, eq=False)
class Choice:
    """One start that there is."""

    name: str
    """What the address says."""
    label: str
    make: Callable[[], Start]
    key: tuple[str, ...]


def choices(store: Store, config: RunConfig) -> list[Choice]:
    """Step 0 of a configuration, its checkpoint if a job has left one, and the end of its stored run."""
    found = [Choice(BEGINNING, "Step 0", lambda: beginning(config), (BEGINNING, config.run_id))]
    run = stored(store, config)
    if run is not None:
        weights = run.weights
        if weights:
            name = f"The end of the stored run, step {run.steps:,}"
            key = (END, config.run_id, run.created)
            found.append(Choice(END, name, lambda: end_of(run.config, weights, run.steps), key))
        return found
    at = jobs.checkpoint_step(store, config)
    if at:
        name, key = f"{CHECKPOINT}-{at}", (CHECKPOINT, config.run_id, str(at))
        label = f"Where its training stands, step {at:,}"
        found.append(Choice(name, label, lambda: checkpoint_of(config, jobs.checkpoint(store, config)), key))
    return found


def chosen(place: Any, choices: Sequence[Choice], asked: str) -> Choice:
    """The start that is chosen; where the one asked for is not there, a sentence says which is taken."""
    known = {one.name: one for one in choices}
    alike = next((one for one in choices if asked.startswith(one.name.partition("-")[0])), None)
    if asked not in known:
        if alike is None:
            st.info("There are no networks of these settings and this seed at that place; the trial begins at step 0.")
        elif asked != CHECKPOINT and st.query_params.get(MOVES):
            st.info(f"Training has gone on since; the trial begins again: {alike.label[0].lower()}{alike.label[1:]}.")
        asked = (alike or choices[0]).name
        st.query_params[PARAMETER] = asked
        anew()
    st.session_state["stepping_start"] = asked
    name = place.selectbox(
        "Start",
        list(known),
        format_func=lambda name: known[name].label,
        key="stepping_start",
        on_change=_begin,
        help="Step 0, or where training has come to. Runs that came with gancore have no networks to go on from.",
    )
    return known[name]


def _begin() -> None:
    st.query_params[PARAMETER] = st.session_state["stepping_start"]
    anew()


@st.cache_resource(max_entries=16, show_spinner="Making the networks…")
def start_of(key: tuple[str, ...], _make: Callable[[], Start]) -> Start:
    """The networks of a choice, made once for its key."""
    return _make()
