"""Recipes on the Training page: a selector that fills the form, and what the chosen settings are called."""

from __future__ import annotations

from typing import Any

import streamlit as st

from gancore.config import RunConfig, flatten
from gancore.recipes import RECIPES, Recipe, matching
from gancore.studies.commands import value_text
from gancore.ui.form import Form, fill_later
from gancore.ui.text import escaped

KEY = "recipe"
OWN = ""
"""What the selector shows where the form is no recipe."""


def section(place: Any, form: Form) -> None:
    """Draws the selector in ``place``; it shows the recipe that the form is, and choosing another fills the form.

    Called after the form, and drawn above it: the settings, which the address carries, say what recipe they are.
    """
    known = None if form.errors else matching(form.config)
    st.session_state[KEY] = known.name if known else OWN
    with place:
        st.selectbox(
            "Recipe",
            [OWN, *RECIPES],
            format_func=lambda name: RECIPES[name].label if name in RECIPES else "settings of your own",
            key=KEY,
            on_change=_fill,
            help="Fills in settings that belong together, each with its source. What differs from the baseline is "
            "marked below. Distributions and numbers of steps stay, unless the recipe has its own.",
        )
        if known is not None:
            source = f"[{escaped(known.source)}]({known.address})" if known.address else escaped(known.source)
            st.caption(f"{escaped(known.sentence)} {escaped(known.notes)} Source: {source}.")


def _fill() -> None:
    """Has the form show the chosen recipe in this run of the page."""
    chosen = RECIPES.get(st.session_state[KEY])
    if chosen is None:
        return
    groups = {name if "." in path else "run" for path in flatten(RunConfig()) for name in [path.split(".")[0]]}
    task = dict(chosen.task_changes)
    if not any(path.startswith("dataset.") for path in task):
        groups.discard("dataset")
    fill_later(_settings(chosen, task), groups)


def _settings(chosen: Recipe, task: dict[str, Any]) -> dict[str, str]:
    """What the recipe sets, as typed, in a run as long as the form has it where the recipe does not say."""
    typed = str(st.session_state.get("steps", ""))
    steps = int(task.get("steps") or (typed if typed.isdecimal() and 1 <= int(typed) <= 1_000_000 else chosen.steps))
    settings = task | chosen.for_steps(steps) | {"steps": steps}
    return {path: value_text(value) for path, value in settings.items()}
