"""A script's distribution is the run's: its training set, and its fresh points by their distribution.

The training set is the same to the bit, unless it lies along a curve of formulas.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ks_2samp
from support.distributions import constants, distributions

from gancore.config import Dataset, RunConfig, with_changes
from gancore.datasets.named import NAMED
from gancore.datasets.points import OwnPoints
from gancore.datasets.traced import Traced
from gancore.export.script import script_text, write_script
from gancore.parts import Placement

SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "noisy and scaled": {"noise": 0.05, "scale": 2.5, "seed": 7},
    "placed": {"placement": Placement(shift_x=-3, rotation=35, stretch_y=0.4, fit="box"), "scale": 0.5},
    "noise along the normal": {"noise": 0.05, "noise_along": "normal"},
    "fresh, noisy and placed": {"fresh": True, "noise": 0.05, "placement": Placement(shift_y=1, fit="standardise")},
    "fresh": {"fresh": True},
    "fresh, along the normal": {"fresh": True, "noise": 0.05, "noise_along": "normal"},
}
CASES = [
    (name, setting)
    for name, dataset in distributions().items()
    for setting in SETTINGS
    if name not in NAMED and (dataset.directed or "normal" not in setting)
]
AS_IT_IS = "as public code has it"
CASES += [(name, AS_IT_IS) for name in constants()]


def config_of(name: str, setting: str, **changes: object) -> RunConfig:
    known = constants() if setting == AS_IT_IS else distributions()
    dataset: Dataset = known[name].model_copy(update={"size": 333, **SETTINGS.get(setting, {})})
    return RunConfig().model_copy(update={"dataset": dataset, **changes})


def space_of(config: RunConfig) -> dict[str, Any]:
    """What the script has before its networks, without importing Keras."""
    text = script_text(config)
    start, end = text.index("STEPS, LOG_EVERY"), text.index("keras.utils.set_random_seed")
    space: dict[str, Any] = {"np": np, "os": os}
    with tempfile.TemporaryDirectory() as folder:
        space["__file__"] = str(Path(folder, "run.py"))
        if isinstance(config.dataset, OwnPoints):
            write_script(config, Path(folder, "run.py"), with_points=True)
        exec(text[start:end], space)  # what the script itself does
    return space


@pytest.mark.parametrize(("name", "setting"), CASES)
def test_the_script_draws_from_the_same_distribution(name: str, setting: str) -> None:
    config = config_of(name, setting, batch_size=4000)
    dataset: Dataset = config.dataset  # type: ignore[assignment]
    space = space_of(config)
    if not dataset.fresh:
        ours, theirs = space["data"], dataset.points()
        # A script measures the length of a traced curve more simply, and reads the direction of noise off the curve at
        # other places.
        loose = isinstance(dataset, Traced) or setting == "noise along the normal"
        np.testing.assert_allclose(ours, theirs, rtol=0, atol=1e-6 * np.ptp(theirs, axis=0).max() if loose else 0)
        return
    assert "data" not in space
    batch, other, theirs = space["fresh"](), space["fresh"](), dataset.ideal(np.random.default_rng(1), 4000)
    assert batch.shape == (4000, 2) and batch.dtype == np.float32 and not np.array_equal(batch, other)
    for angle in np.linspace(0, np.pi, 5)[:-1]:
        along = np.array([np.cos(angle), np.sin(angle)])
        assert ks_2samp(batch @ along, theirs @ along).pvalue > 1e-4


def test_a_circle_beside_the_middle_has_its_training_set_there() -> None:
    config = with_changes(config_of("circle", "noisy and scaled"), {"dataset.center_x": 1.25})
    np.testing.assert_array_equal(space_of(config)["data"], config.dataset.points())  # type: ignore[attr-defined]


def test_what_is_placed_is_scored_where_it_was(tmp_path: Any) -> None:
    config = config_of("ring", "placed")
    dataset: Dataset = config.dataset  # type: ignore[assignment]
    points = dataset.points()
    np.testing.assert_allclose(space_of(config)["unit"](points), dataset.unit(points), atol=1e-12)


def test_rounds_draw_as_many_fresh_points() -> None:
    config = config_of("circle", "fresh")
    config = config.model_copy(update={"update": config.update.model_copy(update={"d_steps": 3})})
    assert space_of(config)["fresh"]().shape == (3 * 32, 2)
    assert "tf.reshape(real, (D_STEPS, BATCH, 2))" in script_text(config)


def test_ruff_has_nothing_to_change(tmp_path: Any) -> None:
    if subprocess.run([sys.executable, "-m", "ruff", "--version"], capture_output=True).returncode:
        pytest.skip("ruff is not installed")
    for number, (name, setting) in enumerate(CASES):
        if setting == "plain" and name in Dataset.registry or name in ("circle", "moons", "blobs"):
            (tmp_path / f"one{number}.py").write_text(script_text(config_of(name, setting)), encoding="utf-8")
    for arguments in (["format", "--diff"], ["check", "--select", "E4,E5,E7,E9,F,W,I,B,UP,SIM,D1,C4"]):
        ruff = [sys.executable, "-m", "ruff", *arguments, "--isolated", str(tmp_path)]
        done = subprocess.run(ruff, capture_output=True, text=True)
        assert done.returncode == 0, (done.stdout + done.stderr)[:4000]
