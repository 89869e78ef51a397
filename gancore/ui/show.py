"""Charts on the page."""

from __future__ import annotations

from collections.abc import Callable

import altair as alt
import streamlit as st
from altair.utils import schemapi

# Altair would check every part of a chart when it is made, and all of it again when it is drawn: the second is enough.
schemapi.disable_debug_mode()

AS_SVG = {"embedOptions": {"renderer": "svg", "actions": False}}
INK = "currentColor"
"""The page's own colour of text, light or dark; an SVG knows it, a canvas takes it for black."""
GREY = "#5a606c"
"""For a canvas on a light page, where Streamlit's own grey has a contrast of 3.7; on a dark page its own is bright."""


def show(
    chart: alt.Chart | alt.LayerChart | alt.VConcatChart,
    key: str | None = None,
    stretch: bool = False,
    words: str = "",
    on_select: Callable[[], None] | None = None,
) -> None:
    """Draws a chart; ``stretch`` fills the width there is; ``words`` are its alternative text, else its description.

    ``on_select`` is called where a visitor chooses something in it, which the session then has under ``key``.
    """
    drawn = chart.copy(deep=False)
    if isinstance(chart, alt.LayerChart | alt.VConcatChart):
        drawn.config, drawn.usermeta = _inked(chart.config, INK, 0.8), AS_SVG
        if isinstance(chart, alt.VConcatChart):  # words on the picture that have no colour of their own
            drawn.config.text = alt.MarkConfig(color=INK)
    elif st.context.theme.type == "light":  # a scatter, whose thousands of points are a canvas's work
        drawn.config = _inked(chart.config, GREY)
    if words:
        drawn.description = words
    st.altair_chart(drawn, width="stretch" if stretch else "content", key=key, on_select=on_select or "ignore")


def show_square(chart: alt.Chart, key: str, words: str = "") -> None:
    """Draws a square chart as wide as there is room for."""
    fitted = chart.properties(autosize=alt.AutoSizeParams(type="fit-x", contains="padding"))
    show(fitted.add_params(alt.param(name="height", expr="width")), key, stretch=True, words=words)


def _inked(config: alt.Config, colour: str, opacity: float = 1.0) -> alt.Config:
    """The config with words in this colour."""
    settings = config.to_dict(validate=False)
    ink = {"labelColor": colour, "titleColor": colour, "labelOpacity": opacity, "titleOpacity": opacity}
    return alt.Config(**{**settings, "axis": settings["axis"] | ink, "legend": settings["legend"] | ink})
