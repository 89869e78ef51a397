"""RunResult: what training one config gives. No TensorFlow here, so that the store can read it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np

from gancore.config import RunConfig


@dataclass(frozen=True, eq=False)
class RunResult:
    """Everything a finished (or diverged) run leaves behind, as plain arrays."""

    config: RunConfig
    """The fully resolved config that was trained."""
    status: Literal["finished", "diverged"]
    """diverged: a loss or weight stopped being finite."""
    steps: int
    """Training steps reached."""
    diverged_at: int | None
    """Step at which the run diverged; None for a finished run."""
    seconds: float
    """Wall-clock training time; a group's time is shared among its runs."""
    history: dict[str, np.ndarray]
    """``step``, d_loss, d_loss_real, d_loss_fake, d_acc, d_acc_real, d_acc_fake (percent), g_loss; each [rows]."""
    snapshot_steps: np.ndarray
    """Steps of the snapshots, int [S]."""
    snapshots: np.ndarray
    """Generated points in dataset coordinates, float32 [S, 2000, 2]."""
    metrics: dict[str, np.ndarray]
    """Score key → one value a snapshot, float [S]; NaN where a metric was not computed. Where the generator's weights
    are averaged, these are scores of the average, and ``raw_w1``, ... are the trained generator's."""
    weights: dict[str, np.ndarray]
    """``generator/0/kernel`` [in, out], ``generator/0/bias`` [out], ``discriminator/0/kernel``, ...; with what
    training keeps of a network without training it, such as running averages. Where the generator's weights are
    averaged these are the average, and the trained ones are ``raw_generator/0/kernel``, ..."""
    versions: dict[str, str]
    """Versions of python, tensorflow, keras, numpy and gancore."""
    device: str
    """Where it was trained, such as ``cpu``."""
    raw: np.ndarray | None = None
    """Points of the raw generator beside ``snapshots``, where those are of averaged weights; None otherwise."""
