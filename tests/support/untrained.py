"""Runs that nobody trained, for tests of what surrounds training."""

from __future__ import annotations

import numpy as np
from support.results import make_result

from gancore.config import RunConfig
from gancore.metrics import METRICS
from gancore.recording.result import RunResult


def untrained(config: RunConfig) -> RunResult:
    """A result with real points for generated ones, so that it takes no TensorFlow."""
    rng = np.random.default_rng(config.seed)
    rows = np.array(config.log_steps)
    names = ("d_loss", "d_loss_real", "d_loss_fake", "g_loss", "d_acc", "d_acc_real", "d_acc_fake")
    steps = np.array([0, config.steps])
    return make_result(
        config,
        history={"step": rows} | {name: np.full(len(rows), 0.5) for name in names},
        snapshot_steps=steps,
        snapshots=np.stack([config.dataset.sample(rng, 2000) for _ in steps]).astype(np.float32),  # type: ignore[attr-defined]
        metrics={key: np.array([0.2, 0.1]) for key in METRICS},
        weights={"generator/0/kernel": np.zeros((2, 2), np.float32)},
    )
