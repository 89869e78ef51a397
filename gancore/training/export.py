"""Runs for use without gancore, as ordinary ``.keras`` files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.config import Activation, RunConfig

if TYPE_CHECKING:
    import keras


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
