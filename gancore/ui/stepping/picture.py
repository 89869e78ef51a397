"""The picture of a trial: points, what the discriminator says, what the generator follows, and one point's way."""

from __future__ import annotations

from typing import Any

import numpy as np
import streamlit as st

from gancore.figures.steps import FOLLOWED, Shown, stage
from gancore.recording.landscape import landscape_of
from gancore.stepping import SHOWN, Part, Position, Start, pulls
from gancore.stepping.words import followed_words, range_words
from gancore.ui.show import show
from gancore.ui.stepping.address import FOLLOW, followed, put
from gancore.ui.text import escaped
from gancore.viewer.tones import TONES


def _tones() -> Any:
    return TONES["dark" if st.context.theme.type == "dark" else "light"]


def _field(start: Start, standing: Any) -> tuple[Any, Any]:
    """The window, and how far the discriminator is from undecided over it; None where there is none."""
    seen = landscape_of(start.config, start.machine.weights(standing))
    return seen.window, start.machine.undecided(seen.field) if start.config.loss.judged else None


def picture(start: Start, position: Position) -> None:
    """Draws where a trial stands."""
    standing = position.standing
    window, field = _field(start, standing)
    number = followed()
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
        put(FOLLOW, str(chosen[0]["point"]))


def follow(position: Position) -> None:
    """Draws the box that chooses a point to follow, and says how far it went."""
    if "stepping_number" not in st.session_state:
        st.session_state["stepping_number"] = followed()
    st.number_input(
        "Follow a generated point",
        0,
        SHOWN - 1,
        key="stepping_number",
        on_change=_followed,
        placeholder="click one, or its number",
        help="Its way over the steps made is drawn in violet.",
    )
    number = followed()
    if number is not None:
        st.caption(escaped(followed_words(number, np.stack([image[number] for image in position.images]))))


def _followed() -> None:
    number = st.session_state["stepping_number"]
    put(FOLLOW, "" if number is None else str(int(number)))


def part_picture(start: Start, position: Position, part: Part) -> None:
    """Draws what a part of a step is about."""
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
