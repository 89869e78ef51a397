"""A page with the ways to give points alone."""

import streamlit as st

from gancore.store import Store
from gancore.ui import draw, upload

store = Store()
for kept in (upload.section(store), draw.section(store)):
    if kept is not None:
        st.text(f"{kept.sha256} {kept.info.name}")
