"""Why it circles: the smallest GAN, two numbers, under every loss and penalty; reached from Training."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import link, setup

setup("Why it circles")
st.title("Why it circles")

from gancore.ui import theory, url

url.check(theory.url_checks())
theory.opening()
first = st.container()
picture, side = st.columns([4, 7], gap="large")
words, rest = side.container(), side.container()
asked = theory.settings(first, rest)
with side:
    link("Training", "Back to Training")
if asked is not None:
    theory.portrait(asked, picture, words)
theory.every_pair(asked)
