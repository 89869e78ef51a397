"""A canvas on which people paint points of their own."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

import numpy as np
import streamlit as st
from streamlit.components.v2 import component

from gancore.config import ConfigError
from gancore.datasets.points import LEAST
from gancore.store import KeptPoints, Store, StoreError
from gancore.ui.text import escaped
from gancore.viewer import painter, painter_style

MOST = 20_000
"""Points of a drawing; the browser stops there."""
LEVELS = 10_000
"""Coordinates come as whole numbers from -LEVELS to LEVELS."""


def section(store: Store) -> KeptPoints | None:
    """Draws the canvas; the points that were just painted, kept in the store, or None while there are none.

    A drawing that cannot be points to train on, and a store that cannot be written, are said in a sentence.
    """
    result = _component()(data={"least": LEAST}, key="painter", on_drawn_change=_nothing)
    drawn = getattr(result, "drawn", None)
    if not drawn:
        return None
    try:
        return store.points.add(points_of(drawn), "drawing")
    except (ConfigError, StoreError) as error:
        st.error(escaped(error), icon=":material/draw:")
        return None


def points_of(drawn: Any) -> np.ndarray:
    """What a browser sent, whatever that may be, as points [n, 2] in [-1, 1]²; raises ConfigError."""
    numbers: Any = drawn.get("points") if isinstance(drawn, Mapping) else None
    sound = isinstance(numbers, list) and len(numbers) % 2 == 0
    if not sound or not all(type(number) is int and -LEVELS <= number <= LEVELS for number in numbers):
        raise ConfigError.of("drawing", "what the browser sent is no drawing")
    points = np.array(numbers, np.float64).reshape(-1, 2) / LEVELS
    if not LEAST <= len(points) <= MOST:
        raise ConfigError.of("drawing", f"it has {len(points):,} points; draw {LEAST} to {MOST:,} of them", len(points))
    for axis, name in enumerate("xy"):
        if np.ptp(points[:, axis]) == 0:
            raise ConfigError.of("drawing", f"all its points have one {name}; draw something wider")
    return points


def _nothing() -> None:
    """What was drawn is read from the component's result."""


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    return component("gancore_painter", css=painter_style(), js=painter(), isolate_styles=False)
