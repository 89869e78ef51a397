"""Behaviour: how runs end, in a few measured quantities, and what they say of why one dataset is harder."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gancore.store import StoredRun
from gancore.words import fixed, percent

LAST = 0.25
"""The part of training, at its end, that movement and accuracy are taken over."""


class Behaviour(NamedTuple):
    """The runs of one variant at their end; every number is the median over them."""

    name: str
    """The dataset within a sentence: ``the circle``."""
    steps: int
    """Training steps of a run."""
    near: float
    """Share of generated points near the support."""
    coverage: float
    """Share of the support that they reach."""
    accuracy: float
    """The discriminator's accuracy over the last quarter of training, as a share."""
    moved: float
    """How far a point that is made from the same noise moves from one snapshot to the next over the last quarter, on
    average, with the dataset scaled to 1."""
    every: int
    """Steps between those snapshots."""


def behaviour(name: str, runs: Sequence[StoredRun]) -> Behaviour | None:
    """What runs of one variant, all of the same length, do at their end; None where one diverged or lacks a number.

    How far points move is told by those that a bundle has whole, and all else by all.
    """
    rows: list[list[float]] = []
    for run in runs:
        ends = [run.metrics.get(key) for key in ("near", "coverage")]
        rows.append([*(np.nan if end is None else end for end in ends), late_accuracy(run)])
    whole = [run for run in runs if not run.end_alone]
    moves = [movement(run) for run in whole]
    if (
        not moves
        or not np.isfinite([*np.ravel(rows), *moves]).all()
        or any(run.diverged_at is not None for run in runs)
    ):
        return None
    steps, moved = whole[0].snapshot_steps, float(np.median(moves))
    near, coverage, accuracy = (float(value) for value in np.median(rows, axis=0))
    return Behaviour(name, runs[0].steps, near, coverage, accuracy, moved, int(steps[-1] - steps[-2]))


def movement(run: StoredRun) -> float:
    """How far a point that is made from the same noise moves from one snapshot to the next over the last quarter of
    training, on average, with the dataset scaled to 1; NaN of a single snapshot."""
    points = run.config.dataset.unit(run.snapshots)
    late = points[-max(2, round(LAST * len(points))) :]
    return float(np.linalg.norm(np.diff(late, axis=0), axis=-1).mean()) if len(late) > 1 else np.nan


def late_accuracy(run: StoredRun) -> float:
    """The discriminator's accuracy over the last quarter of training, as a share; NaN of a critic, which decides
    nothing."""
    if "d_acc" not in run.history or not len(run.history):
        return np.nan
    accuracy = run.history["d_acc"].to_numpy(np.float64)
    return float(accuracy[-max(1, round(LAST * len(accuracy))) :].mean()) / 100


def why_harder(easy: Behaviour, hard: Behaviour) -> list[str]:
    """What two behaviours of the same settings say of why one dataset is harder, a sentence each; only what holds.

    The points are said to surround the support where they reach 95% of it and at most half of them are near, to keep
    moving where they move at least twice as far as on the other dataset, and accuracy not to tell the two apart
    where it differs by less than 5 percentage points.
    """
    sentences = [
        f"After {hard.steps:,} steps {_share(easy.near)} of the generated points lie near {easy.name}, and "
        f"{_share(hard.near)} near {hard.name}"
    ]
    if hard.coverage >= 0.95 and hard.near <= 0.5 < easy.near:
        sentences[0] += (
            f". Yet they reach {_share(hard.coverage)} of {hard.name}: the points surround it and do not settle on it"
        )
    if easy.moved > 0 and hard.moved >= 2 * easy.moved and hard.every == easy.every:
        sentences.append(
            "The points keep moving: over the last quarter of training, the point made from the same noise moves by "
            f"{fixed(hard.moved, 2)} (in units of the axes) every {hard.every:,} steps, against "
            f"{fixed(easy.moved, 2)} on {easy.name}"
        )
    if abs(easy.accuracy - hard.accuracy) < 0.05:
        sentences.append(
            f"The discriminator's accuracy does not tell the two apart: it is {percent(hard.accuracy)} on {hard.name} "
            f"and {percent(easy.accuracy)} on {easy.name}"
        )
    return [f"{sentence}." for sentence in sentences]


def _share(value: float) -> str:
    """A percentage within a sentence: ``more than 99%``."""
    return percent(value).replace(">", "more than ").replace("<", "less than ")
