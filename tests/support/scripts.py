"""Configurations whose scripts differ, and how one is run where gancore cannot be imported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

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
    "WGAN-GP": {"loss.kind": "wasserstein", "penalty.kind": "gradient", "update.d_steps": 5, "d_optimizer.beta_1": 0.0},
    "WGAN with clipped weights": {
        "loss.kind": "wasserstein",
        "g_optimizer.kind": "rmsprop",
        "d_optimizer.kind": "rmsprop",
        "d_optimizer.clip_weights": 0.01,
        "generator.initial.kind": "normal",
        "discriminator.initial.kind": "he_normal",
    },
    "falling rates": {
        "d_optimizer.schedule.kind": "cosine",
        "d_optimizer.schedule.end": 60,
        "d_optimizer.schedule.warmup": 10,
        "g_optimizer.kind": "rmsprop",
        "g_optimizer.epsilon_inside": False,
        "g_optimizer.schedule.kind": "linear",
        "g_optimizer.schedule.end": 50,
        "g_optimizer.schedule.final": 0.1,
    },
    "R3GAN": {"loss.kind": "relativistic", "penalty.kind": "r1_r2", "update.kind": "combined", "update.d_steps": 2},
    "a fit without a discriminator": {"loss.kind": "supervised", "latent.kind": "uniform", "dataset.kind": "moons"},
    "a lazy penalty on weighted real points": {
        "penalty.kind": "r1",
        "penalty.every": 4,
        "loss.real_weight": 1.5,
        "latent.kind": "uniform",
        "latent.low": 0.0,
    },
    "relativistic average": {
        "loss.kind": "relativistic_average",
        "update.kind": "combined",
        "penalty.kind": "dragan",
        "penalty.one_sided": True,
    },
    "LSGAN": {"loss.kind": "least_squares", "g_optimizer.kind": "amsgrad", "d_optimizer.kind": "adamw"},
    "hinge with R2": {
        "loss.kind": "hinge",
        "penalty.kind": "r2",
        "g_optimizer.kind": "nadam",
        "g_optimizer.clip_norm": 0.123456789012345,
        "d_optimizer.kind": "lion",
    },
    "smoothed labels and R1": {
        "loss.real_label": 0.9,
        "loss.fake_label": 0.1,
        "penalty.kind": "r1",
        "generator.initial.kind": "orthogonal",
        "d_optimizer.kind": "adagrad",
    },
    "smoothed labels, combined": {"loss.kind": "minimax", "loss.real_label": 0.9, "update.kind": "combined"},
    "batch norm and dropout": {
        "generator.norm.kind": "batch",
        "discriminator.norm.kind": "batch",
        "discriminator.norm.momentum": 0.9,
        "discriminator.dropout": 0.25,
        "update.kind": "combined",
    },
    "layer norm, maxout, blocks and minibatch deviation": {
        "generator.norm.kind": "layer",
        "discriminator.norm.kind": "layer",
        "discriminator.activation": "maxout",
        "discriminator.residual": 1,
        "generator.residual": 2,
        "generator.activation": "sine",
        "discriminator.minibatch.kind": "std",
        "generator.output": "range",
    },
    "spectral norm, Fourier features and minibatch discrimination": {
        "generator.fourier.frequencies": 5,
        "generator.fourier.scale": 0.125,
        "discriminator.fourier.frequencies": 3,
        "discriminator.spectral_norm.iterations": 1,
        "generator.spectral_norm.iterations": 2,
        "generator.spectral_norm.gradient": False,
        "generator.initial.kind": "orthogonal",
        "discriminator.minibatch.kind": "discrimination",
        "update.kind": "combined",
        "loss.kind": "hinge",
    },
    "packs under a gradient penalty": {
        "discriminator.packing": 4,
        "discriminator.dropout": 0.5,
        "loss.kind": "wasserstein",
        "penalty.kind": "gradient",
        "update.d_steps": 2,
    },
    "packs of smoothed labels": {"discriminator.packing": 2, "loss.real_label": 0.9, "penalty.kind": "dragan"},
}
"""What a script is written of: every kind, and the longest numbers."""


def small(**changes: object) -> RunConfig:
    """A run of 60 steps; ``dataset__kind`` stands for ``dataset.kind``."""
    return with_changes(RunConfig(), SMALL | {path.replace("__", "."): value for path, value in changes.items()})


class Done(NamedTuple):
    """What became of a script, in the words of ``subprocess.run``."""

    returncode: int
    stdout: str
    stderr: str


PREPARED = "import sys; sys.modules['gancore'] = None"
"""Said first wherever a script runs: it has to do without gancore."""

ONE_AFTER_ANOTHER = (
    PREPARED
    + """
import contextlib, io, json, os, runpy, traceback
answers = os.fdopen(os.dup(1), "w")
for line in sys.stdin:
    script, after = json.loads(line)
    os.chdir(os.path.dirname(script))
    code, out, err = 0, io.StringIO(), io.StringIO()
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            exec(after, {"names": runpy.run_path(script, run_name="__main__")})
        except BaseException:
            code = 1
            traceback.print_exc()
        import keras
        from matplotlib import pyplot
        keras.backend.clear_session()
        pyplot.close("all")
    print(json.dumps([code, out.getvalue(), err.getvalue()]), file=answers, flush=True)
"""
)


def _environment() -> dict[str, str]:
    """Where gancore's folder is on no path and no window opens."""
    return {name: value for name, value in os.environ.items() if name != "PYTHONPATH"} | {"MPLBACKEND": "agg"}


def alone(script: Path, after: str = "") -> subprocess.CompletedProcess[str]:
    """Run a script as a file where gancore cannot be imported, and then ``after``, with the script's ``names``."""
    code = f"{PREPARED}; import runpy; names = runpy.run_path({str(script)!r}, run_name='__main__'); {after}"
    return subprocess.run(
        [sys.executable, "-c", code],
        capture_output=True, text=True, cwd=script.parent, env=_environment(), timeout=600,
    )  # fmt: skip


class Interpreter:
    """A process that runs scripts one after another, so that Keras and TensorFlow are loaded once, in six seconds.

    What a script leaves behind in it is a module or two; its names, its figures and Keras' state go with it. That each
    runs as the first of a process too is what ``alone`` is for.
    """

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-c", ONE_AFTER_ANOTHER],
            stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=_environment(),
        )  # fmt: skip

    def run(self, script: Path, after: str = "") -> Done:
        """As ``alone`` does, in this process."""
        assert self._process.stdin is not None and self._process.stdout is not None
        print(json.dumps([str(script), after]), file=self._process.stdin, flush=True)
        answer = self._process.stdout.readline()
        return Done(*json.loads(answer)) if answer else Done(self._process.wait(60), "", "the process ended")

    def close(self) -> None:
        assert self._process.stdin is not None and self._process.stdout is not None
        self._process.stdin.close()
        self._process.stdout.close()
        self._process.wait(60)


@pytest.fixture(scope="module")
def interpreter() -> Iterator[Interpreter]:
    """One process for the scripts of a file."""
    process = Interpreter()
    yield process
    process.close()
