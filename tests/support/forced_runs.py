"""Runs made to fail in a way that is known, and runs that are well: what diagnoses are chosen and judged by.

Each setting forces one failure by its construction, whatever the measured quantities then say: a label is never taken
from them. ``python -m support.forced_runs STORE FILE`` (with ``tests`` on the path) trains what STORE lacks and writes
what the diagnoses measure of every run into FILE.
"""

from __future__ import annotations

from typing import Any

BASE: dict[str, Any] = {"steps": 600, "snapshot_every": 30, "log_every": 20}
"""Short runs with nearly as many records as long ones have."""
SHORT: dict[str, Any] = {"steps": 240, "snapshot_every": 12, "log_every": 8}
"""Runs that end while they learn."""
LONG: dict[str, Any] = {"steps": 4000, "snapshot_every": 200, "log_every": 100}
"""Runs of a small generator, which cost little."""


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


def by_heart() -> dict[str, Any]:
    """A discriminator with far more weights than points to tell apart, an input that shows it each place, and time."""
    return {
        "discriminator.hidden": [128, 128],
        "discriminator.fourier": {"frequencies": 64, "scale": 3.0},
        "update.d_steps": 4,
        **rates(2e-4, 1e-3),
    }


def calm(rate: float = 1e-3, gamma: float = 0.1) -> dict[str, Any]:
    """Combined updates under R1: nothing swings, so that what is wrong is what the setting forces."""
    return {"update.kind": "combined", "batch_size": 64, "penalty": {"kind": "r1", "gamma": gamma}, **rates(rate)}


def one_place() -> dict[str, Any]:
    """A generator whose weights are kept so small that all latents become the same point."""
    return {"g_optimizer.clip_weights": 0.02, "generator.hidden": [16]}


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
        {"dataset": {"kind": "parabola", "scale": 4.0}, **rates(1e-3)},
        {"dataset": {"kind": "circle", "scale": 3.0}, **rates(1e-3)},
        {"dataset.kind": "gaussian", **rates(2e-2, 2e-4)},
    ],
    "strong": [
        {"loss.kind": "minimax", **rates(2e-5, 1e-2), "update.d_steps": 5},
        {"loss.kind": "minimax", "dataset.kind": "ring", **rates(1e-4, 1e-2), "update.d_steps": 10},
        {"loss.kind": "minimax", "dataset.kind": "moons", **rates(2e-5, 1e-2), "update.d_steps": 5},
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
        {"dataset": {"kind": "disc", "size": 100}, **by_heart()},
        {"dataset": {"kind": "gaussian", "size": 100}, **by_heart()},
        {"dataset": {"kind": "circle", "size": 100, "noise": 0.2}, **by_heart()},
    ],
    "collapse": [
        {"dataset": {"kind": "circle", "scale": 0.5}, "generator.hidden": [16, 32], **rates(5e-4), **LONG},
        {"dataset.kind": "grid", **one_place()},
        {
            "dataset": {"kind": "circle", "scale": 0.5},
            "generator.hidden": [16, 32],
            "update.kind": "combined",
            **rates(5e-4),
            **LONG,
        },
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
        {"dataset.kind": "parabola", **calm(1e-5, 1.0), **SHORT},
        {"dataset.kind": "moons", **calm(1e-5, 1.0), **SHORT},
        {"dataset.kind": "gaussian", **calm(1e-5, 1.0), **SHORT},
    ],
    "healthy": [
        {"dataset.kind": "parabola", **fast(steps=2000, snapshot_every=100, log_every=50)},
        {"dataset.kind": "line", **fast(steps=2000, snapshot_every=100, log_every=50)},
    ],
}
"""The ways to fail, by the kind of the diagnosis, with three settings each; and settings that learn."""

HELD_OUT: dict[str, dict[str, Any]] = {
    "divergence": {
        "dataset.kind": "moons",
        "loss.kind": "wasserstein",
        "generator.output": "linear",
        **rates(1e-2),
    },
    "saturated": {"dataset": {"kind": "swiss_roll", "scale": 3.0}, **rates(1e-3)},
    "strong": {"dataset.kind": "parabola", "loss.kind": "minimax", **rates(2e-5, 1e-2), "update.d_steps": 5},
    "weak": {"dataset.kind": "swiss_roll", "loss.kind": "hinge", "d_optimizer.clip_weights": 1e-4},
    "overfitted": {"dataset": {"kind": "annulus", "size": 100}, **by_heart()},
    "collapse": {"dataset.kind": "swiss_roll", **one_place()},
    "oscillation": {"dataset.kind": "moons", **rates(2e-3)},
    "slow": {"dataset.kind": "circle", **calm(1e-5, 1.0), **SHORT},
}
"""Another setting of each way, which was trained when the thresholds were fixed."""
