"""Runs for use without gancore: Keras models with the stored weights, and a script that trains the same run again."""

from __future__ import annotations

import json
import os
import re
import runpy
import subprocess
import sys
import zipfile
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.store import Store
from gancore.training import export
from gancore.training.result import RunResult
from gancore.ui.export import keras_zip

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

ROOT = Path(__file__).parents[1]
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


def small(**changes) -> RunConfig:
    return with_changes(RunConfig(), SMALL | {path.replace("__", "."): value for path, value in changes.items()})


def made_up(config: RunConfig) -> RunResult:
    """A run that nobody trained, with random weights of the right shapes."""
    rng = np.random.default_rng(config.seed)
    weights = {}
    for name, widths in {
        "generator": (config.latent.dim, *config.generator.hidden, 2),
        "discriminator": (2, *config.discriminator.hidden, 1),
    }.items():
        for layer, shape in enumerate(zip(widths[:-1], widths[1:], strict=True)):
            weights[f"{name}/{layer}/kernel"] = rng.normal(0, 0.5, shape).astype(np.float32)
            weights[f"{name}/{layer}/bias"] = rng.normal(0, 0.5, shape[1]).astype(np.float32)
    return RunResult(
        config=config,
        status="finished",
        steps=config.steps,
        diverged_at=None,
        seconds=1.0,
        history={"step": np.array([config.steps]), "g_loss": np.array([0.7])},
        snapshot_steps=np.array([0, config.steps]),
        snapshots=np.zeros((2, 2000, 2), np.float32),
        metrics={"w1": np.array([0.1, 0.2])},
        weights=weights,
        versions={"gancore": "0"},
        device="cpu",
    )


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


def alone(script: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run a script in another folder where gancore cannot be imported."""
    code = (
        "import runpy, sys; sys.modules['gancore'] = None; "
        f"sys.argv = {[str(script), *arguments]!r}; runpy.run_path({str(script)!r}, run_name='__main__')"
    )
    env = {name: value for name, value in os.environ.items() if name != "PYTHONPATH"}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, cwd=script.parent, env=env, timeout=300
    )


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
    assert {path.name for path in (tmp_path / "models").iterdir()} == {"generator.keras", "discriminator.keras"}
    rng = np.random.default_rng(5)
    for name, width, last in (("generator", 6, output), ("discriminator", 2, "sigmoid")):
        path = tmp_path / "models" / f"{name}.keras"
        assert b"gancore" not in zipfile.ZipFile(path).read("config.json")
        model = keras.saving.load_model(path)
        x = rng.normal(size=(100, width)).astype(np.float32)
        ours = forward(stored.weights, name, hidden, last, x)
        assert np.abs(np.asarray(model(x)) - ours).max() < 1e-6 * max(1, np.abs(ours).max())


@pytest.mark.slow
def test_keras_models_give_what_the_engines_networks_give():
    from gancore.training.engine import LANES, GraphShape, program

    config = small(generator__output="tanh_1.5")
    weights = made_up(config).weights
    networks = program(GraphShape.of(config)).networks
    generator, discriminator = export.keras_models(config, weights)

    def lanes(name: str) -> list[np.ndarray]:
        arrays = [value for key, value in weights.items() if key.startswith(name)]
        return [np.stack([np.atleast_2d(value)] * LANES) for value in arrays]

    rng = np.random.default_rng(1)
    z, x = rng.normal(size=(50, 6)).astype(np.float32), rng.normal(size=(50, 2)).astype(np.float32)
    points = np.asarray(networks.generator(lanes("generator"), np.stack([z] * LANES)))[0]
    logits = np.asarray(networks.discriminator(lanes("discriminator"), np.stack([x] * LANES)))[0]
    assert np.abs(np.asarray(generator(z)) - points).max() < 1e-6
    assert np.abs(np.asarray(discriminator(x)) - 1 / (1 + np.exp(-logits))).max() < 1e-6


def history(config: RunConfig) -> list[dict[str, float]]:
    """The rows that the engine trains, as a stored run has them."""
    from gancore.training.engine import Row, train
    from gancore.training.recorder import history_row

    rows = [event for event in train([config]) if isinstance(event, Row)]
    return [
        {"step": row.step} | {name: value[0] for name, value in history_row(row.values).items()}  # type: ignore[dict-item]
        for row in rows
    ]


@pytest.mark.slow
@pytest.mark.parametrize(
    "changes",
    [
        {},
        {"update__kind": "combined", "batch_size": 64, "dataset__kind": "swiss_roll", "generator__hidden": [16, 32]},
        {
            "update__d_steps": 2,
            "update__shared_adam_clock": True,
            "loss__kind": "minimax",
            "latent__kind": "uniform",
            "generator__output": "tanh_1.5",
            "dataset__kind": "moons",
            "dataset__noise": 0.05,
        },
    ],
    ids=["separate", "combined", "shared clock"],
)
def test_the_script_prints_the_runs_rows_without_gancore(tmp_path, changes):
    config = small(**changes)
    script = tmp_path / "run.py"
    assert export.write_script(config, script) == (tmp_path / "run.npz", 60)
    done = alone(script, "--draws", "run.npz", "--steps", "60", "--json")
    assert done.returncode == 0, done.stderr
    found, expected = [json.loads(line) for line in done.stdout.splitlines()], history(config)
    assert [row["step"] for row in found] == [20, 40, 60]
    for ours, theirs in zip(found, expected, strict=True):
        assert ours.keys() == theirs.keys()
        worst = max(abs(ours[name] - theirs[name]) for name in theirs)
        assert worst < 1e-4, (ours, theirs)


@pytest.mark.slow
def test_the_script_trains_by_itself_and_refuses_wrong_options(tmp_path):
    script = tmp_path / "run.py"
    script.write_text(export.script_text(small()))
    done = alone(script, "--steps", "20", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["step"] == 20
    assert "step 20 of 20" in done.stderr
    np.savez(tmp_path / "other.npz", real=np.zeros(3))
    wrong = alone(script, "--draws", "other.npz")
    assert wrong.returncode == 2
    assert "does not hold this run's draws" in wrong.stderr


@pytest.mark.slow
@pytest.mark.parametrize("kind", sorted(export.IN_SCRIPT["dataset.kind"]))
def test_the_script_has_the_same_training_set(tmp_path, kind):
    config = small(dataset__kind=kind, dataset__size=333, dataset__noise=0.1, dataset__seed=7, dataset__scale=2.5)
    if kind == "circle":
        config = with_changes(config, {"dataset.center_x": 1.25})
    (tmp_path / "run.py").write_text(export.script_text(config))
    points = runpy.run_path(str(tmp_path / "run.py"))["real_points"]()
    assert np.array_equal(points, config.dataset.points())  # type: ignore[attr-defined]


def test_every_setting_is_a_constant_of_the_script():
    config = small(
        generator__hidden=[7],
        discriminator__hidden="",
        update__kind="combined",
        update__shared_adam_clock=True,
        g_optimizer__learning_rate=5e-5,
        loss__kind="minimax",
    )
    text = export.script_text(config)
    compile(text, "run.py", "exec")
    for line in (
        f'RUN_ID = "{config.run_id}"',
        "GENERATOR_HIDDEN = (7,)",
        "DISCRIMINATOR_HIDDEN = ()",
        'UPDATE_KIND = "combined"',
        "UPDATE_SHARED_ADAM_CLOCK = True",
        "G_OPTIMIZER_LEARNING_RATE = 5e-05",
        "D_OPTIMIZER_LEARNING_RATE = 0.0002",
        'LOSS_KIND = "minimax"',
        "SEED = 0",
    ):
        assert re.search(rf"^{re.escape(line)}(  #|$)", text, re.MULTILINE), line
    assert not re.search(r"^\s*(import|from) gancore", text, re.MULTILINE)


def test_the_template_holds_the_baseline():
    template = export.TEMPLATE.read_text()
    assert export.script_text(RunConfig()) == template.replace('RUN_ID = ""', f'RUN_ID = "{RunConfig().run_id}"')


def test_a_setting_that_the_script_does_not_know_is_refused(monkeypatch):
    known = export.IN_SCRIPT | {"loss.kind": {"minimax"}}
    monkeypatch.setattr(export, "IN_SCRIPT", known)
    with pytest.raises(ConfigError, match="loss.kind is 'non_saturating', which the script cannot do"):
        export.script_text(RunConfig())
    monkeypatch.undo()
    monkeypatch.setattr(export, "flatten", lambda config: {"loss.penalty": 10.0})
    with pytest.raises(ConfigError, match="sets loss.penalty, which the script cannot do"):
        export.script_text(RunConfig())


@pytest.mark.parametrize(
    ("changes", "steps"),
    [({}, 60), ({"steps": 5000}, 200), ({"steps": 5000, "batch_size": 2048, "latent__dim": 128}, 28)],
)
def test_draws_stay_below_60_mb(changes, steps):
    assert export.drawn_steps(small(**changes)) == steps


def test_draws_that_do_not_fit_are_left_out(tmp_path):
    (tmp_path / "run.npz").write_bytes(b"of another run")
    config = small(batch_size=8192, latent__dim=1024, update__d_steps=2)
    assert export.write_script(config, tmp_path / "run.py") == (None, 0)
    assert {path.name for path in tmp_path.iterdir()} == {"run.py"}


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


def test_a_shipped_run_says_how_to_have_its_weights(tmp_path, capsys):
    run = next(run for run in Store.open().runs() if run.source != "store")
    said = refused(capsys, run.run_id, "--keras", str(tmp_path))
    assert "without its weights" in said
    assert f"gancore gallery build {run.source}" in said


def test_the_page_offers_models_only_where_there_are_weights(monkeypatch):
    from streamlit.testing.v1 import AppTest

    from gancore import jobs

    def page(source: str) -> None:
        from gancore.store import Store
        from gancore.ui.export import keras_button

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
    assert archive.namelist() == ["discriminator.keras", "generator.keras"]
    with pytest.raises(RuntimeError, match="no stored run"):
        keras_zip(str(own_store), "0" * 64)
