"""With penalties too the engine and the plain loop, each with draws of its own, end in one distribution of results."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import stats
from support.two_samples import check_same_distributions, p_value, restart

from gancore.config import RunConfig, with_changes

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SEEDS, STEPS, TOGETHER = 32, 300, 100
SMALL = {"latent.dim": 4, "generator.hidden": [16], "discriminator.hidden": [16], "update.kind": "combined"}
FAST = {"g_optimizer.learning_rate": 2e-3, "d_optimizer.learning_rate": 2e-3}
RECIPES = {
    "NS + R1": {"penalty.kind": "r1", "penalty.gamma": 1.0},
    "WGAN-GP": {"loss.kind": "wasserstein", "penalty.kind": "gradient", "update.d_steps": 2, "d_optimizer.beta_1": 0.0},
}
MEASURES = ("distance", "slope")
EVERY = {"steps": STEPS, "log_every": STEPS, "snapshot_every": STEPS, "dataset.size": 2000}


def recipe(name: str) -> RunConfig:
    return with_changes(RunConfig(), SMALL | FAST | EVERY | RECIPES[name])


def measured(plain, config: RunConfig) -> tuple[float, float]:
    """(distance of the fakes' coordinates from the real ones', mean length of the discriminator's slope there)."""
    import tensorflow as tf
    from support.plain_parts import slopes

    rng = np.random.default_rng(0)
    real = np.float32(config.dataset.sample(rng, 1000))  # type: ignore[attr-defined]
    fake = np.asarray(plain.generator(rng.standard_normal((1000, config.latent.dim), dtype=np.float32)))
    distance = np.mean([stats.wasserstein_distance(fake[:, axis], real[:, axis]) for axis in (0, 1)])
    return float(distance), float(tf.reduce_mean(tf.sqrt(slopes(plain.discriminator, real))))


def by_the_engine(config: RunConfig, plain) -> list[tuple[float, float]]:
    from gancore.recording.events import Finished
    from gancore.training.engine import train
    from gancore.training.program import LANES

    found = []
    for first in range(0, SEEDS, LANES):
        runs = [with_changes(config, {"seed": 10_000 + first + lane}) for lane in range(LANES)]
        (end,) = [event for event in train(runs) if isinstance(event, Finished)]
        for weights in end.weights:
            of = {name: [v for key, v in weights.items() if key.startswith(name)] for name in ("gen", "disc")}
            plain.set_weights(of["gen"], of["disc"])
            found.append(measured(plain, config))
    return found


def by_the_plain_loop(config: RunConfig, plain) -> list[tuple[float, float]]:
    import tensorflow as tf

    rounds, batch, dim = config.update.d_steps, config.batch_size, config.latent.dim
    data = config.dataset.points().astype(np.float32)  # type: ignore[attr-defined]

    @tf.function(jit_compile=True)
    def train(reals, latents, uniforms):
        """Steps on reals [steps, rounds, B, 2], latents [steps, rounds + 1, B, dim] and the penalty's own draws."""
        for step in tf.range(TOGETHER):
            drawn = [(reals[step, k], latents[step, k], uniforms[step, k]) for k in range(rounds)]
            plain.step(drawn, latents[step, rounds])

    found = []
    for seed in range(SEEDS):
        rng = restart(plain, seed)
        for _ in range(STEPS // TOGETHER):
            train(
                data[rng.integers(0, len(data), (TOGETHER, rounds, batch))],
                rng.standard_normal((TOGETHER, rounds + 1, batch, dim), dtype=np.float32),
                np.float32(rng.uniform(-1, 1, (TOGETHER, rounds, batch, 1))),
            )
        found.append(measured(plain, config))
    return found


@pytest.fixture(scope="module")
def results() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Recipe → (engine, plain loop), [seeds, measures] each."""
    from support.reference import Reference

    found = {}
    for name in RECIPES:
        config = recipe(name)
        plain = Reference(config, None, None)
        found[name] = np.array(by_the_engine(config, plain)), np.array(by_the_plain_loop(config, plain))
    return found


def test_both_reach_the_same_distributions(results):
    check_same_distributions(results, MEASURES)


def test_the_comparison_can_tell_distributions_apart(results):
    one, other = (results[name][0] for name in RECIPES)
    for column, measure in enumerate(MEASURES):
        assert p_value(one[:, column], other[:, column]) < 0.01 / len(MEASURES), measure
