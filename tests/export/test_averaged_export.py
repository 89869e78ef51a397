"""A run of averaged weights outside gancore: both generators as Keras models, and a script that averages."""

from __future__ import annotations

import runpy

import numpy as np
import pytest
from support.results import make_result
from support.scripts import small

from gancore.config import with_changes
from gancore.export.draws import draws
from gancore.export.keras_files import keras_models, write_keras
from gancore.export.script import script_text

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
STEPS = 8


def averaged(**ema):
    changes = {"generator.hidden": [6], "discriminator.hidden": [5], "latent.dim": 3, "steps": STEPS, "log_every": 4}
    return with_changes(small(), changes | {f"ema.{name}": value for name, value in ema.items()})


def test_both_generators_are_keras_models(tmp_path):
    config = averaged(decay=0.99)
    weights = make_result(config).weights
    weights |= {f"raw_{name}": value + 1 for name, value in weights.items() if name.startswith("generator")}
    models = {model.name: model for model in keras_models(config, weights)}
    assert list(models) == ["generator", "generator_raw", "discriminator", "discriminator_logits"]
    for name, before in (("generator", ""), ("generator_raw", "raw_")):
        kernels = models[name].get_weights()[::2]
        for layer, kernel in enumerate(kernels):
            np.testing.assert_array_equal(kernel, weights[f"{before}generator/{layer}/kernel"])
    names = {path.name for path in write_keras(config, weights, tmp_path)}
    assert {"generator.keras", "generator_raw.keras"} < names
    said = (tmp_path / "README.txt").read_text()
    assert "averaged over the training (EMA 0.99)" in said and "generator_raw.keras         the same with the" in said


def test_what_a_script_keeps_of_the_average_follows_from_the_settings():
    keeps = {
        "keep = EMA\n": {"decay": 0.9},
        "keep = tf.where(averaged < 0, 0.0, EMA)": {"decay": 0.9, "start": 3},
        "keep = tf.minimum(EMA, tf.maximum(averaged, 0) / (tf.maximum(averaged, 0) + 3))": {"decay": 0.9, "warmup": 3},
    }
    for line, ema in keeps.items():
        assert line in script_text(averaged(**ema))
    assert "average" not in script_text(averaged())


def test_the_script_averages_as_the_engine_does(tmp_path):
    import tensorflow as tf

    from gancore.recording.events import Finished
    from gancore.training.engine import train

    config = averaged(decay=0.9, start=2, warmup=3)
    (tmp_path / "run.py").write_text(script_text(config))
    script, drawn = runpy.run_path(str(tmp_path / "run.py")), draws(config, STEPS)
    for network in ("generator", "discriminator"):
        script[network].set_weights([value for name, value in drawn.items() if name.startswith(network)])
    for mean, weight in zip(script["average"], script["g_weights"], strict=True):
        mean.assign(weight)
    number, fed = tf.Variable(0), {name: tf.constant(drawn[name]) for name in ("real", "d_latent", "g_latent")}

    def draw():
        step = number.read_value()
        number.assign_add(1)
        return fed["real"][step, 0], fed["d_latent"][step, 0], fed["g_latent"][step]

    script["train"](STEPS, draw)
    (end,) = [event for event in train([config]) if isinstance(event, Finished)]
    for index, mean in enumerate(script["average"]):
        name = f"generator/{index // 2}/{'bias' if index % 2 else 'kernel'}"
        np.testing.assert_allclose(mean.numpy(), end.weights[0][name], atol=1e-5)
    raw = script["g_weights"][0].numpy()
    np.testing.assert_allclose(raw, end.weights[0]["raw_generator/0/kernel"], atol=1e-5)
    assert np.abs(raw - script["average"][0].numpy()).max() > 1e-5
