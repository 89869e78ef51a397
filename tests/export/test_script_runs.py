"""A run's script at work: without gancore, as a file and in a notebook, beside the run itself."""

from __future__ import annotations

import base64
import json
from queue import Empty

import numpy as np
import pytest
from scipy.spatial.distance import cdist
from support import scripts
from support.scripts import CHANGES, alone, small

from gancore import metrics
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.export.draws import drawn_steps
from gancore.export.script import script_text, write_script

# Libraries that a script or a kernel brings warn of what they will change.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
interpreter = scripts.interpreter
PNG = b"\x89PNG"


def history(config: RunConfig) -> list[dict[str, float]]:
    """The rows that the engine trains."""
    from gancore.recording.events import Row
    from gancore.training.engine import train

    rows = [event for event in train([config]) if isinstance(event, Row)]
    return [{"step": row.step} | {name: value[0] for name, value in row.values.items()} for row in rows]


@pytest.mark.slow
@pytest.mark.parametrize(
    "name",
    [
        *list(CHANGES)[:3],
        "WGAN with clipped weights",
        "R3GAN",
        "LSGAN",
        "hinge with R2",
        "falling rates",
        "a lazy penalty on weighted real points",
        "a fit without a discriminator",
    ],
)
def test_fed_the_runs_draws_the_script_gives_the_runs_rows(tmp_path, name, interpreter):
    config = with_changes(small(), CHANGES[name])
    files = write_script(config, tmp_path / "run.py", with_draws=True)
    assert [path.name for path in files] == ["run.py", "run-draws.npz", "run-replay.py"]
    done = interpreter.run(tmp_path / "run-replay.py")
    assert done.returncode == 0, done.stderr
    rows, expected = [json.loads(line) for line in done.stdout.splitlines()], history(config)
    assert [row["step"] for row in rows] == [20, 40, 60]
    for ours, theirs in zip(rows, expected, strict=True):
        theirs.pop("d_penalty", None)  # which a script adds to the loss and does not print
        assert ours.keys() == theirs.keys()
        # A logit next to 0 may round to the other side: one of at least 16 x 20 points.
        worst = {name: abs(ours[name] - theirs[name]) for name in theirs}
        assert max(value for name, value in worst.items() if "acc" not in name) < 1e-4, (ours, theirs)
        assert max(worst.values()) < 5e-3, (ours, theirs)


@pytest.mark.slow
@pytest.mark.parametrize("name", [name for name in CHANGES if name != "rates on a far circle"])
def test_the_script_trains_scores_as_gancore_does_and_draws(tmp_path, name, interpreter):
    # A last row of fewer steps has TensorFlow trace the training once more, a second for each of the scripts.
    rows = ["step 20", "step 40", *(["step 50"] if name in ("baseline", "WGAN-GP") else [])]
    config = with_changes(small(), CHANGES[name] | {"steps": int(rows[-1].removeprefix("step "))})
    path = tmp_path / "run.py"
    assert write_script(config, path) == [path]
    assert {file.name for file in tmp_path.iterdir()} == {"run.py"}
    save = (
        "import numpy; numpy.savez('seen.npz', fake=names['fake'], real=names['real'], data=names['data']); "
        "import matplotlib.pyplot as plt; axes = plt.gca(); "
        "print('labels', [text.get_text() for text in axes.get_legend().get_texts()]); "
        "print('drawn', [len(part.get_offsets()) for part in axes.collections])"
    )
    done = alone(path, save) if name == "baseline" else interpreter.run(path, save)
    assert done.returncode == 0, done.stderr
    lines = done.stdout.splitlines()
    assert [line.split("  ")[0] for line in lines[: len(rows)]] == rows
    assert lines[-2:] == ["labels ['real', 'generated']", "drawn [2000, 2000]"]
    printed = {key: float(value) for key, value in (line.rsplit(" ", 1) for line in lines[len(rows) : -2])}
    with np.load(tmp_path / "seen.npz") as seen:
        fake, real, data = seen["fake"], seen["real"], seen["data"]
    assert np.array_equal(data, config.dataset.points())  # type: ignore[attr-defined]
    scores = metrics.score(config.dataset, fake, real, {"w1": {"mean": 0.1}})  # type: ignore[arg-type]
    # The script compares two samples, where gancore's own w1 compares with points of equal probability.
    units = [config.dataset.unit(points)[:1000] for points in (fake, real)]  # type: ignore[attr-defined]
    scores["w1"] = metrics.optimal_transport.load().emd2([], [], cdist(*units))
    for key in ("w1", "coverage", "curve_p95"):
        assert abs(printed[key] - scores[key]) < 2e-3, (key, printed, scores)
    assert 0 < printed["w1 of real points"] < 0.5


@pytest.mark.slow
def test_a_notebook_runs_the_script_and_shows_its_picture(tmp_path, monkeypatch):
    manager = pytest.importorskip("jupyter_client.manager")
    pytest.importorskip("ipykernel")
    pytest.importorskip("matplotlib_inline")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR", "MPLCONFIGDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.delenv("MPLBACKEND", raising=False)
    kernel, client = manager.start_new_kernel(kernel_name="python3", startup_timeout=300, cwd=str(tmp_path))
    outputs: list[dict] = []
    try:
        for code in ("import sys; sys.modules['gancore'] = None", script_text(small())):
            reply = client.execute_interactive(code, timeout=600, output_hook=outputs.append, allow_stdin=False)
            assert reply["content"]["status"] == "ok", reply["content"]
    except Empty:
        pytest.fail("the kernel did not answer")
    finally:
        client.stop_channels()
        kernel.shutdown_kernel(now=True)
    printed = "".join(one["content"]["text"] for one in outputs if one["content"].get("name") == "stdout")
    assert "step 60" in printed and "coverage 0" in printed and "w1 of real points" in printed
    pictures = [one["content"]["data"]["image/png"] for one in outputs if one["msg_type"] == "display_data"]
    assert len(pictures) == 1 and base64.b64decode(pictures[0]).startswith(PNG)


@pytest.mark.slow
def test_what_the_scripts_comment_says_of_keras_is_so(tmp_path, interpreter):
    """The classic recipe's discriminator does not learn, and train_on_batch gives a batch's own loss from 3.15 on."""
    (tmp_path / "recipe.py").write_text(
        """
import os, warnings
os.environ["KERAS_BACKEND"] = "tensorflow"
import keras, numpy as np
warnings.simplefilter("ignore")
generator = keras.Sequential([keras.Input((3,)), keras.layers.Dense(2)])
discriminator = keras.Sequential([keras.Input((2,)), keras.layers.Dense(1, activation="sigmoid")])
discriminator.compile("adam", "binary_crossentropy")
discriminator.trainable = False
keras.Sequential([generator, discriminator]).compile("adam", "binary_crossentropy")
before = [weight.copy() for weight in discriminator.get_weights()]
points, ones, zeros = np.ones((4, 2)), np.ones((4, 1)), np.zeros((4, 1))
first, second = discriminator.train_on_batch(points, ones), discriminator.train_on_batch(points, zeros)
print(all(map(np.array_equal, before, discriminator.get_weights())))
probability = float(np.asarray(discriminator(points))[0, 0])
newer = tuple(map(int, keras.__version__.split(".")[:2])) >= (3, 15)
alone, mean = -np.log(1 - probability), -(np.log(probability) + np.log(1 - probability)) / 2
print(abs(float(second) - (alone if newer else mean)) < 1e-4)
"""
    )
    done = interpreter.run(tmp_path / "recipe.py")
    assert done.stdout.split() == ["True", "True"], done.stderr


@pytest.mark.parametrize(
    ("changes", "steps"),
    [({}, 60), ({"steps": 5000}, 200), ({"steps": 5000, "batch_size": 2048, "latent__dim": 128}, 28)],
)
def test_draws_stay_below_60_mb(changes, steps):
    assert drawn_steps(small(**changes)) == steps


def test_draws_that_do_not_fit_are_refused_before_anything_is_written(tmp_path):
    config = small(batch_size=8192, latent__dim=1024, update__d_steps=2)
    with pytest.raises(ConfigError, match="--draws: one step of this run draws more than 60 MB"):
        write_script(config, tmp_path / "run.py", with_draws=True)
    assert not list(tmp_path.iterdir())
