"""What the address says of a trial: where it starts, what was pressed, and which part and point are shown."""

from __future__ import annotations

import contextlib
import re

import streamlit as st

from gancore.config import ConfigError
from gancore.stepping import SHOWN, Start, pressed, short
from gancore.ui.text import escaped
from gancore.ui.url import Check, whole

PARAMETER, MOVES, PART, FOLLOW, SEED = "stepping", "moves", "part", "follow", "stepping_seed"
BEGINNING, END, CHECKPOINT = "beginning", "end", "checkpoint"
MOST_SEED, MOST_PARTS = 15, 200


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


def put(name: str, text: str) -> None:
    """Give a parameter of the address a value; an empty one takes it out."""
    if text:
        st.query_params[name] = text
    else:
        st.query_params.pop(name, None)


def anew() -> None:
    """Take every press back."""
    for name in (MOVES, PART):
        put(name, "")


def closed() -> None:
    """Leave the section."""
    for name in PARAMETERS:
        put(name, "")


def press(letters: str) -> None:
    """Have just these presses made."""
    put(MOVES, short(letters) if letters else "")


def to_part(number: int) -> None:
    """Show a part of the next step, from 1; 0 leaves slow motion."""
    put(PART, str(number) if number else "")


def letters_of(start: Start) -> str:
    """The presses that the address has; none where it has more than there may be of these networks."""
    asked = st.query_params.get(MOVES, "")
    try:
        return pressed(asked, start.machine.most_steps)
    except ConfigError as error:
        with contextlib.suppress(ConfigError):  # otherwise the page says so above
            pressed(asked)
            st.warning(escaped(error))
        return ""


def allowed(start: Start, letters: str) -> bool:
    """Whether these networks may take so many presses."""
    try:
        pressed(letters, start.machine.most_steps)
    except ConfigError:
        return False
    return True


def followed() -> int | None:
    """Number of the generated point that is followed, if one is."""
    number = _number(FOLLOW)
    return number if number is not None and number < SHOWN else None


def part_shown() -> int:
    """The part of the next step that is shown, from 1; 0 out of slow motion."""
    return _number(PART) or 0


def _number(name: str) -> int | None:
    """A small whole number of the address; the page says above what else it has."""
    value = st.query_params.get(name, "")
    return int(value) if value.isascii() and value.isdigit() and len(value) < 4 else None
