"""Why it circles: the smallest GAN, two numbers, under every loss and penalty; reached from Training."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import link, setup

setup("Why it circles")
st.title("Why it circles")

from gancore.ui import theory, url

url.check(theory.url_checks())
theory.opening()
choice, view = st.columns([4, 8], gap="large")
with choice:
    asked = theory.settings()
    link("Training", "Back to Training")
with view:
    if asked is not None:
        theory.portrait(asked)
theory.every_pair(asked)
