"""Runs for use without gancore: ordinary ``.keras`` files, and a plain Keras script with the run's own draws."""

from __future__ import annotations

import json
import os
import re
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.config import Activation, ConfigError, RunConfig, flatten

if TYPE_CHECKING:
    import keras

DRAWN_STEPS = 200
"""A script's file of draws holds this many steps, or as many as fit into ``MAX_DRAWS``."""
MAX_DRAWS = 60_000_000
"""Bytes of a file of draws, at most."""
TEMPLATE = Path(__file__).parent / "templates" / "script.py"
"""The script with the baseline's settings as constants: ``generator.hidden`` is ``GENERATOR_HIDDEN``."""
NOT_IN_SCRIPT = {"snapshot_every"}
"""Settings without a meaning there: the script keeps no snapshots."""
IN_SCRIPT = {
    "dataset.kind": {"circle", "parabola", "swiss_roll", "moons"},
    "latent.kind": {"normal", "uniform"},
    "generator.activation": {"leaky_relu", "relu", "tanh"},
    "generator.output": {"tanh", "linear", "tanh_1.5"},
    "discriminator.activation": {"leaky_relu", "relu", "tanh"},
    "loss.kind": {"non_saturating", "minimax"},
    "update.kind": {"separate", "combined"},
}
"""The kinds that the template knows. A setting or kind that it does not know is refused, never left out."""


def keras_models(config: RunConfig, weights: Mapping[str, np.ndarray]) -> tuple[keras.Sequential, keras.Sequential]:
    """Generator [B, dim] → [B, 2] and discriminator [B, 2] → probability of being real [B, 1], of Keras' own layers."""
    import keras

    def model(name: str, inputs: int, widths: tuple[int, ...], activation: Activation, last: list[Any]):
        layers: list[Any] = [keras.Input((inputs,))]
        for width in widths:
            leaky = activation == "leaky_relu"
            layers.append(keras.layers.Dense(width))
            layers.append(keras.layers.LeakyReLU(0.2) if leaky else keras.layers.Activation(activation))
        made = keras.Sequential([*layers, *last], name=name)
        parts = [(i, part) for i in range(len(widths) + 1) for part in ("kernel", "bias")]
        made.set_weights([weights[f"{name}/{i}/{part}"] for i, part in parts])
        return made

    g, d = config.generator, config.discriminator
    last: list[Any] = [keras.layers.Dense(2, activation="linear" if g.output == "linear" else "tanh")]
    if g.output == "tanh_1.5":
        last.append(keras.layers.Rescaling(1.5))
    return (
        model("generator", config.latent.dim, g.hidden, g.activation, last),
        model("discriminator", 2, d.hidden, d.activation, [keras.layers.Dense(1, activation="sigmoid")]),
    )


def write_keras(config: RunConfig, weights: Mapping[str, np.ndarray], folder: Path) -> list[Path]:
    """Write ``generator.keras`` and ``discriminator.keras``, replacing what is there; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    # Written aside first, so that an old file stays whole until the new one is.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as made:
        paths = []
        for model in keras_models(config, weights):
            model.save(Path(made) / f"{model.name}.keras")
            paths.append(folder / f"{model.name}.keras")
        for path in paths:
            os.replace(Path(made) / path.name, path)
    return paths


def script_text(config: RunConfig) -> str:
    """The script that trains this config; raises ConfigError for a setting that it does not know."""
    text = TEMPLATE.read_text(encoding="utf-8")
    for path, value in {"run_id": config.run_id, **flatten(config)}.items():
        if path in NOT_IN_SCRIPT:
            continue
        if path in IN_SCRIPT and value not in IN_SCRIPT[path]:
            allowed = ", ".join(sorted(IN_SCRIPT[path]))
            raise ConfigError(f"--script: {path} is {value!r}, which the script cannot do; it knows {allowed}")
        constant = path.replace(".", "_").upper()
        line = re.compile(rf"^{constant} = \S.*?(?=  #|$)", re.MULTILINE)
        text, found = line.subn(lambda _, c=constant, v=value: f"{c} = {_literal(v)}", text, count=1)
        if not found:
            raise ConfigError(f"--script: this run sets {path}, which the script cannot do")
    return text


def write_script(config: RunConfig, path: Path) -> tuple[Path | None, int]:
    """Write the script, and beside it the draws of the run's first steps: their file (or None) and how many steps.

    Raises ConfigError, OSError.
    """
    if path.suffix != ".py":
        raise ConfigError(f"--script: {str(path)[:200]!r} is not allowed; the file's name must end in .py")
    text = script_text(config)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    beside = path.with_suffix(".npz")
    steps = drawn_steps(config)
    if not steps:
        beside.unlink(missing_ok=True)  # those of another run would be taken for this one's
        return None, 0
    with beside.open("wb") as file:
        np.savez(file, **draws(config, steps))  # type: ignore[arg-type]
    return beside, steps


def drawn_steps(config: RunConfig) -> int:
    """The first steps whose draws are written; 0 where not even the first one's fit."""
    rounds, batch, dim = config.update.d_steps, config.batch_size, config.latent.dim
    step = 4 * batch * (rounds * (2 + dim) + dim)
    shapes = [
        *zip((dim, *config.generator.hidden), (*config.generator.hidden, 2), strict=True),
        *zip((2, *config.discriminator.hidden), (*config.discriminator.hidden, 1), strict=True),
    ]
    weights = 4 * sum((inputs + 1) * outputs for inputs, outputs in shapes)
    return max(0, min(DRAWN_STEPS, config.steps, (MAX_DRAWS - weights) // step))


def draws(config: RunConfig, steps: int) -> dict[str, np.ndarray]:
    """A run's initial weights, and what its first steps draw, float32.

    ``generator_0`` (kernel), ``generator_1`` (bias), ..., ``discriminator_0``, ...; ``real`` [steps, d_steps, B, 2],
    ``d_latent`` [steps, d_steps, B, dim], ``g_latent`` [steps, B, dim].
    """
    from gancore.parts.backend import tf
    from gancore.training.engine import LANES, GraphShape, program
    from gancore.training.networks import initial_weights

    compiled = program(GraphShape.of(config))
    inputs = compiled.lane_inputs([config] * LANES)
    arrays: dict[str, np.ndarray] = {}
    for name, weights in zip(("generator", "discriminator"), initial_weights(config), strict=True):
        for index, value in enumerate(weights):
            arrays[f"{name}_{index}"] = value[0] if index % 2 else value
    real, d_latent, g_latent = [], [], []
    for step in range(steps):
        drawn = compiled.draws(inputs, tf.constant(step))
        real.append([points.numpy()[0] for points, _ in drawn.rounds])
        d_latent.append([latent.numpy()[0] for _, latent in drawn.rounds])
        g_latent.append(drawn.latent.numpy()[0])
    return arrays | {"real": np.array(real), "d_latent": np.array(d_latent), "g_latent": np.array(g_latent)}


def _literal(value: Any) -> str:
    """A setting as Python: numbers, known kinds and widths, so that no text becomes code."""
    if isinstance(value, list | tuple):
        return repr(tuple(int(width) for width in value))
    return json.dumps(value) if isinstance(value, str) else repr(value)
