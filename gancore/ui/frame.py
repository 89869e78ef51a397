"""What every page starts with: page config, the top bar and the store."""

from __future__ import annotations

import gc
import logging
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

import streamlit as st
from streamlit.errors import StreamlitAPIException
from streamlit.runtime.scriptrunner import get_script_run_ctx

from gancore.ui.text import escaped

if TYPE_CHECKING:
    from gancore.store import Store

PAGES = {
    "Home": ("streamlit_app.py", ":material/home:"),
    "Data": ("pages/data.py", ":material/scatter_plot:"),
    "Training": ("pages/training.py", ":material/model_training:"),
    "Ablation": ("pages/ablation.py", ":material/grid_view:"),
}
"""Those of the top bar."""
ROOMS = {"Why it circles": ("pages/why_it_circles.py", ":material/cyclone:")}
"""Pages that others lead to."""

ARRIVED = "page_arrived"
"""Key of the session's memory of whether this run is the first on its page, for ``gancore.ui.arrival``."""
SHOWN = "page_shown"
"""Key of the session's memory of the page that ran last."""

OBJECTS = 10_000
"""New objects after which Python looks for garbage."""

HISTORY = Path(__file__).with_name("history.js")
ICON = Path(__file__).with_name("icon.svg")
"""A circle and points that do not all find it; an emoji would have Streamlit compile the pattern of all emojis."""

STYLE = """
<style>
.stMainBlockContainer {padding: 1.1rem 2rem 1.5rem; max-width: 1500px; margin: 0 auto;}
.stAppHeader {height: 0; min-height: 0; background: transparent;}
.stMainBlockContainer h1 {padding: 0.2rem 0 0.1rem; font-size: 1.75rem; line-height: 1.25;}
.stMainBlockContainer h2 {padding: 0.4rem 0 0.1rem; font-size: 1.15rem;}
.stMainBlockContainer h3 {padding: 0.4rem 0 0.1rem; font-size: 1.05rem;}
[data-testid="stCaptionContainer"] {opacity: 0.75;}
@media (max-width: 640px) {
  .st-key-top_bar {gap: 0;}
  .st-key-top_bar a {padding: 0.2rem 0.45rem;}
  .st-key-top_bar a > span:has([data-testid="stIconMaterial"]) {display: none;}
  .stMainBlockContainer {padding: 0.8rem 0.9rem 2rem;}}
</style>
"""
"""Streamlit leaves 6 rem empty above a page; the question should fit on one screen. At Streamlit's opacity of 0.6 a
caption has a contrast of 4.3 on a light page."""


def setup(title: str) -> Store:
    """Page config and top bar; returns the store of this server. Call it once, first, on every page.

    This module loads Streamlit alone, so a page that imports everything else below this call shows itself a second
    sooner on a cold server. Where the store cannot be opened the page says why and stops.
    """
    # Modules make many objects and no garbage; looking for it after every 700 took a tenth of what loading them takes.
    gc.set_threshold(OBJECTS)
    st.set_page_config(
        page_title="gancore" if title == "Home" else f"{title} · gancore",
        page_icon=ICON,
        layout="wide",
    )
    st.html(f"{STYLE}<script>{HISTORY.read_text(encoding='utf-8')}</script>", unsafe_allow_javascript=True)
    if st.session_state.get(SHOWN) != title:
        st.session_state[SHOWN], st.session_state[ARRIVED] = title, True
    if not st.context.is_embedded:
        with st.container(horizontal=True, gap="small", vertical_alignment="center", key="top_bar"):
            for name in PAGES:
                link(name, label=f"**{name}**" if name == title else name)
    from gancore import plugins
    from gancore.store import default_root

    for sentence in plugins.problems():
        st.warning(escaped(f"{sentence[:1].upper()}{sentence[1:]}"), icon=":material/extension_off:")
    try:
        return _store(str(default_root()))
    except (ValueError, OSError) as error:
        st.error(escaped(error), icon=":material/folder_off:")
        st.stop()


def link(page: str, label: str, query: Mapping[str, str] | None = None) -> None:
    """A link to one of the pages, carrying URL parameters."""
    path, icon = (PAGES | ROOMS)[page]
    try:
        st.page_link(path, label=label, icon=icon, query_params=dict(query or {}))
    except StreamlitAPIException:  # the page was started by itself, so its neighbours are unknown
        st.markdown(label)


class OnPage(logging.Handler):
    """Shows the store's warnings, such as a damaged run, on the page whose script met them."""

    def emit(self, record: logging.LogRecord) -> None:
        """Shows one warning, if a page script is running in this thread."""
        if get_script_run_ctx(suppress_warning=True) is not None:
            st.warning(escaped(record.getMessage()), icon=":material/warning:")


@st.cache_resource(show_spinner=False)
def _store(root: str) -> Store:
    import pyarrow

    from gancore.store import Store

    # Arrow's own allocator keeps about 30 MB that it no longer needs.
    pyarrow.set_memory_pool(pyarrow.system_memory_pool())
    log = logging.getLogger("gancore.store")
    if not any(isinstance(handler, OnPage) for handler in log.handlers):
        log.addHandler(OnPage(logging.WARNING))
    return Store.open(root)
