"""Charts on the page."""

from __future__ import annotations

import altair as alt
import streamlit as st


def show(chart: alt.Chart | alt.LayerChart, key: str | None = None, stretch: bool = False) -> None:
    """Draws a chart (its description is the alternative text); ``stretch`` fills the width there is."""
    st.altair_chart(chart, width="stretch" if stretch else "content", key=key)
