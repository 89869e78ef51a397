"""Events: what training tells while it goes on, and the recorder takes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

Checkpoint = dict[str, np.ndarray]
"""What one run needs to go on bit for bit, as named arrays: ``step``, ``row_start``, ``bad_step``, ``sums`` [measures],
``NETWORK/weights/N``, ``NETWORK/SLOT/N`` (what the optimizer keeps) and ``NETWORK/state/N`` (what the network keeps
besides), without a run axis; ``generator/average/N`` too where weights are averaged."""


@dataclass(frozen=True)
class Tick:
    """Training has reached ``step``; a caller may stop, pause, report or keep a checkpoint here."""

    step: int
    checkpoint: Callable[[], list[Checkpoint]]
    """Gives what each run needs to go on from here."""


@dataclass(frozen=True)
class Row:
    """A history row: measure name → float64 [runs], means over the steps since the row before."""

    step: int
    values: dict[str, np.ndarray]


@dataclass(frozen=True)
class Snapshot:
    """Generated points at ``step``, float32 [runs, 2000, 2], from noise that stays the same and that no step sees."""

    step: int
    points: np.ndarray
    raw: np.ndarray | None = None
    """The same of the generator as it was trained, where ``points`` are of its averaged weights."""


@dataclass(frozen=True)
class Finished:
    """The end: weights by name for each run, and the step at which it diverged (None if it did not)."""

    step: int
    weights: list[dict[str, np.ndarray]]
    diverged_at: list[int | None]
    device: str = "cpu"
    """What the runs were trained on, in words: ``cpu``, or the GPU's model."""


Event = Tick | Row | Snapshot | Finished
