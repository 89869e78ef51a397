"""Runs for use without gancore, as ordinary ``.keras`` files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.config import ConfigError, Discriminator, Generator, RunConfig
from gancore.parts import Normal, Uniform
from gancore.parts.activations import ACTIVATIONS
from gancore.recording.raw import RAW, RAW_GENERATOR
from gancore.words import setting_value

if TYPE_CHECKING:
    import keras


READ_ME = """Run {run} of gancore, as Keras models. They need Keras 3 or newer: TensorFlow up to 2.15 brings Keras 2,
which stops at "Unrecognized keyword arguments: ['batch_shape']".

generator.keras             latent vectors [n, {dim}], {latent}, to points [n, 2]
{averaged}{judge}

    {imports}

    generator = keras.saving.load_model("generator.keras")
    points = generator({draw})

As ONNX (pip install tf2onnx onnx; with KERAS_BACKEND=tensorflow). The call before is needed: a model that was just
loaded has not run yet, and Keras does not export it.

    generator(keras.ops.zeros((1, {dim})))
    generator.export("generator.onnx", format="onnx")
"""

DISCRIMINATOR = """\
discriminator.keras         points [n, 2] to the probability of being real [n, 1]
discriminator_logits.keras  the same before its sigmoid, for training and for losses: a cross-entropy of probabilities
                            is cut off near 16 and has no gradient there. Use it with from_logits=True."""
CRITIC = """\
critic.keras                points [n, 2] to the critic's output [n, 1]: higher is more real, and no probability"""
AVERAGED = """\
                            its weights are averaged over the training (EMA {decay})
generator_raw.keras         the same with the weights as they were trained
"""
RAW_FILE = "generator_raw"
LATENTS = "latents.npy"
"""Latent vectors that a model's user cannot draw in one call."""


def keras_models(config: RunConfig, weights: Mapping[str, np.ndarray]) -> list[keras.Sequential]:
    """The networks of Keras' own layers: ``generator``, ``discriminator`` and ``discriminator_logits``, or ``critic``.

    Where the generator's weights are averaged ``generator`` has the average, and ``generator_raw`` the trained ones.

    Latent vectors [B, dim] → points [B, 2], and points [B, 2] → probability of being real or its logit [B, 1], or the
    output of a critic.
    """
    import keras

    def model(name: str, inputs: int, spec: Generator | Discriminator, last: list[Any], of: str = ""):
        layers: list[Any] = [keras.Input((inputs,))]
        for width in spec.hidden:
            leaky = spec.activation == "leaky_relu"
            called = _named(f"{(of or name).removeprefix(RAW)}.activation", spec.activation)
            layers.append(keras.layers.Dense(width))
            layers.append(keras.layers.LeakyReLU(spec.slope) if leaky else keras.layers.Activation(called))
        made = keras.Sequential([*layers, *last], name=name)
        parts = [(i, part) for i in range(len(spec.hidden) + 1) for part in ("kernel", "bias")]
        made.set_weights([weights[f"{of or name}/{i}/{part}"] for i, part in parts])
        return made

    g, d = config.generator, config.discriminator
    points: list[Any] = [keras.layers.Dense(2, activation=_named("generator.output", g.output))]
    scale = g.output_scale * (1.5 if g.output == "tanh_1.5" else 1)
    if scale != 1:
        points.append(keras.layers.Rescaling(scale))
    probability, logit = keras.layers.Dense(1, activation="sigmoid"), keras.layers.Dense(1)
    generator = model("generator", config.latent.dim, g, points)
    generators = [generator]
    if config.ema.active:
        raw = [type(layer).from_config(layer.get_config()) for layer in points]
        generators.append(model(RAW_FILE, config.latent.dim, g, raw, of=RAW_GENERATOR))
    if not _decides(config):
        return [*generators, model("critic", 2, d, [logit], of="discriminator")]
    return [
        *generators,
        model("discriminator", 2, d, [probability]),
        model("discriminator_logits", 2, d, [logit], of="discriminator"),
    ]


def _named(field: str, activation: str) -> str:
    """What Keras calls an activation in a file; ConfigError where it has no name for it."""
    called = ACTIVATIONS[activation].keras
    if called is None:
        raise ConfigError(f"{field}: {activation!r} has no name in a .keras file; the exported script has it")
    return called


def write_keras(config: RunConfig, weights: Mapping[str, np.ndarray], folder: Path) -> list[Path]:
    """Write the models as ``NAME.keras`` and a README.txt, replacing what is there; raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    # Written aside first, so that an old file stays whole until the new one is.
    with tempfile.TemporaryDirectory(dir=folder, prefix=".export-") as made:
        for model in keras_models(config, weights):
            model.save(Path(made) / f"{model.name}.keras")
        if not _plain_draw(config):
            normal = np.random.default_rng(config.seed).standard_normal((1000, config.latent.dim))
            np.save(Path(made) / LATENTS, config.latent.carried(normal).astype(np.float32))
        (Path(made) / "README.txt").write_text(_read_me(config), encoding="utf-8")
        names = sorted(path.name for path in Path(made).iterdir())
        for name in names:
            os.replace(Path(made) / name, folder / name)
    return [folder / name for name in names]


def _decides(config: RunConfig) -> bool:
    """Whether the discriminator's output is the logit of a probability."""
    return config.loss.logit and config.loss.boundary is not None


def _plain_draw(config: RunConfig) -> str:
    """How Keras draws a thousand latent vectors; empty where it takes more than a call."""
    latent, shape = config.latent, f"(1000, {config.latent.dim})"
    if isinstance(latent, Uniform):
        return f"keras.random.uniform({shape}, {latent.low!r}, {latent.high!r})"
    return f"keras.random.normal({shape})" if isinstance(latent, Normal) else ""


def _read_me(config: RunConfig) -> str:
    latent, draw = config.latent, _plain_draw(config)
    kind = str(getattr(latent, "kind", "")).replace("_", " ")
    words = "standard normal"
    if isinstance(latent, Uniform):
        words = f"uniform in [{setting_value(latent.low)}, {setting_value(latent.high)}]"
    return READ_ME.format(
        run=config.run_id[:12],
        dim=latent.dim,
        latent=words if draw else f"of the {kind} latent, of which {LATENTS} has 1000",
        averaged=AVERAGED.format(decay=setting_value(config.ema.decay)) if config.ema.active else "",
        judge=DISCRIMINATOR if _decides(config) else CRITIC,
        imports="import keras" if draw else "import keras\n    import numpy",
        draw=draw or f'numpy.load("{LATENTS}")',
    )
