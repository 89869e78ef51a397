"""Configurations whose scripts differ, and how one is run where gancore cannot be imported."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from gancore.config import RunConfig, with_changes

SMALL = {
    "latent.dim": 6,
    "generator.hidden": [16, 8],
    "discriminator.hidden": [12],
    "batch_size": 16,
    "dataset.size": 500,
    "steps": 60,
    "log_every": 20,
    "snapshot_every": 60,
}
ADAM = {"learning_rate": 0.00012345678901234567, "beta_1": 0.1234567890123456, "beta_2": 0.99, "epsilon": 1.25e-9}
CHANGES = {
    "baseline": {},
    "combined on the swiss roll": {
        "update.kind": "combined",
        "batch_size": 64,
        "dataset.kind": "swiss_roll",
        "dataset.scale": 0.5,
        "generator.activation": "relu",
        "discriminator.activation": "tanh",
        "generator.output": "linear",
    },
    "rounds and a shared clock on noisy moons": {
        "update.d_steps": 2,
        "update.shared_adam_clock": True,
        "loss.kind": "minimax",
        "latent.kind": "uniform",
        "generator.output": "tanh_1.5",
        "dataset.kind": "moons",
        "dataset.noise": 0.05,
        "dataset.scale": 2.5,
    },
    "moons": {"dataset.kind": "moons"},
    "rates on a far circle": {
        "dataset.center_x": -1.2345678901234567,
        "dataset.center_y": 3.3333333333333335,
        "dataset.size": 200_000,
        "dataset.seed": 2**31 - 1,
        "seed": 2**31 - 1,
        "update.kind": "combined",
        "update.d_steps": 20,
        "discriminator.hidden": "",
        **{f"g_optimizer.{name}": value for name, value in ADAM.items()},
        "d_optimizer.learning_rate": 0.001,
    },
    "parabola without its noise": {"dataset.kind": "parabola", "dataset.noise": 0.12345678901234567},
}
"""What a script is written of: every kind, and the longest numbers."""


def small(**changes: object) -> RunConfig:
    """A run of 60 steps; ``dataset__kind`` stands for ``dataset.kind``."""
    return with_changes(RunConfig(), SMALL | {path.replace("__", "."): value for path, value in changes.items()})


def alone(script: Path, after: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script as a file where gancore cannot be imported, and then ``after``, with the script's ``names``."""
    code = (
        "import runpy, sys; sys.modules['gancore'] = None; "
        f"names = runpy.run_path({str(script)!r}, run_name='__main__'); {after}"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"MPLBACKEND": "agg"}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=script.parent, env=env, timeout=600
    )
