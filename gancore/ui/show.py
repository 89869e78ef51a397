"""Charts on the page."""

from __future__ import annotations

import altair as alt
import streamlit as st
from altair.utils import schemapi

# Altair would check every part of a chart when it is made, and all of it again when it is drawn: the second is enough.
schemapi.disable_debug_mode()


def show(chart: alt.Chart | alt.LayerChart, key: str | None = None, stretch: bool = False) -> None:
    """Draws a chart (its description is the alternative text); ``stretch`` fills the width there is."""
    st.altair_chart(chart, width="stretch" if stretch else "content", key=key)
