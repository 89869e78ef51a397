"""Data: a distribution, what is hard about it, and how well perfect samples of it would score."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import link, setup

store = setup("Data")
st.title("Data")

import numpy as np

from gancore import figures, metrics
from gancore.datasets.named import name_of
from gancore.studies.commands import settings_of
from gancore.studies.labels import dataset_label
from gancore.ui import runs, url, views
from gancore.ui.form import config_form, url_checks
from gancore.ui.show import show_square
from gancore.words import percent

url.check(url_checks(["dataset"]))

settings, picture, scores = st.columns([3, 4, 6], gap="large")

with settings:
    st.header("Distribution")
    form = config_form(["dataset"])
    dataset = form.config.dataset
    if form.errors:
        st.warning("The page shows the last valid settings until every setting is allowed.")
    link("Training", "Train a GAN on this distribution", settings_of(form.config))

real = runs.real_points(dataset)

with picture:
    st.header(f"{len(real):,} points")
    with st.container(width=views.WIDEST):
        words = f"{dataset_label(name_of(dataset))}: {len(real):,} real points in blue"
        show_square(figures.scatter(real), "points", words)
    beyond = float(np.mean((np.abs(real) > 0.99).any(axis=1)))
    outside = float(np.mean((np.abs(real) > 1).any(axis=1)))
    st.metric(
        "Points with a coordinate beyond ±0.99",
        percent(beyond, 1),
        help="A tanh output reaches 0.99 only for inputs above 2.6, where its slope is below 0.02. "
        "A generator with a tanh output has to saturate to draw these points.",
    )
    if outside:
        st.caption(f"{percent(outside, 1)} of the points lie beyond ±1, which a tanh output cannot reach at all.")

with scores:
    st.header("What perfect samples would score")
    st.caption(
        "A floor is what real points score against other real points: 2,000 each (w1: 1,000), over 20 pairs. "
        "No generator can be expected to do better, so read every metric beside its floor."
    )
    with st.spinner("Scoring real points against real points…"):
        floors = runs.floors_of(store, dataset)
    st.table(
        figures.floor_rows(floors, metrics.METRICS, metrics.lacking(dataset)), border="horizontal", hide_index=True
    )
