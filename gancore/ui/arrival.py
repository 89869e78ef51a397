"""What a link within the app carries to a page whose widgets share their names with those of the page before."""

from __future__ import annotations

from collections.abc import Container, Mapping
from urllib.parse import parse_qsl

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gancore.ui.form import url_checks
from gancore.ui.frame import ARRIVED
from gancore.ui.url import Check


def restore(groups: Container[str] | None = None, numbers: Mapping[str, Check] | None = None) -> None:
    """Gives widgets what the address asked for; a page calls it before it reads the URL.

    Where a link or the browser's Back leads from one page to another, Streamlit takes out of the address what was bound
    to a widget of the page before, also where the link meant it for the new page's widget of that name.
    ``groups``: those of the form; ``numbers``: URL parameter → check, of sliders.
    """
    context = get_script_run_ctx(suppress_warning=True)
    if context is None or not st.session_state.pop(ARRIVED, False):
        return
    asked = dict(parse_qsl(context.query_string, keep_blank_values=True))
    lost = {name: value for name, value in asked.items() if name not in st.query_params}
    if not lost:
        return
    if context.is_history_navigation:  # then widgets ask the address alone, as it was when the page began
        with context.session_state.query_params() as parameters:
            parameters.set_initial_query_params(context.query_string)
    # All at once, as every change is a step in the browser's history; but first the kinds, which decide what settings
    # there are.
    st.query_params.update({name: value for name, value in lost.items() if name.endswith("kind")})
    sliders = numbers or {}
    checks = {**url_checks(groups), **sliders}
    known = {name: value for name, value in lost.items() if name in checks}
    st.query_params.update(known)
    for name, value in known.items():
        try:
            checks[name](value)
        except ValueError:  # the page says so and shows the default
            continue
        st.session_state[name] = int(value) if name in sliders else value
