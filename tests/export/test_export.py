"""Runs for use without gancore: Keras models with the stored weights, on the command line and as a download."""

from __future__ import annotations

import dataclasses
import re
import subprocess
import sys
import zipfile
from io import BytesIO

import numpy as np
import pytest
from support.results import make_result
from support.scripts import small
from support.untrained import untrained

from gancore.config import RunConfig
from gancore.export import keras_files as export
from gancore.recording.result import RunResult
from gancore.store import Store
from gancore.ui.training.export import keras_zip

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

NAMES = {"README.txt", "generator.keras", "discriminator.keras", "discriminator_logits.keras"}


def made_up(config: RunConfig) -> RunResult:
    """A run that nobody trained, with random weights of the right shapes."""
    result = make_result(config)
    return dataclasses.replace(result, weights={name: value / 2 for name, value in result.weights.items()})


def forward(weights, name: str, activation: str, last: str, x: np.ndarray) -> np.ndarray:
    """A network by numpy, in float64."""
    act = {
        "leaky_relu": lambda x: np.where(x > 0, x, 0.2 * x),
        "relu": lambda x: np.maximum(x, 0),
        "tanh": np.tanh,
        "linear": lambda x: x,
        "tanh_1.5": lambda x: 1.5 * np.tanh(x),
        "sigmoid": lambda x: 1 / (1 + np.exp(-x)),
    }
    layers = sum(key.startswith(name) for key in weights) // 2
    x = x.astype(np.float64)
    for layer in range(layers):
        x = x @ weights[f"{name}/{layer}/kernel"].astype(np.float64) + weights[f"{name}/{layer}/bias"]
        x = act[activation if layer < layers - 1 else last](x)
    return x


def refused(capsys, *arguments: str) -> str:
    """The one line of a command that ends with exit code 2."""
    from gancore.cli import run

    capsys.readouterr()
    code = run(["runs", "export", *arguments])
    out, err = capsys.readouterr()
    assert (code, out) == (2, ""), err
    (line,) = err.splitlines()
    assert line.startswith("gancore: ")
    return line


@pytest.mark.slow
@pytest.mark.parametrize(
    ("hidden", "output"), [("leaky_relu", "tanh"), ("leaky_relu", "tanh_1.5"), ("relu", "linear"), ("tanh", "tanh")]
)
def test_keras_models_have_the_stored_weights(tmp_path, capsys, hidden, output):
    import keras

    from gancore.cli import run

    config = small(generator__activation=hidden, discriminator__activation=hidden, generator__output=output)
    stored = Store.open().put(made_up(config))
    (tmp_path / "models").mkdir()
    (tmp_path / "models" / "generator.keras").write_text("an older file")
    assert run(["runs", "export", stored.run_id[:12], "--keras", str(tmp_path / "models")]) == 0
    assert {path.name for path in (tmp_path / "models").iterdir()} == NAMES
    rng = np.random.default_rng(5)
    files = ("generator", 6, output), ("discriminator", 2, "sigmoid"), ("discriminator_logits", 2, "linear")
    for name, width, last in files:
        path = tmp_path / "models" / f"{name}.keras"
        assert b"gancore" not in zipfile.ZipFile(path).read("config.json")
        model = keras.saving.load_model(path)
        x = rng.normal(size=(100, width)).astype(np.float32)
        ours = forward(stored.weights, name.removesuffix("_logits"), hidden, last, x)
        assert np.abs(np.asarray(model(x)) - ours).max() < 1e-6 * max(1, np.abs(ours).max())


@pytest.mark.slow
def test_keras_models_give_what_the_engines_networks_give():
    from gancore.training.program import LANES, program
    from gancore.training.shapes import GraphShape

    config = small(generator__output="tanh_1.5")
    weights = made_up(config).weights
    networks = program(GraphShape.of(config)).rules
    generator, discriminator, with_logits = export.keras_models(config, weights)

    def lanes(name: str) -> list[np.ndarray]:
        arrays = [value for key, value in weights.items() if key.startswith(name)]
        return [np.stack([np.atleast_2d(value)] * LANES) for value in arrays]

    rng = np.random.default_rng(1)
    z, x = rng.normal(size=(50, 6)).astype(np.float32), rng.normal(size=(50, 2)).astype(np.float32)
    points = np.asarray(networks.generator(lanes("generator"), np.stack([z] * LANES)))[0]
    logits = np.asarray(networks.discriminator(lanes("discriminator"), np.stack([x] * LANES)))[0]
    assert np.abs(np.asarray(generator(z)) - points).max() < 1e-6
    assert np.abs(np.asarray(discriminator(x)) - 1 / (1 + np.exp(-logits))).max() < 1e-6
    assert np.abs(np.asarray(with_logits(x)) - logits).max() < 1e-5


def test_wrong_inputs(tmp_path, capsys):
    run_id = Store.open().put(made_up(small())).run_id
    file = tmp_path / "a file"
    file.write_text("in the way")
    assert "give at least one of them" in refused(capsys, run_id)
    assert "no stored run" in refused(capsys, "0123456789", "--keras", str(tmp_path))
    assert "--keras: " in refused(capsys, run_id, "--keras", str(file))
    assert "--script: " in refused(capsys, run_id, "--script", str(file / "run.py"))
    assert "must end in .py" in refused(capsys, run_id, "--script", str(tmp_path / "run.txt"))
    (tmp_path / "folder.py").mkdir()
    assert "cannot be written" in refused(capsys, run_id, "--script", str(tmp_path / "folder.py"))


def test_a_shipped_run_says_how_to_have_its_models(tmp_path, capsys):
    run = next(run for run in Store.open().runs() if run.source != "store")
    said = refused(capsys, run.run_id, "--keras", str(tmp_path / "models"))
    assert "without its weights; add --train, which trains exactly this run (10,000 steps)" in said
    assert not (tmp_path / "models").exists()  # what is refused leaves no folder


@pytest.mark.slow
def test_a_run_of_a_bundle_is_trained_where_that_is_asked_for(tmp_path, capsys, own_store):
    from gancore.analysis import pack_study
    from gancore.cli import run
    from gancore.studies import parse_study

    text = """
name = "tiny"
title = "Tiny"
question = "?"
seeds = 1
[base]
steps = 40
log_every = 20
snapshot_every = 40
dataset.size = 500
latent.dim = 6
generator.hidden = [8]
discriminator.hidden = [8]
[factors.rate]
path = "d_optimizer.learning_rate"
levels = [2e-4, 1e-3]
"""
    study = parse_study(text, "tiny")
    made = Store(tmp_path / "elsewhere")
    for config in study.configs():
        made.put(untrained(config))
    (own_store / "bundles").mkdir(parents=True)
    pack_study(made, study, text, own_store / "bundles" / "tiny.gancore")
    config = study.configs()[0]
    assert "add --train" in refused(capsys, config.run_id, "--keras", str(tmp_path / "models"))
    assert run(["runs", "export", config.run_id, "--keras", str(tmp_path / "models"), "--train"]) == 0
    assert {path.name for path in (tmp_path / "models").iterdir()} == NAMES
    stored = [run for run in Store.open().runs() if run.source == "store"]
    assert [run.run_id for run in stored] == [config.run_id] and stored[0].weights


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["normal", "uniform"])
def test_what_the_folders_text_says_works_and_gives_onnx(tmp_path, kind):
    """Its lines are run as they stand; without the call before it, Keras refuses to export a loaded model."""
    onnxruntime = pytest.importorskip("onnxruntime")
    pytest.importorskip("tf2onnx")
    config = small(latent__kind=kind, generator__output="tanh_1.5")
    export.write_keras(config, made_up(config).weights, tmp_path)
    text = (tmp_path / "README.txt").read_text()
    assert "need Keras 3 or newer" in text and config.run_id[:12] in text
    lines = re.findall(r"^    (\S.*)$", text, re.MULTILINE)
    assert lines[0] == "import keras" and lines[-1].startswith("generator.export(")
    end = "import numpy; numpy.savez('points.npz', points=points)"
    code = "\n".join(['import os; os.environ["KERAS_BACKEND"] = "tensorflow"', *lines, end])
    done = subprocess.run([sys.executable, "-c", code], cwd=tmp_path, capture_output=True, text=True, timeout=600)
    assert done.returncode == 0, done.stderr
    with np.load(tmp_path / "points.npz") as file:
        assert file["points"].shape == (1000, 2)
    session = onnxruntime.InferenceSession(tmp_path / "generator.onnx", providers=["CPUExecutionProvider"])
    z = np.random.default_rng(3).normal(size=(7, 6)).astype(np.float32)
    points = session.run(None, {session.get_inputs()[0].name: z})[0]
    expected = forward(made_up(config).weights, "generator", "leaky_relu", "tanh_1.5", z)
    assert np.abs(points - expected).max() < 1e-5


def test_the_page_offers_models_only_where_there_are_weights(monkeypatch):
    from streamlit.testing.v1 import AppTest

    from gancore import jobs

    def page(source: str) -> None:
        from gancore.store import Store
        from gancore.ui.training.export import keras_button

        store = Store.open()
        keras_button(store, next(run for run in store.runs() if (run.source == "store") == (source == "store")))

    def buttons(source: str) -> int:
        app = AppTest.from_function(page, args=(source,), default_timeout=30).run()
        assert not app.exception
        return len(app.get("download_button"))

    Store.open().put(made_up(small()))
    monkeypatch.setattr(jobs, "available", lambda: True)
    assert (buttons("store"), buttons("bundle")) == (1, 0)
    monkeypatch.setattr(jobs, "available", lambda: False)
    assert buttons("store") == 0


@pytest.mark.slow
def test_the_page_downloads_both_models(own_store):
    run_id = Store.open().put(made_up(small())).run_id
    archive = zipfile.ZipFile(BytesIO(keras_zip(str(own_store), run_id)))
    assert set(archive.namelist()) == NAMES
    assert b"need Keras 3 or newer" in archive.read("README.txt")
    with pytest.raises(RuntimeError, match="no stored run"):
        keras_zip(str(own_store), "0" * 64)


def test_a_critic_is_exported_as_one_and_odd_latents_come_along(tmp_path):
    changes = {"loss__kind": "relativistic", "update__kind": "combined", "latent__kind": "angle"}
    config = small(**changes)
    export.write_keras(config, made_up(config).weights, tmp_path)
    names = {path.name for path in tmp_path.iterdir()}
    assert names == {"README.txt", "generator.keras", "critic.keras", "latents.npy"}
    text = (tmp_path / "README.txt").read_text()
    assert "no probability" in text and 'generator(numpy.load("latents.npy"))' in text
    latents = np.load(tmp_path / "latents.npy")
    np.testing.assert_allclose(latents[:, :3] ** 2 + latents[:, 3:] ** 2, 1, rtol=1e-5)
