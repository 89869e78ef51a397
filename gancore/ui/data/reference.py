"""What every metric would read on a distribution for real data, and for a generator that has collapsed."""

from __future__ import annotations

import streamlit as st

from gancore import figures, metrics
from gancore.parts import Dataset
from gancore.store import Store
from gancore.ui import runs


def section(store: Store, dataset: Dataset) -> None:
    """The table; what is not stored yet is computed, which takes seconds, so a page draws it last."""
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
