"""Step by step: single steps of a run on the page, of one network or both, and one step in slow motion.

A trial is its start and what was pressed since, which the address carries: ``?stepping=beginning&moves=b3d``. So a link
shows it again, and a server that has forgotten it takes the steps again. Nothing of it is stored.
"""

from __future__ import annotations

import contextlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import streamlit as st

from gancore import jobs
from gancore.config import ConfigError, RunConfig
from gancore.figures.steps import FOLLOWED, Shown, stage
from gancore.recording.landscape import landscape_of
from gancore.stepping import (
    PRESSES,
    SHOWN,
    Part,
    Position,
    Positions,
    Start,
    beginning,
    checkpoint_of,
    end_of,
    pressed,
    pulls,
    short,
    slow_motion,
)
from gancore.stepping.words import followed_words, range_words, standing_words, table
from gancore.store import Store
from gancore.ui.heavy import still_wanted
from gancore.ui.runs import stored
from gancore.ui.show import show
from gancore.ui.text import escaped
from gancore.ui.url import Check, whole
from gancore.viewer.tones import TONES

PARAMETER, MOVES, PART, FOLLOW, SEED = "stepping", "moves", "part", "follow", "stepping_seed"
BEGINNING, END, CHECKPOINT = "beginning", "end", "checkpoint"
MOST_SEED, MOST_PARTS = 15, 200
STYLE = """
<style>
.st-key-stepping_stage .vega-embed, .st-key-stepping_stage .vega-embed > div:first-of-type {width: 100% !important;}
.st-key-stepping_stage .vega-embed svg {width: 100%; height: auto; max-width: 32rem;}
.st-key-stepping_table table {width: 100%; font-variant-numeric: tabular-nums;}
.st-key-stepping_table td:not(:first-child), .st-key-stepping_table th:not(:first-child) {text-align: right;}
</style>
"""


def _start_check(value: str) -> None:
    if not re.fullmatch(f"{BEGINNING}|{END}|{CHECKPOINT}(-[0-9]{{1,12}})?", value):
        raise ValueError(f"use {BEGINNING}, {END} or {CHECKPOINT}")


def _moves_check(value: str) -> None:
    pressed(value)


PARAMETERS: dict[str, Check] = {
    PARAMETER: _start_check,
    MOVES: _moves_check,
    PART: whole(1, MOST_PARTS),
    FOLLOW: whole(0, SHOWN - 1),
    SEED: whole(0, MOST_SEED),
}
"""URL parameter → check."""


@dataclass(frozen=True, eq=False)
class Choice:
    """One start that there is."""

    name: str
    """What the address says."""
    label: str
    make: Callable[[], Start]
    key: tuple[str, ...]


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
        close.button("Close", key="stepping_close", on_click=_close)
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
    seed = seed_at.selectbox("Seed", range(MOST_SEED + 1), key=SEED, bind="query-params", on_change=_anew)
    config = form.model_copy(update={"seed": int(seed or 0)})
    choice = _chosen(start_at, _choices(store, config), asked)
    start = _start(choice.key, choice.make)
    letters = _letters(start)
    with st.spinner("Taking the steps…"):
        position = _positions().at(choice.key, start, letters, still_wanted)
    slow = _slow()
    if slow and not position.ended:
        _slow_motion(start, position, letters, slow)
        return
    _buttons(start, position, letters)
    before = _positions().at(choice.key, start, letters[:-1], still_wanted) if letters else None
    st.caption(escaped(standing_words(start, position, letters)))
    if position.ended:
        st.error("A weight is no number any more, so no step leads on from here. Undo, or go back.")
    picture, numbers = st.columns([6, 5], gap="medium")
    with picture:
        _picture(start, position)
    with numbers:
        with st.container(key="stepping_table"):
            st.table(table(start, position, before), hide_index=True, alt="Numbers before the last press and now")
        _follow(position)


# What there is to start from


def _choices(store: Store, config: RunConfig) -> list[Choice]:
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


def _chosen(place: Any, choices: Sequence[Choice], asked: str) -> Choice:
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
        for name in (MOVES, PART):
            st.query_params.pop(name, None)
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
    _anew()


def _anew() -> None:
    for name in (MOVES, PART):
        st.query_params.pop(name, None)


def _close() -> None:
    for name in (PARAMETER, MOVES, PART, FOLLOW, SEED):
        st.query_params.pop(name, None)


# The steps


def _letters(start: Start) -> str:
    """The presses that the address has; none where it has more than there may be of these networks."""
    asked = st.query_params.get(MOVES, "")
    try:
        return pressed(asked, start.machine.most_steps)
    except ConfigError as error:
        with contextlib.suppress(ConfigError):  # otherwise the page says so above
            pressed(asked)
            st.warning(escaped(error))
        return ""


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
                disabled=position.ended or (letter == "d" and not judged) or not _allowed(start, more),
                on_click=_press,
                args=(more,),
                help=f"One step: {kinds[letter]}." if letter != "t" else "Ten steps of both.",
            )
        st.button(
            "Slow motion",
            icon=":material/slow_motion_video:",
            key="stepping_slow",
            disabled=position.ended or not _allowed(start, letters + "b"),
            on_click=_to_part,
            args=(1,),
            help="The next step of both, part by part.",
        )
        st.button(
            "Undo", icon=":material/undo:", key="stepping_undo", disabled=not letters, on_click=_press,
            args=(letters[:-1],), help="Takes the last press back.",
        )  # fmt: skip
        st.button(
            "Back to the run", icon=":material/restart_alt:", key="stepping_back", disabled=not letters,
            on_click=_press, args=("",), help="Takes every press back.",
        )  # fmt: skip


def _allowed(start: Start, letters: str) -> bool:
    try:
        pressed(letters, start.machine.most_steps)
    except ConfigError:
        return False
    return True


def _press(letters: str) -> None:
    if letters:
        st.query_params[MOVES] = short(letters)
    else:
        st.query_params.pop(MOVES, None)


# The picture and the numbers


def _tones() -> Any:
    return TONES["dark" if st.context.theme.type == "dark" else "light"]


def _field(start: Start, standing: Any) -> tuple[Any, Any]:
    """The window, and how far the discriminator is from undecided over it; None where there is none."""
    seen = landscape_of(start.config, start.machine.weights(standing))
    return seen.window, start.machine.undecided(seen.field) if start.config.loss.judged else None


def _picture(start: Start, position: Position) -> None:
    standing = position.standing
    window, field = _field(start, standing)
    number = _number()
    way = None if number is None else np.stack([image[number] for image in position.images])
    shown = Shown(
        window,
        start.config.dataset.points(),
        position.images[-1],
        field,
        decides=start.config.loss.boundary is not None,
        pulls=None if position.ended else pulls(start.machine, standing),
        way=way,
        followed=number,
        units=start.config.dataset.own_units(),
    )
    _draw(shown)
    st.caption(escaped(range_words(start, field, pulled=True)))


def _draw(shown: Shown) -> None:
    words = f"{len(shown.real):,} real points in blue, {len(shown.fake):,} generated points in red"
    with st.container(key="stepping_stage"):
        show(stage(shown, _tones(), words=words), key="stepping_chart", on_select=_clicked)


def _clicked() -> None:
    """Follows the generated point that was clicked."""
    chosen = st.session_state["stepping_chart"].get("selection", {}).get(FOLLOWED) or []
    if chosen and isinstance(chosen[0].get("point"), int) and 0 <= chosen[0]["point"] < SHOWN:
        st.session_state["stepping_number"] = chosen[0]["point"]
        st.query_params[FOLLOW] = str(chosen[0]["point"])


def _number() -> int | None:
    value = st.query_params.get(FOLLOW, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 and int(value) < SHOWN else None


def _follow(position: Position) -> None:
    if "stepping_number" not in st.session_state:
        st.session_state["stepping_number"] = _number()
    st.number_input(
        "Follow a generated point",
        0,
        SHOWN - 1,
        key="stepping_number",
        on_change=_followed,
        placeholder="click one, or its number",
        help="Its way over the steps made is drawn in violet.",
    )
    number = _number()
    if number is not None:
        st.caption(escaped(followed_words(number, np.stack([image[number] for image in position.images]))))


def _followed() -> None:
    number = st.session_state["stepping_number"]
    if number is None:
        st.query_params.pop(FOLLOW, None)
    else:
        st.query_params[FOLLOW] = str(int(number))


# Slow motion


def _slow() -> int:
    value = st.query_params.get(PART, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else 0


def _to_part(number: int) -> None:
    if number:
        st.query_params[PART] = str(number)
    else:
        st.query_params.pop(PART, None)


def _made(start: Start, letters: str) -> None:
    """The step that was shown is made, and the next one begins if the trial has room for it."""
    _press(letters)
    _to_part(1 if _allowed(start, letters + "b") else 0)


def _slow_motion(start: Start, position: Position, letters: str, number: int) -> None:
    parts, _ = slow_motion(start.machine, position.standing)
    number = min(max(number, 1), len(parts))
    part, last = parts[number - 1], number == len(parts)
    with st.container(horizontal=True, key="stepping_slow_buttons"):
        st.button(
            "Back", icon=":material/chevron_left:", key="stepping_part_back", disabled=number == 1,
            on_click=_to_part, args=(number - 1,), help="The part before.",
        )  # fmt: skip
        st.button(
            "Make this step" if last else "Forward",
            icon=":material/chevron_right:",
            type="primary",
            key="stepping_part_on",
            disabled=last and not _allowed(start, letters + "b"),
            on_click=_made if last else _to_part,
            args=(start, letters + "b") if last else (number + 1,),
            help="Goes on from the step that was shown." if last else "The next part.",
        )
        st.button("Leave slow motion", key="stepping_part_leave", on_click=_to_part, args=(0,))
    step = position.standing.steps[0] + 1
    st.markdown(f"**Step {step:,}, part {number} of {len(parts)}: {escaped(part.title)}**")
    st.markdown(escaped(part.sentence))
    picture, listed = st.columns([6, 5], gap="medium")
    with picture:
        _part_picture(start, position, part)
    with listed:
        names = [f"**{escaped(one.title)}**" if one is part else escaped(one.title) for one in parts]
        st.markdown("\n".join(f"{i}. {name}" for i, name in enumerate(names, 1)))


def _part_picture(start: Start, position: Position, part: Part) -> None:
    window, field = _field(start, part.standing)
    fake = part.moved[1] if part.moved else position.images[-1]
    shown = Shown(
        window,
        start.config.dataset.points(),
        fake,
        field,
        decides=start.config.loss.boundary is not None,
        batch_real=part.real,
        batch_fake=part.fake,
        pulls=None if part.pulls is None or part.fake is None else (part.fake, part.pulls),
        before=part.moved[0] if part.moved else None,
        units=start.config.dataset.own_units(),
    )
    _draw(shown)
    st.caption(escaped(range_words(start, field, pulled=part.pulls is not None)))


# What the server keeps


@st.cache_resource(max_entries=16, show_spinner="Making the networks…")
def _start(key: tuple[str, ...], _make: Callable[[], Start]) -> Start:
    return _make()


@st.cache_resource(show_spinner=False)
def _positions() -> Positions:
    return Positions()
