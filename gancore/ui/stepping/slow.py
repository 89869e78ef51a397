"""One step in slow motion: its parts in their order, a sentence and a picture each."""

from __future__ import annotations

import streamlit as st

from gancore.stepping import Position, Start, slow_motion
from gancore.ui.stepping.address import allowed, press, to_part
from gancore.ui.stepping.picture import part_picture
from gancore.ui.text import escaped


def _made(start: Start, letters: str) -> None:
    """The step that was shown is made, and the next one begins if the trial has room for it."""
    press(letters)
    to_part(1 if allowed(start, letters + "b") else 0)


def section(start: Start, position: Position, letters: str, number: int) -> None:
    """Draws part ``number`` (from 1) of the next step of both networks, and the buttons that lead on."""
    parts, _ = slow_motion(start.machine, position.standing)
    number = min(max(number, 1), len(parts))
    part, last = parts[number - 1], number == len(parts)
    with st.container(horizontal=True, key="stepping_slow_buttons"):
        st.button(
            "Back",
            icon=":material/chevron_left:",
            key="stepping_part_back",
            disabled=number == 1,
            on_click=to_part,
            args=(number - 1,),
            help="The part before.",
        )
        st.button(
            "Make this step" if last else "Forward",
            icon=":material/chevron_right:",
            type="primary",
            key="stepping_part_on",
            disabled=last and not allowed(start, letters + "b"),
            on_click=_made if last else to_part,
            args=(start, letters + "b") if last else (number + 1,),
            help="Goes on from the step that was shown." if last else "The next part.",
        )
        st.button("Leave slow motion", key="stepping_part_leave", on_click=to_part, args=(0,))
    step = position.standing.steps[0] + 1
    st.markdown(f"**Step {step:,}, part {number} of {len(parts)}: {escaped(part.title)}**")
    st.markdown(escaped(part.sentence))
    left, listed = st.columns([6, 5], gap="medium")
    with left:
        part_picture(start, position, part)
    with listed:
        names = [f"**{escaped(one.title)}**" if one is part else escaped(one.title) for one in parts]
        st.markdown("\n".join(f"{i}. {name}" for i, name in enumerate(names, 1)))
