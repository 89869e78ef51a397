"""Step by step: single steps of a run on the page, of one network or both, and one step in slow motion.

A trial is its start and what was pressed since, which the address carries: ``?stepping=beginning&moves=b3d``. So a link
shows it again, and a server that has forgotten it takes the steps again. Nothing of it is stored.
"""

from __future__ import annotations

import streamlit as st

from gancore.config import ConfigError, RunConfig
from gancore.stepping import PRESSES, Position, Positions, Start
from gancore.stepping.words import standing_words, table
from gancore.store import Store
from gancore.ui.heavy import still_wanted
from gancore.ui.stepping import slow
from gancore.ui.stepping.address import (
    BEGINNING,
    MOST_SEED,
    PARAMETER,
    SEED,
    allowed,
    anew,
    closed,
    letters_of,
    part_shown,
    press,
    to_part,
)
from gancore.ui.stepping.picture import follow, picture
from gancore.ui.stepping.starts import choices, chosen, start_of
from gancore.ui.text import escaped

STYLE = """
<style>
.st-key-stepping_stage .vega-embed, .st-key-stepping_stage .vega-embed > div:first-of-type {width: 100% !important;}
.st-key-stepping_stage .vega-embed svg {width: 100%; height: auto; max-width: 32rem;}
.st-key-stepping_table table {width: 100%; font-variant-numeric: tabular-nums;}
.st-key-stepping_table td:not(:first-child), .st-key-stepping_table th:not(:first-child) {text-align: right;}
</style>
"""


def button(disabled: bool) -> None:
    """The button that opens the section for the form's settings."""
    st.button(
        "Step by step",
        icon=":material/skip_next:",
        key="stepping_open",
        disabled=disabled,
        on_click=st.query_params.update,
        args=({PARAMETER: BEGINNING},),
        help="Take single steps of these settings, of one network or both, and watch one in slow motion. Nothing has "
        "to be trained before.",
    )


def section(store: Store, form: RunConfig | None) -> bool:
    """Draws the section where the address asks for it; whether it does."""
    asked = st.query_params.get(PARAMETER)
    if asked is None:
        return False
    st.html(STYLE)
    with st.container(border=True, key="stepping"):
        heading, close = st.columns([6, 1], vertical_alignment="center")
        heading.subheader("Step by step")
        close.button("Close", key="stepping_close", on_click=closed)
        if form is None:
            st.caption("The settings in the form are not complete.")
            return True
        st.fragment(_section)(store, form)
    return True


def _section(store: Store, form: RunConfig) -> None:
    """What a press draws anew: the form and its hundred widgets are none of it."""
    try:
        _trial(store, form, st.query_params.get(PARAMETER, BEGINNING))
    except ConfigError as error:
        st.error(escaped(error))


def _trial(store: Store, form: RunConfig, asked: str) -> None:
    start_at, seed_at = st.columns([3, 2], vertical_alignment="bottom")
    seed = seed_at.selectbox("Seed", range(MOST_SEED + 1), key=SEED, bind="query-params", on_change=anew)
    config = form.model_copy(update={"seed": int(seed or 0)})
    choice = chosen(start_at, choices(store, config), asked)
    start = start_of(choice.key, choice.make)
    letters = letters_of(start)
    with st.spinner("Taking the steps…"):
        position = _positions().at(choice.key, start, letters, still_wanted)
    part = part_shown()
    if part and not position.ended:
        slow.section(start, position, letters, part)
        return
    _buttons(start, position, letters)
    before = _positions().at(choice.key, start, letters[:-1], still_wanted) if letters else None
    st.caption(escaped(standing_words(start, position, letters)))
    if position.ended:
        st.error("A weight is no number any more, so no step leads on from here. Undo, or go back.")
    left, right = st.columns([6, 5], gap="medium")
    with left:
        picture(start, position)
    with right:
        with st.container(key="stepping_table"):
            st.table(table(start, position, before), hide_index=True, alt="Numbers before the last press and now")
        follow(position)


def _buttons(start: Start, position: Position, letters: str) -> None:
    judged = start.config.loss.judged
    kinds = {"d": "discriminator alone", "g": "generator alone", "b": "both, as in training", "t": "ten of both"}
    with st.container(horizontal=True, key="stepping_buttons"):
        for letter in "dgbt":
            more = letters + letter
            st.button(
                PRESSES[letter].label,
                key=f"stepping_{letter}",
                type="primary" if letter == "b" else "secondary",
                disabled=position.ended or (letter == "d" and not judged) or not allowed(start, more),
                on_click=press,
                args=(more,),
                help=f"One step: {kinds[letter]}." if letter != "t" else "Ten steps of both.",
            )
        st.button(
            "Slow motion",
            icon=":material/slow_motion_video:",
            key="stepping_slow",
            disabled=position.ended or not allowed(start, letters + "b"),
            on_click=to_part,
            args=(1,),
            help="The next step of both, part by part.",
        )
        st.button(
            "Undo",
            icon=":material/undo:",
            key="stepping_undo",
            disabled=not letters,
            on_click=press,
            args=(letters[:-1],),
            help="Takes the last press back.",
        )
        st.button(
            "Back to the run",
            icon=":material/restart_alt:",
            key="stepping_back",
            disabled=not letters,
            on_click=press,
            args=("",),
            help="Takes every press back.",
        )


@st.cache_resource(show_spinner=False)
def _positions() -> Positions:
    return Positions()
