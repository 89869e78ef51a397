"""Distributions of public code under their names: the points are the source's, the run is that of plain settings."""

from __future__ import annotations

import numpy as np
import pytest
from scipy.stats import ks_2samp
from support.command_line import call, wrong

import gancore
from gancore.config import RunConfig, parse_config, with_changes
from gancore.datasets.named import NAMED, name_of, names, words_of
from gancore.studies import parse_study
from gancore.studies.commands import settings_of, train_command
from gancore.studies.labels import label_of

every = pytest.mark.parametrize("name", NAMED)
SIZE = 40_000
PI = np.pi


def source(name: str, rng: np.random.Generator) -> np.ndarray:
    """Points as the source draws them."""
    n, a, k = rng.standard_normal((SIZE, 2)), rng.uniform(size=SIZE), rng.integers(0, 8, SIZE)
    ring = np.stack([np.cos(PI * k / 4), np.sin(PI * k / 4)], axis=1)
    t = 1.5 * PI * (1 + 2 * a)
    blob = np.array([[0.35, 0.75], [0.75, 0.6], [0.45, 0.35]])[np.searchsorted([0.333, 0.666], a)]
    return {
        "8-gaussians-unrolled": lambda: ring + 0.01 * n,
        "8-gaussians-wgan-gp": lambda: (2 * ring + 0.02 * n) / 1.414,
        "25-gaussians-wgan-gp": lambda: (2 * rng.integers(-2, 3, (SIZE, 2)) + 0.05 * n) / 2.828,
        "swiss-roll-wgan-gp": lambda: (np.stack([t * np.cos(t), t * np.sin(t)], axis=1) + 0.25 * n) / 7.5,
        "gan-lab-ring": lambda: (
            np.stack([0.5 + 0.3 * np.cos(2 * PI * a), 0.45 + 0.25 * np.sin(2 * PI * a)], axis=1) + 0.025 * n
        ),
        "gan-lab-line": lambda: np.stack([0.8 - 0.75 * a, 0.6 + 0.3 * a], axis=1) + 0.01 * n,
        "gan-lab-gaussians": lambda: np.where(
            a[:, None] < 0.5, [0.3, 0.7] + 0.1 * n, [0.7, 0.4] + np.array([0.05, 0.2]) * n
        ),
        "gan-lab-blobs": lambda: blob + 0.025 * n,
        "d2l-gaussian": lambda: n @ [[1, 2], [-0.1, 0.5]] + [1, 2],
        "keras-parabola": lambda: np.stack([a - 0.5, (a - 0.5) ** 2], axis=1),
        "sine-tutorial": lambda: np.stack([2 * PI * a, np.sin(2 * PI * a)], axis=1),
        "noisy-circle": lambda: n / np.hypot(*n.T)[:, None] + n / 10,
    }[name]()


@every
def test_the_points_are_those_of_the_source(name: str) -> None:
    ours, theirs = NAMED[name].dataset.sample(np.random.default_rng(0), SIZE), source(name, np.random.default_rng(1))
    for direction in ([1, 0], [0, 1], [0.6, 0.8], [0.8, -0.6]):
        assert ks_2samp(ours @ direction, theirs @ direction).pvalue > 1e-4


@every
def test_a_constant_is_its_plain_settings(name: str) -> None:
    constant = NAMED[name]
    assert constant.label and constant.source and constant.definition
    plain = parse_config({"dataset": dict(constant.settings)})
    for config in (
        with_changes(RunConfig(), {"dataset.kind": name}),
        parse_config({"dataset": {"kind": name}}),
        parse_config({"dataset": name}),
    ):
        assert config == plain and config.run_id == plain.run_id
    again = with_changes(RunConfig(), settings_of(plain))
    assert again.run_id == plain.run_id
    command = train_command(plain).split()
    assert command[3] in (name, plain.dataset.kind)  # type: ignore[attr-defined]  # the ring is one by its defaults


def test_choosing_a_constant_forgets_what_was_set_but_for_the_training_set() -> None:
    before = with_changes(RunConfig(), {"dataset.noise": 0.3, "dataset.scale": 2.0, "dataset.size": 1000})
    after = with_changes(before, {"dataset.kind": "8-gaussians-wgan-gp"}).dataset
    assert after == NAMED["8-gaussians-wgan-gp"].dataset.model_copy(update={"size": 1000})
    changed = with_changes(RunConfig(), {"dataset.noise": 0.3, "dataset.kind": "gan-lab-ring"}).dataset
    assert changed.noise == 0.3 and name_of(changed) == "ellipse"
    nested = parse_config({"dataset": {"kind": "gan-lab-ring", "placement": {"rotation": 10.0}}}).dataset
    assert nested.placement.rotation == 10 and nested.placement.shift_x == 0.5


def test_a_run_is_called_by_the_constant_s_name() -> None:
    config = with_changes(RunConfig(), {"dataset.kind": "gan-lab-ring", "dataset.size": 500, "batch_size": 64})
    assert name_of(config.dataset) == "gan-lab-ring" and words_of(config.dataset) == "GAN Lab's ring"
    assert label_of(config) == "GAN Lab's ring, 500 points, batch 64"
    assert train_command(config).startswith("gancore train --dataset gan-lab-ring --set dataset.size=500 --set batch")
    assert name_of(RunConfig().dataset) == "circle" and name_of(gancore.datasets.Ring()) == "ring"


def test_a_study_trains_on_constants_and_kinds() -> None:
    text = (
        'name = "public"\ntitle = "Public"\nquestion = "?"\nseeds = 2\n'
        'datasets = ["gan-lab-ring", "8-gaussians-wgan-gp", "25-gaussians-wgan-gp", "ring"]\n'
        '[base]\nsteps = 400\n[factors.batch]\npath = "batch_size"\nlevels = [32, 64]\n'
    )
    study = parse_study(text)
    assert [variant.dataset for variant in study.variants[::2]] == list(study.datasets)
    assert study.variants[1].label == "GAN Lab's ring, batch 64"
    assert len({config.run_id for config in study.configs()}) == 16
    from gancore.analysis.outcomes import datasets_of

    assert {name: len(variants) for name, variants in datasets_of(study).items()} == dict.fromkeys(study.datasets, 2)


def test_commands_name_the_constants(capsys) -> None:
    assert "gan-lab-rung" in wrong(capsys, "train", "--dataset", "gan-lab-rung")
    code, out, _ = call(capsys, "train", "--help")
    assert code == 0 and "gan-lab-ring" in "".join(out.split())
    assert names()[-1] == "noisy-circle" and names()[0] == "annulus"
