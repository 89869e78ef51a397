"""What a change did to the diagnosis, in quantities that are measured on the stored runs, and what it costs."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import NamedTuple

import numpy as np

from gancore.analysis.behaviour import late_accuracy, movement
from gancore.diagnosis import Seen
from gancore.diagnosis.measures.networks import PROBED
from gancore.diagnosis.measures.points import beyond, ends_of
from gancore.store import StoredRun
from gancore.words import fixed, number, percent

CLEAR = 0.1
"""Shares that differ by less than this are not worth a sentence."""
TWICE = 1.5
"""Lengths and times that differ by a smaller factor are not."""


class Measured(NamedTuple):
    """Medians over the finished runs of one configuration at their end; NaN for what none of them tells."""

    runs: int
    near: float
    """Share of generated points near the support."""
    coverage: float
    """Share of the support that they reach."""
    moved: float
    """How far a point made from the same noise moves between snapshots late in training, the dataset scaled to 1."""
    every: int
    """Steps between those snapshots."""
    accuracy: float
    """The discriminator's accuracy late in training, as a share."""
    saturated: float
    """Share of generated coordinates at the end of a bounded output's reach; NaN of an output without bounds."""
    slope: float
    """Median length of the discriminator's gradient at generated points, per unit of the data's axes."""
    seconds: float
    """Time of a run that was trained here."""


def measured(runs: Sequence[StoredRun]) -> Measured:
    """What runs of one configuration do at their end."""
    finished = [run for run in runs if run.status == "finished"]
    rows = np.array([_row(run) for run in finished], np.float64).reshape(-1, 7)
    middle = [float(np.median(c[np.isfinite(c)])) if np.isfinite(c).any() else math.nan for c in rows.T]
    # A bundle may have a run's last snapshot alone, which moves nowhere.
    steps = next((run.snapshot_steps for run in finished if len(run.snapshot_steps) > 1), [0])
    every = int(steps[-1] - steps[-2]) if len(steps) > 1 else 0
    near, coverage, moved, accuracy, saturated, slope, seconds = middle
    return Measured(len(finished), near, coverage, moved, every, accuracy, saturated, slope, seconds)


def explained(start: Measured, changed: Measured, cost: float) -> list[str]:
    """What differs clearly between the start and the changed GAN, a sentence each, and the price.

    ``cost``: arithmetic of a run, relative to the start's.
    """
    sentences = []
    for words, before, after in (
        ("Generated points near the data", start.near, changed.near),
        ("The part of the data that they reach", start.coverage, changed.coverage),
        ("Coordinates where the generator's output is saturated", start.saturated, changed.saturated),
        ("The discriminator's accuracy at the end", start.accuracy, changed.accuracy),
    ):
        if abs(after - before) >= CLEAR:
            sentences.append(f"{words}: {percent(before)} before, {percent(after)} after.")
    if start.every == changed.every and _apart(start.moved, changed.moved):
        sentences.append(
            "Oscillation: late in training, the point made from the same noise moves by "
            f"{fixed(start.moved, 2)} every {start.every:,} steps before, {fixed(changed.moved, 2)} after."
        )
    if _apart(start.slope, changed.slope):
        sentences.append(
            "The discriminator's gradient at generated points is "
            f"{number(start.slope)} long before, {number(changed.slope)} after."
        )
    time = ""
    if start.seconds > 0 and changed.seconds > 0:
        time = f"; {number(changed.seconds)} s a run here, {number(start.seconds)} s for the start"
    sentences.append(f"The price: {number(cost, 2)} times the arithmetic of the start{time}.")
    return sentences


def _apart(before: float, after: float) -> bool:
    return min(before, after) >= 0 and max(before, after) > TWICE * min(before, after)


def _row(run: StoredRun) -> list[float]:
    ends = [run.metrics.get(key) for key in ("near", "coverage")]
    known = [math.nan if end is None else end for end in ends]
    seconds = run.seconds if run.source == "store" else math.nan  # what came with a bundle was timed elsewhere
    return [*known, movement(run), late_accuracy(run), _saturated(run), _slope(run), seconds]


def _saturated(run: StoredRun) -> float:
    ends = ends_of(run.config)
    return math.nan if ends is None else float(beyond(run.final, *ends).mean())


def _slope(run: StoredRun) -> float:
    found = Seen.of(run).slopes(run.final[:PROBED])
    return math.nan if found is None else float(np.median(found))
