"""What leaves the Ablation page: a choice of format, progress while it is made, and a download."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

import streamlit as st
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gancore.report import FIGURES, FORMATS, figures_for
from gancore.report.orders import Order, order_of
from gancore.report.queue import Exports, Making
from gancore.ui.selection import Selection
from gancore.ui.text import about, count, escaped, percent
from gancore.words import size

EVERY = 0.7
"""Seconds between looks at an export that is being made."""
WIDTH = 330
"""Pixels; it fits a phone, and does not change with the format."""

OWN_POINTS = "Draws the real points of your files, and packs them into the study's file. Without it they are left out."


def section(selection: Selection) -> None:
    """A popover that exports a study as it stands."""
    with st.popover("Export", icon=":material/download:"), st.container(width=WIDTH):
        st.fragment(_body)(selection)


def _body(selection: Selection) -> None:
    study, seeds, metric, pick = selection.study, selection.seeds, selection.metric, selection.single
    name = st.selectbox("Format", list(FORMATS), format_func=_label, key="export_format")
    chosen = FORMATS[name]
    st.caption(escaped(chosen.help))
    part = None
    if chosen.parts:
        part = st.segmented_control(
            "Content",
            figures_for(study),
            default=next(iter(FIGURES)),
            required=True,
            key="export_part",
            format_func=_figure,
        )
        st.caption(escaped(FIGURES[part or next(iter(FIGURES))].help))
    stands = f"seed {pick}" if pick.isdigit() else f"the {pick} seed"
    st.caption(f"All variants with {count(seeds, 'seed')} each. Panels show {stands}. The metric is {escaped(metric)}.")
    own = any(variant.config.dataset.private for variant in study.variants)  # type: ignore[attr-defined]
    with_points = own and st.checkbox("With your own points", key="export_points", help=OWN_POINTS)
    order = order_of(selection.store, study, seeds, metric, pick, chosen, part, with_points)
    exports, session = _exports(), _session()
    making, older = exports.find(order), False
    asked: Order | None = st.session_state.get("export_order")
    if making is None and asked is not None and replace(asked, contents=order.contents) == order:
        making, older = exports.find(asked), True  # runs were stored since: it goes on all the same
    if making is not None and making.active and session in making.sessions:
        st.fragment(_watch, run_every=EVERY)(making, session)
        return
    if making is not None and making.state == "done" and making.path is not None:
        st.download_button(
            f"Download ({size(making.size)})",
            partial(_read, making),
            making.path.name,
            order.mime,
            key="export_download",
            type="primary",
            icon=":material/download:",
            on_click="ignore",
        )
        st.caption(escaped(making.path.name) + (", created before the newest runs were stored." if older else ""))
        if not older:
            return
    label = "Create it again" if older else "Create"
    st.button(label, key="export_make", type="primary", on_click=_ask, args=(order, session))
    if making is not None and making.state == "failed":
        st.error(escaped(making.reason), icon=":material/error:")
    elif making is not None and making.state == "cancelled":
        st.caption("The export was cancelled.")


def _ask(order: Order, session: str) -> None:
    st.session_state["export_order"] = order
    _exports().ask(order, session)


def _watch(making: Making, session: str) -> None:
    """Shows an export until it ends; then the page runs once more."""
    exports = _exports()
    if not making.active or session not in making.sessions:
        st.rerun()
    st.progress(making.share, escaped(_in_words(making, exports.ahead(making))))
    st.button("Cancel", key="export_cancel", on_click=exports.cancel, args=(making, session), icon=":material/stop:")
    st.caption("The export continues if you leave this page. Pages and training have priority.")


def _in_words(making: Making, ahead: int) -> str:
    """One line: what is being made and how long it still takes, or how many are in front of it."""
    if making.state == "waiting":
        return f"waiting for {count(ahead, 'other export')}"
    left = making.seconds_left
    rest = "" if left is None else f" · {about(left)} left"
    return f"{making.what or 'starting'} · {percent(making.share)}{rest}"


def _label(name: str) -> str:
    return FORMATS[name].label


def _figure(name: str) -> str:
    return FIGURES[name].label


def _read(making: Making) -> bytes:
    """The file, read when it is asked for, so that the server does not hold it."""
    return making.path.read_bytes() if making.path else b""


def _session() -> str:
    context = get_script_run_ctx(suppress_warning=True)
    return context.session_id if context else ""


@st.cache_resource(show_spinner=False)
def _exports() -> Exports:
    return Exports()
