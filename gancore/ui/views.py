"""Views of stored runs that pages share: one run, a grid of runs, and how their tables look."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import streamlit as st

from gancore import figures
from gancore.config import RunConfig, parse_config
from gancore.datasets.named import name_of, words_of
from gancore.figures.tables import COLLAPSED, REAL
from gancore.store import StoredRun
from gancore.studies.commands import train_command
from gancore.studies.labels import BASELINE, changes_by_step, label_of
from gancore.ui.runs import at_hand, scores_at, snapshot
from gancore.ui.show import show, show_square
from gancore.ui.text import escaped
from gancore.words import OTHER_CURVES, closeness, without_measures

if TYPE_CHECKING:
    import pandas as pd

WIDEST = 440
"""Pixels of a scatter at most, for screens between a phone's and a desk's."""


def run_view(run: StoredRun, note: str = "", below: Callable[[StoredRun, int], None] | None = None) -> None:
    """A finished run: its points at a chosen step, and its curves.

    ``note``: in what it differs from the settings that were asked for, which stands over the picture. ``below`` is
    called with the run and the chosen step, and draws what can be done from there.
    """
    left, right = st.columns([5, 7], gap="medium")
    with left:
        if note:
            st.info(
                f"**Not your settings.** They are not trained yet. This is the nearest finished run: {escaped(note)}.",
                icon=":material/difference:",
            )
        st.fragment(_points)(run, note, below)
    with right:
        run_curves(run, 190)


def run_curves(run: StoredRun, height: int, prefix: str = "") -> None:
    """A run's accuracies and losses; ``prefix`` tells their keys from those of the page around."""
    title, changes = f"seed {run.config.seed}", changes_by_step(run.config)
    if has_accuracy(run.history):
        st.markdown("**Discriminator accuracy**")
        drawn = figures.accuracy(run.history, height=height, title=title, changes=changes)
        show(drawn, key=f"{prefix}accuracy", stretch=True)
    else:
        st.caption(why_no_accuracy(run.config))
    st.markdown("**Losses**")
    drawn = figures.losses(run.history, height=height, title=title, changes=changes)
    show(drawn, key=f"{prefix}losses", stretch=True)
    for words in changes.values():
        st.caption(f"┆ {escaped(words)}")
    st.caption(OTHER_CURVES)


def has_accuracy(history: pd.DataFrame) -> bool:
    """Whether the discriminator decides; a critic's output is a score."""
    return "d_acc" in history


def why_no_accuracy(config: RunConfig) -> str:
    """A sentence for where accuracies would be; empty where there are some."""
    return without_measures(config.loss.judged, config.loss.boundary is not None).get("d_acc", "")


def _points(run: StoredRun, note: str, below: Callable[[StoredRun, int], None] | None = None) -> None:
    step = step_slider(run.snapshot_steps)
    fake, at = snapshot(run, step)
    before = "Nearest finished run, not the settings in the form. " if note else ""
    with st.container(width=WIDEST):
        show_square(
            figures.scatter(at_hand(run.config.dataset), fake, units=run.config.dataset.own_units()),
            "points",
            f"{before}{points_in_words(run, at)}",
        )
    st.caption(f"{key_of(run.config)} at step {at:,}: {_in_words(run, at)}")
    say_end_alone(run)
    if below:
        below(run, at)


def say_end_alone(run: StoredRun) -> None:
    """Where a bundle has the last points of a run alone, says so, and what brings the others back."""
    if run.end_alone:
        st.caption(
            f"The bundle {escaped(run.source)} has the last points of this run alone, and all of its curves; "
            f"`{train_command(run.config)} --again` trains it here and keeps all points."
        )


def key_of(config: RunConfig) -> str:
    """What the colours of a scatter mean, and which generator is drawn where a run has two."""
    averaged = " by the averaged weights" if config.ema.active else ""
    return f":blue[●] real, :red[●] generated{averaged}"


def points_in_words(run: StoredRun, step: int, name: str = "") -> str:
    """A scatter's alternative text: which run at which step, and how good its points are; ``name`` is a variant's."""
    who = f"{name or _name(run)}, seed {run.config.seed} at step {step:,}"
    averaged = " of the averaged weights" if run.config.ema.active else ""
    return f"{who}: generated points{averaged} in red over the real ones in blue; {_in_words(run, step)}."


def _name(run: StoredRun) -> str:
    """Its dataset, and what tells it from the baseline on that."""
    kind = name_of(run.config.dataset)
    label = label_of(run.config, [parse_config({"dataset": {"kind": kind}})])
    words = words_of(run.config.dataset)
    return words if label in (BASELINE, words) else f"{words}, {label.removeprefix(f'{words}, ')}"


def _in_words(run: StoredRun, step: int) -> str:
    """How good the points of a step are, and whether the run ended early."""
    scores = scores_at(run, step)
    words = closeness_of(run, scores)
    return words if run.diverged_at is None else f"{words}; diverged at step {run.diverged_at:,}"


def closeness_of(run: StoredRun, scores: Mapping[str, float | None]) -> str:
    """How close a run's points come to its distribution, and how much of it they reach, by their scores."""
    support = run.config.dataset.support()
    return escaped(closeness(support, scores.get("near"), scores.get("coverage"), scores.get("w1_excess")))


def step_slider(steps: Sequence[int]) -> int:
    """The training step to look at; it is in the URL, and the end is the default."""
    if len(steps) < 2:
        return steps[-1] if steps else 0
    return st.select_slider("Training step", steps, value=steps[-1], key="step", bind="query-params")


def metric_columns() -> dict[str, Any]:
    """How the columns of metric tables look: all of them words, so that heads and cells start at the same place."""
    helps = {
        "raw": "The generator as it was trained; the value before it is of the running mean of its weights.",
        "reference": "What fresh real points score: the mean over 20 draws, with the lowest and highest.",
        "collapsed": "A generator collapsed to one point of the support.",
    }
    labels = {
        "metric": "Metric",
        "value": "At the end",
        "raw": "Raw generator",
        "reference": REAL,
        "collapsed": COLLAPSED,
        "better": "Better",
    }
    return {name: st.column_config.TextColumn(label, help=helps.get(name)) for name, label in labels.items()}
