"""Views of stored runs that pages share: one run, a grid of runs, and how their tables look."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import streamlit as st

from gancore import figures
from gancore.store import StoredRun
from gancore.ui.runs import real_points, scores_at, snapshot
from gancore.ui.show import show
from gancore.ui.text import percent


def run_view(run: StoredRun) -> None:
    """A finished run: its points at a chosen step, and its curves."""
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.fragment(_points)(run)
    with right:
        run_curves(run, 190)


def run_curves(run: StoredRun, height: int, prefix: str = "") -> None:
    """A run's accuracies and losses; ``prefix`` tells their keys from those of the page around."""
    st.markdown("**Discriminator accuracy**")
    show(figures.accuracy(run.history, height=height), key=f"{prefix}accuracy", stretch=True)
    st.markdown("**Losses**")
    show(figures.losses(run.history, height=height), key=f"{prefix}losses", stretch=True)


def _points(run: StoredRun) -> None:
    step = step_slider(run.snapshot_steps)
    fake, at = snapshot(run, step)
    show(figures.scatter(real_points(run.config.dataset), fake, side=262), key="points")
    st.caption(f":blue[●] real, :red[●] generated at step {at:,}: {_in_words(run, at)}")


def _in_words(run: StoredRun, step: int) -> str:
    """How good the points of a step are, and whether the run ended early."""
    scores = scores_at(run, step)
    words = f"{percent(scores.get('near'))} near the curve, {percent(scores.get('coverage'))} of it covered"
    return words if run.diverged_at is None else f"{words}; diverged at step {run.diverged_at:,}"


def step_slider(steps: Sequence[int]) -> int:
    """The training step to look at; it is in the URL, and the end is the default."""
    if len(steps) < 2:
        return steps[-1] if steps else 0
    return st.select_slider("Training step", steps, value=steps[-1], key="step", bind="query-params")


def metric_columns() -> dict[str, Any]:
    """How the columns of metric tables look."""
    numbers = {"value": "At the end", "floor": "Floor", "lowest": "Floor, lowest", "highest": "Floor, highest"}
    helps = {
        "floor": "Real points against other real points, the mean over 20 pairs.",
        "lowest": "The lowest floor of the 20 pairs.",
        "highest": "The highest floor of the 20 pairs.",
    }
    words = {"metric": "Metric", "better": "Better"}
    return {
        **{
            name: st.column_config.NumberColumn(label, format="%.3f", help=helps.get(name))
            for name, label in numbers.items()
        },
        **{name: st.column_config.TextColumn(label) for name, label in words.items()},
    }
