"""What every metric would read on a distribution for real data, and for a generator that has collapsed."""

from __future__ import annotations

import streamlit as st

from gancore import figures, metrics
from gancore.parts import Dataset
from gancore.store import Store
from gancore.ui import runs
from gancore.ui.text import escaped

STYLE = """
<style>
@media (max-width: 640px) {
  .st-key-reference thead {display: none;}
  .st-key-reference tr {display: flex; flex-wrap: wrap; column-gap: 1rem; padding: 0.4rem 0;
    border-bottom: 1px solid #8a8f9859;}
  .st-key-reference td {display: block; padding: 0.1rem 0 !important; border: 0 !important;}
  .st-key-reference td:first-child {flex: 100%; font-weight: 600;}
  .st-key-reference td:last-child {flex: 100%; font-size: 0.8rem; opacity: 0.8;}
  .st-key-reference td:nth-child(2)::before {content: "Real data: ";}
  .st-key-reference td:nth-child(3)::before {content: "Collapsed: ";}}
</style>
"""
"""On a phone a row is a block with its numbers side by side where they fit: in four columns a definition would have the
width of a word."""
PAIRS = 20
"""Draws that a reference is the mean of."""


def section(store: Store, dataset: Dataset) -> None:
    """The table; what is not stored yet is computed, which takes seconds, so a page draws it last."""
    st.header("What each metric would read")
    st.caption(
        f"Real data: the mean over {PAIRS} draws of real points that were scored as if a generator had made them, and "
        "in brackets the lowest and the highest. No generator can be expected to do better. A collapsed generator: "
        "every sample is the same point of the distribution."
    )
    for said in metrics.explained(dataset):
        st.caption(escaped(said))
    references = runs.references_of(store, dataset)
    rows = figures.reference_rows(
        references, metrics.METRICS, metrics.lacking(dataset), store.collapsed(dataset).get("one_point", {})
    )
    st.html(STYLE)
    with st.container(key="reference"):
        st.table(rows, border="horizontal", hide_index=True)
