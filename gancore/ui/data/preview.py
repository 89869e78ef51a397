"""The chosen distribution: its name and where to go with it, and its points."""

from __future__ import annotations

import numpy as np
import streamlit as st

from gancore import figures
from gancore.config import ConfigError, RunConfig
from gancore.datasets.named import words_of
from gancore.store import Store
from gancore.studies.commands import settings_of
from gancore.ui import builder, runs, views
from gancore.ui.data import gallery
from gancore.ui.frame import link
from gancore.ui.show import show_square
from gancore.ui.text import escaped
from gancore.words import percent

SEEDS = 4
"""Seeds of a study that is begun here, as on the Training page."""


def heading(store: Store, config: RunConfig) -> None:
    """What it is, and the ways on."""
    entry = gallery.chosen(store, config)
    # A formula says more than that it is one.
    st.header(escaped(entry.label if entry and not config.dataset.told else words_of(config.dataset)))
    if entry:
        st.caption(escaped(entry.words))
    with st.container(horizontal=True, vertical_alignment="center", key="ways"):
        link("Training", "Train a GAN on this distribution", settings_of(config))
        builder.link_from(config, SEEDS, "Use in a study")


def section(config: RunConfig) -> bool:
    """Its training set, and how much of that a tanh output reaches; False where it has none here, which is said."""
    try:
        real = runs.real_points(config.dataset)
    except ConfigError as error:  # points of one's own that this store does not have
        st.error(escaped(error), icon=":material/search_off:")
        return False
    with st.container(width=views.WIDEST):
        words = f"{words_of(config.dataset)}: {len(real):,} real points in blue"
        show_square(figures.scatter(real, units=config.dataset.own_units()), "points", words)
    beyond = float(np.mean((np.abs(real) > 0.99).any(axis=1)))
    outside = float(np.mean((np.abs(real) > 1).any(axis=1)))
    st.caption(
        f"**{percent(beyond, 1)}** of the points have a coordinate beyond ±0.99"
        + (f", **{percent(outside, 1)}** one beyond ±1, which a tanh output cannot reach at all." if outside else "."),
        help="A tanh output reaches 0.99 only for inputs above 2.6, where its slope is below 0.02. "
        "A generator with a tanh output has to saturate to draw these points.",
    )
    return True
