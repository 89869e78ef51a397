"""A fit without a discriminator: the targets, the steps, what is refused, and what such a run leaves."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.company import finished
from support.matching import largest_difference

from gancore.config import ConfigError, Dataset, RunConfig, with_changes
from gancore.parts import Latent

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TINY = {
    "loss.kind": "supervised",
    "latent.kind": "uniform",
    "latent.dim": 4,
    "generator.hidden": [12],
    "discriminator.hidden": [6],
    "batch_size": 16,
    "steps": 60,
    "log_every": 25,
    "snapshot_every": 30,
}
LATENTS = {
    "normal": {"dim": 3},
    "uniform": {"dim": 3, "low": -2.0, "high": 5.0},
    "stratified": {"dim": 3},
    "sphere": {"dim": 3},
    "angle": {"dim": 6},
    "mixture": {"dim": 5},
}


def run(seed: int = 0, **changes) -> RunConfig:
    return with_changes(RunConfig(), TINY | changes | {"seed": seed})


def points(dataset: Dataset, shares: np.ndarray) -> np.ndarray:
    """The engine's targets [n, 2] for shares [n, k]."""
    import tensorflow as tf

    from gancore.training.targets import targets

    known = dataset.quantiles()
    table = tf.constant(known.table(), tf.float64)[None]
    return targets(table, tf.constant([float(known.across)], tf.float64), tf.constant(shares)[None]).numpy()[0]


@pytest.mark.parametrize("kind", ["circle", "moons", "spiral"])
def test_on_a_curve_a_target_is_the_point_at_the_quantile(kind: str):
    dataset = run(**{"dataset.kind": kind, "dataset.scale": 1.5, "dataset.placement.rotation": 20}).dataset
    t = np.random.default_rng(0).uniform(size=2000)
    np.testing.assert_allclose(points(dataset, t[:, None]), dataset.placed(dataset.curve(t)), atol=1e-5)  # type: ignore[attr-defined]


def test_in_an_area_it_is_the_point_at_both_coordinates():
    dataset = run(**{"dataset.kind": "checkerboard"}).dataset
    uv = np.random.default_rng(0).uniform(size=(2000, 2))
    np.testing.assert_allclose(points(dataset, uv), dataset.place(*uv.T), atol=1e-6)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "kind", ["annulus", "banana", "blobs", "checkerboard", "moons", "noisy_circle", "random_mixture", "swiss_roll"]
)
def test_even_shares_give_the_noisy_distribution(kind: str):
    member, noise = Dataset.registry[kind], 0.1
    along = "normal" if member.directed else "both"  # type: ignore[attr-defined]
    dataset = run(**{"dataset.kind": kind, "dataset.noise": noise, "dataset.noise_along": along}).dataset
    rng = np.random.default_rng(0)
    made = points(dataset, rng.uniform(size=(20_000, dataset.coordinates)))
    patches = dataset.placed_patches()
    mean, covariance = patches.moments()
    # 5 standard errors of the mean, and about as much of the covariance.
    spread = np.sqrt(np.trace(covariance) / len(made))
    assert np.abs(made.mean(axis=0) - mean).max() < 5 * spread
    assert np.abs(np.cov(made.T) - covariance).max() < 0.05 * np.trace(covariance)


@pytest.mark.parametrize("kind", LATENTS)
def test_what_latents_tell_is_uniform_and_independent(kind: str):
    import tensorflow as tf
    from scipy import stats

    from gancore.parts import streams

    config = run(**{"latent.kind": kind} | {f"latent.{name}": value for name, value in LATENTS[kind].items()})
    latent, key = config.latent, tf.constant(streams.keys([0])[:, 0])
    drawn = latent.draw(key, tf.constant(0, tf.uint32), 4096, "float32")
    shares = latent.shares(drawn, latent.shared).numpy()[0]
    assert shares.shape == (4096, latent.shared) and shares.min() >= 0 and shares.max() <= 1
    for column in shares.T:
        assert stats.kstest(column, "uniform").pvalue > 1e-4
    assert np.abs(np.corrcoef(shares.T) - np.eye(latent.shared)).max() < 0.08


def test_every_latent_of_gancore_is_among_them():
    assert {kind for kind, one in Latent.registry.items() if one.__module__.startswith("gancore.")} == {*LATENTS}


@pytest.mark.slow
def test_training_is_what_keras_makes_of_the_same_targets():
    changes = {"update.g_steps": 2, "ema.decay": 0.9, "generator.dropout": 0.1, "generator.norm.kind": "batch"}
    changes |= {"dataset.kind": "ring", "generator_batch": 24}
    assert largest_difference([run(seed, **changes) for seed in range(2)], "float64") < 1e-5


def test_the_discriminator_stays_as_it_was_and_nothing_is_said_of_it(tmp_path: Path):
    from gancore.export.keras_files import keras_models, write_keras
    from gancore.recording.recorder import history_row
    from gancore.training.networks import initial_weights
    from gancore.training.step import measures_of
    from gancore.words import UNJUDGED, without_measures

    config = run(**{"ema.decay": 0.9})
    weights = finished([config]).weights[0]
    before = [values for values in initial_weights(config)[1]]
    kept = [values for name, values in weights.items() if name.startswith("discriminator/")]
    assert all(np.array_equal(np.squeeze(one), np.squeeze(other)) for one, other in zip(kept, before, strict=True))
    assert measures_of(config) == ("g_loss",) and set(history_row({"g_loss": np.zeros(1)})) == {"g_loss"}
    assert set(without_measures(False, False).values()) == {UNJUDGED} and without_measures(True, True) == {}
    assert [model.name for model in keras_models(config, weights)] == ["generator", "generator_raw"]
    write_keras(config, weights, tmp_path)
    assert "There is no discriminator" in (tmp_path / "README.txt").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"penalty.kind": "r1"}, "penalty.kind: 'r1' is not allowed with loss.kind supervised, which trains no discr"),
        ({"instance_noise.sigma": 0.1}, "instance_noise.sigma: 0.1 is not allowed with loss.kind supervised, which"),
        ({"update.d_steps": 2}, "update.d_steps: 2 is not allowed with loss.kind supervised, which"),
        ({"update.unrolled": 2}, "update.unrolled: 2 is not allowed with loss.kind supervised, which"),
        (
            {"update.kind": "extragradient", "update.order": "simultaneous"},
            "update.kind: 'extragradient' is not allowed with loss.kind supervised, which trains no discriminator; use "
            "separate or combined",
        ),
        (
            {"dataset.kind": "ring", "latent.dim": 2},
            "latent.dim: 2 is not allowed with loss.kind supervised, since a point of dataset.kind ring takes 3 "
            "independent numbers, and these latents tell 2; use 3 or more",
        ),
        (
            {"dataset.noise": 0.1, "latent.kind": "angle"},
            "latent.dim: 4 is not allowed with loss.kind supervised, since a point of dataset.kind circle takes 3 "
            "independent numbers, and these latents tell 2; use 6 or more",
        ),
        (
            {"dataset.kind": "square", "latent.kind": "sphere"},
            "latent.kind: 'sphere' is not allowed with loss.kind supervised, since a point of dataset.kind square "
            "takes 2 independent numbers, and these latents tell 1; use uniform",
        ),
    ],
)
def test_what_has_no_meaning_is_refused(changes: dict, sentence: str):
    with pytest.raises(ConfigError) as error:
        run(**changes)
    assert str(error.value).startswith(sentence)


def test_points_of_unknown_order_are_refused():
    from gancore.datasets.points import OwnPoints

    own = OwnPoints(sha256="0" * 64)
    with pytest.raises(ValueError) as error:
        RunConfig(dataset=own, loss=run().loss, latent=run().latent)
    assert "dataset.kind: 'points' is not allowed with loss.kind supervised, as no order of its points" in str(
        error.value
    )
