"""Runs for use without gancore, as ordinary ``.keras`` files."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from gancore.config import RunConfig
from gancore.parts import Network, Normal, Uniform
from gancore.recording.raw import RAW_GENERATOR
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
discriminator.keras         {points} to the probability of being real [n, 1]
discriminator_logits.keras  the same before its sigmoid, for training and for losses: a cross-entropy of probabilities
                            is cut off near 16 and has no gradient there. Use it with from_logits=True."""
CRITIC = """\
critic.keras                {points} to the critic's output [n, 1]: higher is more real, and no probability"""
AVERAGED = """\
                            its weights are averaged over the training (EMA {decay})
generator_raw.keras         the same with the weights as they were trained
"""
RAW_FILE = "generator_raw"
LATENTS = "latents.npy"
"""Latent vectors that a model's user cannot draw in one call."""


def keras_models(config: RunConfig, weights: Mapping[str, np.ndarray]) -> list[keras.Model]:
    """The networks of Keras' own layers: ``generator``, ``discriminator`` and ``discriminator_logits``, or ``critic``.

    Where no discriminator is trained there is the generator alone.
    Where the generator's weights are averaged ``generator`` has the average, and ``generator_raw`` the trained ones.

    Latent vectors [B, dim] → points [B, 2], and points [B, 2] → probability of being real or its logit [B, 1], or the
    output of a critic; packs [B, 2 m] where it judges m points together. Where Keras has no layer, its operations.
    """
    import keras

    def model(name: str, of: str, network: Network, last: Any = None) -> keras.Model:
        values = start = keras.Input((network.inputs,))
        kept: list[Any] = []
        for layer in network.layers:
            arrays = {one.name: weights[f"{of}/{layer.place}/{one.name}"] for one in layer.arrays}
            values = layer.keras(keras, values, arrays, kept)
        return keras.Model(start, last(values) if last else values, name=name)

    generator = model("generator", "generator", config.generator.network(config.latent))
    generators = [generator]
    if config.ema.active:
        generators.append(model(RAW_FILE, RAW_GENERATOR, config.generator.network(config.latent)))
    if not config.loss.judged:  # its discriminator was never trained
        return generators
    judge = config.discriminator.network()
    if not _decides(config):
        return [*generators, model("critic", "discriminator", judge)]
    return [
        *generators,
        model("discriminator", "discriminator", judge, keras.layers.Activation("sigmoid")),
        model("discriminator_logits", "discriminator", judge),
    ]


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


def _judge(config: RunConfig) -> str:
    """The lines about the discriminator's files."""
    if not config.loss.judged:
        return "There is no discriminator: the generator was fitted to the points that belong to its latent vectors.\n"
    count, of_batch = config.discriminator.packing, config.discriminator.minibatch.of_batch
    points = f"packs [n, {2 * count}], {count} points of one kind beside each other," if count > 1 else "points [n, 2]"
    text = (DISCRIMINATOR if _decides(config) else CRITIC).format(points=points)
    more = (
        "\n                            Of a whole batch of one kind: each output depends on all of the call's points."
    )
    return text + more * of_batch


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
        judge=_judge(config),
        imports="import keras" if draw else "import keras\n    import numpy",
        draw=draw or f'numpy.load("{LATENTS}")',
    )
