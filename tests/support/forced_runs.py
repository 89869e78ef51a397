"""Runs made to fail in a way that is known, and runs that are well: what diagnoses are chosen and judged by.

Each setting forces one failure by its construction, whatever the measured quantities then say: a label is never taken
from them. ``python -m support.forced_runs STORE FILE`` (with ``tests`` on the path) trains what STORE lacks and writes
what the diagnoses measure of every run into FILE.
"""

from __future__ import annotations

from typing import Any

BASE: dict[str, Any] = {"steps": 600, "snapshot_every": 30, "log_every": 20}
"""Short runs with as many records as long ones have."""


def fast(**more: Any) -> dict[str, Any]:
    """The recipe that learns soonest, as long as this run."""
    rate = {"learning_rate": 1e-3, "schedule": {"kind": "cosine", "end": more.get("steps", 1500)}}
    return {
        "update": {"kind": "combined"},
        "batch_size": 128,
        "penalty": {"kind": "r1", "gamma": 0.02},
        "g_optimizer": rate,
        "d_optimizer": rate,
    } | more


def rates(generator: float, discriminator: float | None = None) -> dict[str, Any]:
    """Learning rates of both networks."""
    of_discriminator = generator if discriminator is None else discriminator
    return {"g_optimizer.learning_rate": generator, "d_optimizer.learning_rate": of_discriminator}


def large(updates: int) -> dict[str, Any]:
    """A discriminator with far more weights than points to tell apart, and the time to learn them by heart."""
    return {"discriminator.hidden": [128, 128], "update.d_steps": updates, **rates(1e-3, 2e-3)}


FORCED: dict[str, list[dict[str, Any]]] = {
    "divergence": [
        {"loss.kind": "wasserstein", "generator.output": "linear", **rates(5e-3)},
        {"generator.output": "linear", **rates(0.5)},
        {
            "generator.output": "linear",
            "loss.kind": "least_squares",
            "g_optimizer": {"kind": "sgd", "learning_rate": 1.0},
            "d_optimizer": {"kind": "sgd", "learning_rate": 1.0},
        },
    ],
    "saturated": [
        {"dataset": {"kind": "parabola", "scale": 2.0}, **rates(1e-3)},
        {"dataset": {"kind": "circle", "scale": 3.0}, **rates(1e-3)},
        {"dataset.kind": "gaussian", **rates(2e-2, 2e-4)},
    ],
    "strong": [
        {"loss.kind": "minimax", **rates(2e-5, 1e-2), "update.d_steps": 5},
        {"loss.kind": "minimax", "dataset.kind": "ring", **rates(1e-4, 1e-2), "update.d_steps": 10},
        {"discriminator.activation": "tanh", "dataset.kind": "moons", **rates(2e-4, 0.1), "update.d_steps": 5},
    ],
    "weak": [
        {"d_optimizer.clip_weights": 1e-4},
        {"d_optimizer.clip_weights": 1e-3, "dataset.kind": "moons"},
        {
            "discriminator.initial": {"kind": "normal", "sigma": 1e-4},
            "dataset.kind": "parabola",
            **rates(2e-4, 1e-9),
        },
    ],
    "overfitted": [
        {"dataset": {"kind": "disc", "size": 100}, **large(4)},
        {"dataset": {"kind": "gaussian", "size": 100}, **large(4)},
        {"dataset": {"kind": "circle", "size": 100, "noise": 0.2}, **large(4)},
    ],
    "collapse": [
        {"dataset.kind": "grid", "generator.hidden": [8], "discriminator.hidden": [16], **rates(1e-3)},
        {"dataset": {"kind": "ring", "scale": 3.0}, "generator.output": "linear", **rates(1e-3)},
        {"dataset": {"kind": "circle", "scale": 0.5}, **rates(5e-4)},
    ],
    "oscillation": [
        {"dataset.kind": "circle", **rates(2e-3)},
        {"dataset.kind": "gaussian", "loss.kind": "wasserstein", "d_optimizer.clip_weights": 0.1, **rates(1e-3)},
        {
            "dataset": {"kind": "gaussian", "scale": 0.2},
            "generator.output": "linear",
            "g_optimizer": {"learning_rate": 1e-3, "beta_1": 0.9},
            "d_optimizer": {"learning_rate": 1e-3, "beta_1": 0.9},
            "update.order": "simultaneous",
        },
    ],
    "slow": [
        fast(steps=150, snapshot_every=8, log_every=4),
        {"dataset.kind": "parabola", **rates(5e-5), "update.kind": "combined", "batch_size": 128},
        {"dataset.kind": "moons", **fast(steps=120, snapshot_every=6, log_every=3)},
    ],
    "healthy": [
        {"dataset.kind": "parabola", **fast(steps=1200, snapshot_every=60, log_every=30)},
        {"dataset.kind": "gaussian", **fast(steps=1200, snapshot_every=60, log_every=30)},
    ],
}
