"""Results that nobody trained, for tests of what keeps, shows and writes them."""

from __future__ import annotations

import dataclasses

import numpy as np

from gancore.config import RunConfig, parse_config
from gancore.metrics import METRICS_VERSION
from gancore.recording.result import RunResult


def make_result(config: RunConfig | None = None, **changes: object) -> RunResult:
    """A result of random arrays with the sizes that the config asks for."""
    config = config or parse_config({"steps": 1000, "snapshot_every": 500})
    rng = np.random.default_rng(config.seed)
    names = ["d_loss", "d_loss_real", "d_loss_fake", "d_acc", "d_acc_real", "d_acc_fake", "g_loss"]
    rows, count = len(config.log_steps), len(config.snapshot_steps)
    history = {name: rng.normal(size=rows).astype(np.float32) for name in names}
    keys = ["w1", "w1_excess", "swd", "curve_mean", "curve_p95", "near", "coverage", "max_gap", "learned"]
    scores = {key: rng.random(count) for key in keys}
    for key in ("w1", "w1_excess", "learned"):
        scores[key][:-1] = np.nan
    scores["learned"][-1] = 1.0
    weights: dict[str, np.ndarray] = {}
    for name, network in (
        ("generator", config.generator.network(config.latent)),
        ("discriminator", config.discriminator.network()),
    ):
        for array, (last, shape, _) in network.arrays.items():
            values = rng.normal(size=shape).astype(np.float32)
            weights[f"{name}/{array}"] = abs(values) if last in ("variance", "span") else values
    result = RunResult(
        config=config,
        status="finished",
        steps=config.steps,
        diverged_at=None,
        seconds=12.5,
        history={"step": np.array(config.log_steps)} | history,
        snapshot_steps=np.array(config.snapshot_steps),
        snapshots=rng.uniform(-1, 1, size=(count, 2000, 2)).astype(np.float32),
        metrics=scores,
        weights=weights,
        versions={"python": "3.11", "gancore": "0.1", "metrics": str(METRICS_VERSION)},
        device="cpu",
    )
    return dataclasses.replace(result, **changes)  # type: ignore[arg-type]


def check_same_result(ours: RunResult, theirs: RunResult) -> None:
    """Bit for bit, but for the time that it took and where."""
    for group in ("history", "metrics", "weights"):
        values, expected = getattr(ours, group), getattr(theirs, group)
        assert values.keys() == expected.keys()
        assert all(np.array_equal(values[name], expected[name], equal_nan=True) for name in expected), group
    assert np.array_equal(ours.snapshots, theirs.snapshots)
