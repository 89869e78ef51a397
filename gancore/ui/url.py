"""What a link carries: parameters are checked before widgets read them, and refused in one sentence each."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import streamlit as st

from gancore.config import ConfigError, quoted, shortened
from gancore.parts.errors import one_of as among
from gancore.ui.text import escaped

CARRIED = "carried_in_link"
"""Key of the session's memory of what ``carry`` left in the URL."""
Check = Callable[[str], None]
"""Raises ValueError with what is allowed, such as ``use a whole number from 1 to 16``."""


def one_of(options: Iterable[object]) -> Check:
    """Only the given options, as text."""
    allowed = [str(option) for option in options]

    def check(value: str) -> None:
        if value not in allowed:
            raise ValueError(among(allowed, value))

    return check


def digits(text: str) -> bool:
    """Whether a text is a whole number that may be read: digits as computers write them, and not thousands of them."""
    return text.isascii() and text.isdigit() and len(text) <= 12


def whole(low: int, high: int) -> Check:
    """A whole number from low to high, written in digits."""

    def check(value: str) -> None:
        if not (digits(value) and low <= int(value) <= high):
            raise ValueError(f"use a whole number from {low:,} to {high:,}")

    return check


def anything(value: str) -> None:
    """Checked elsewhere."""


def refused(parameters: Mapping[str, Check]) -> list[str]:
    """One sentence for each URL parameter that is unknown or not allowed.

    Unknown ones are taken out of the URL; a widget bound to a refused one falls back to its default by itself.
    """
    sentences = []
    for name, value in st.query_params.to_dict().items():
        if name not in parameters:
            sentences.append(f"{shortened(name)}: there is no such parameter on this page; {among(parameters, name)}.")
            del st.query_params[name]
            continue
        try:
            parameters[name](value)
        except ConfigError as error:
            sentences.append(f"{error}. The default is shown instead.")
        except ValueError as error:
            sentences.append(f"{name}: {quoted(value)} is not allowed; {error}. The default is shown instead.")
    return sentences


def warn(sentences: Iterable[str]) -> None:
    """Shows the sentences in one box, a line each."""
    lines = [escaped(sentence) for sentence in sentences]
    if lines:
        st.warning("  \n".join(lines), icon=":material/link_off:")


def check(parameters: Mapping[str, Check]) -> None:
    """Says what is wrong with this page's URL, if anything is."""
    warn(refused(parameters))


def check_one(name: str, options: Iterable[object]) -> None:
    """Says so where a parameter is none of options that only the page's other choices decide, and takes it out.

    Once the widget of that name is there, what another study left behind is no mistake in a link.
    """
    value = st.query_params.get(name)
    allowed = [str(option) for option in options]
    if value is None or value in allowed or name in st.session_state:
        return
    use = among(allowed, value) if allowed else "this study has none"
    warn([f"{name}: {quoted(value)} is not allowed; {use}. The default is shown instead."])
    del st.query_params[name]


def follow(key: str, options: Sequence[str], default: str) -> None:
    """Before a widget that shows labels for names: it takes the name that a link, or the browser's Back, asks for.

    A widget bound to the URL would put its label there. ``carry`` is the way back, after the widget.
    """
    check_one(key, options)
    state, asked = st.session_state, st.query_params.get(key)
    if state.get(key) not in options or asked != state.get(CARRIED, {}).get(key):
        state[key] = asked if asked in options else default


def renew(defaults: Mapping[str, str]) -> None:
    """Before such widgets, where another choice on the page decides their defaults: they take its new ones.

    A link, or the browser's Back, that asks for something else in the same moment has its way.
    """
    state, asked = st.session_state, st.query_params
    name = f"defaults_of_{'_'.join(defaults)}"
    before, carried = state.get(name), state.get(CARRIED, {})
    state[name] = dict(defaults)
    if before not in (None, state[name]) and all(asked.get(key) == carried.get(key) for key in defaults):
        for key in defaults:
            state.pop(key, None)
            asked.pop(key, None)


def carry(shown: Mapping[str, str], defaults: Mapping[str, str], options: Sequence[str]) -> None:
    """After such widgets: the URL has the names they show, all or, where they are the defaults, none."""
    asked = st.query_params
    if dict(shown) != {key: asked[key] if asked.get(key) in options else name for key, name in defaults.items()}:
        # All at once: every change is a step in the browser's history.
        if shown == defaults:
            for key in defaults:
                asked.pop(key, None)
        else:
            asked.update(shown)
    kept = st.session_state.get(CARRIED, {})
    st.session_state[CARRIED] = kept | {key: asked.get(key) for key in defaults}
