"""What fixes it, for a variant that fails: a link to the Training page, where the search begins."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from itertools import islice

import streamlit as st

from gancore.store import StoredRun
from gancore.studies import Variant
from gancore.ui.selection import Selection
from gancore.ui.text import escaped
from gancore.ui.training import fixing

MOST = 3
"""Ticked variants that are offered."""


def section(selection: Selection, found: Mapping[str, Sequence[StoredRun | None]], ticked: Sequence[str]) -> None:
    """A link for each ticked variant that fails, or for the study's first one where none is ticked."""
    looked_at = [variant for variant in selection.variants if not ticked or variant.name in ticked]
    failing = (variant for variant in looked_at if fails(found.get(variant.name, ())))
    wanted: list[Variant] = list(islice(failing, MOST if ticked else 1))
    if not wanted:
        return
    with st.container(horizontal=True, key="fixes"):
        for variant in wanted:
            fixing.link_from(variant.config, f"What fixes “{escaped(variant.label)}”?")


def fails(runs: Sequence[StoredRun | None]) -> bool:
    """Whether fewer than half of the trained runs learned."""
    trained = [run for run in runs if run is not None]
    return bool(trained) and 2 * sum(run.metrics.get("learned") == 1 for run in trained) < len(trained)
