"""Views of stored runs that pages share: one run, a grid of runs, and how their tables look."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import streamlit as st

from gancore import figures
from gancore.metrics import METRICS
from gancore.store import StoredRun
from gancore.ui.runs import real_points, scores_at, snapshot
from gancore.ui.show import show
from gancore.ui.text import escaped, percent


@dataclass(frozen=True)
class Panel:
    """One cell of the grid."""

    name: str
    title: str
    run: StoredRun | None


def run_view(run: StoredRun) -> None:
    """A finished run: its points at a chosen step, and its curves."""
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.fragment(_points)(run)
    with right:
        st.markdown("**Discriminator accuracy**")
        show(figures.accuracy(run.history, height=190), key="accuracy", stretch=True)
        st.markdown("**Losses**")
        show(figures.losses(run.history, height=190), key="losses", stretch=True)


def _points(run: StoredRun) -> None:
    step = step_slider(run.snapshot_steps)
    fake, at = snapshot(run, step)
    show(figures.scatter(real_points(run.config.dataset), fake, side=262), key="points")
    st.caption(f":blue[●] real, :red[●] generated at step {at:,}: {_in_words(run, at)}")


def grid(panels: Sequence[Panel]) -> None:
    """Side by side scatters on the same axes, moved through the training steps by one slider."""
    st.fragment(_grid)(panels, 250 if len(panels) <= 4 else 195)


def _grid(panels: Sequence[Panel], side: int) -> None:
    steps = sorted({step for panel in panels if panel.run for step in panel.run.snapshot_steps})
    step = step_slider(steps)
    half = figures.extent(real_points(panel.run.config.dataset) for panel in panels if panel.run)
    with st.container(horizontal=True, gap="small", key="grid"):
        for panel in panels:
            with st.container(width=side + 34):
                st.markdown(f"**{escaped(panel.title)}**")
                if panel.run is None:
                    st.info("Not trained yet.")
                    continue
                fake, at = snapshot(panel.run, step)
                real = real_points(panel.run.config.dataset)
                show(figures.scatter(real, fake, half=half, side=side), key=f"panel_{panel.name}")
                st.caption(f"Seed {panel.run.config.seed}, step {at:,}: {_in_words(panel.run, at)}")


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


def study_columns() -> dict[str, Any]:
    """How the columns of ``figures.study_rows`` look."""
    floor = "Floor | ceiling: what perfect samples score, and what a generator collapsed to one real point scores."
    columns: dict[str, Any] = {
        "variant": st.column_config.TextColumn("Variant", pinned=True),
        "seeds": st.column_config.NumberColumn("Seeds", help="Runs finished or diverged."),
        "learned": st.column_config.TextColumn("Learned", help="Runs that ended with learned = 1."),
        "diverged": st.column_config.NumberColumn("Diverged"),
    }
    labels = {"w1_excess": "Wasserstein excess", "curve_p95": "95% distance", "coverage": "Coverage", "near": "Near"}
    for key, label in labels.items():
        columns[key] = st.column_config.NumberColumn(label, format="%.3f", help=METRICS[key].definition)
        columns[f"{key}_floor"] = st.column_config.TextColumn("floor | ceiling", help=floor)
    return columns
