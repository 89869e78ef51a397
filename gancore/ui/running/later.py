"""What a section wants of the page's own widgets, set when the page runs next, before it draws them.

A widget that is drawn already cannot be set, and one that is bound to the URL takes the URL's value in a run that a
fragment asked for, unless it is set in that very run.
"""

from __future__ import annotations

import streamlit as st

KEY = "set_later"
WIDGETS = ("study", "seeds", "builder", "builder_first")
"""Keys of the page's widgets and of what decides where they stand; anything else is a parameter of the URL."""


def set_later(**values: object) -> None:
    """Sets widgets (``WIDGETS``) and URL parameters at the next ``prepare``."""
    st.session_state[KEY] = st.session_state.get(KEY, {}) | values


def prepare() -> None:
    """Sets what was asked for; a page calls it first, before it reads the URL and draws its widgets."""
    for name, value in st.session_state.pop(KEY, {}).items():
        if name in WIDGETS:
            st.session_state[name] = value
        else:
            st.query_params[name] = str(value)
