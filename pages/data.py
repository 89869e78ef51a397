"""Data: a gallery of distributions, the chosen one's parameters and points, and what each metric would read on it."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import setup

store = setup("Data")
st.title("Data")

from gancore.ui import arrival, url
from gancore.ui.data import gallery, own, preview, reference, scoring
from gancore.ui.form import config_form, prepare, url_checks

arrival.restore(["dataset"])
prepare()
url.check(url_checks(["dataset"]) | gallery.PARAMETERS | own.PARAMETERS | scoring.PARAMETERS)

choice, view = st.columns([4, 8], gap="large")
with choice:
    place = st.container()
with view:
    head = st.container()
    picture, settings = st.columns(2, gap="large")
with settings:
    form = config_form(["dataset"])
    if form.errors:
        st.warning("The page shows the last valid settings until every setting is allowed.")
with picture:  # at once; what takes longer comes after it
    known = preview.section(form.config)
with head:
    preview.heading(store, form.config)
with place:
    gallery.section(store, form.config)
    own.section(store)
if known:
    with view:
        scoring.section(store, form.config)
        reference.section(store, form.config.dataset)  # last, because it may take seconds
