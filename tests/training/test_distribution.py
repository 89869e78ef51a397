"""The engine and the plain Keras loop, each with its own random numbers, end up in the same distribution of results.

The step-by-step comparison feeds both the same draws. Here nothing is shared but the configuration: the plain loop
starts from Keras' own initial weights and draws with numpy, so that the engine's noise, initial weights and data order
are on trial as well.
"""

from __future__ import annotations

import numpy as np
import pytest
from support.two_samples import check_same_distributions, p_value, restart

from gancore import metrics
from gancore.config import RunConfig, with_changes

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore::DeprecationWarning")]

SEEDS, STEPS, LAST = 32, 2000, 200
ALL_FIXES = {"update.kind": "combined", "batch_size": 256, "generator.hidden": [16, 32], "dataset.scale": 0.5}
CELLS = {
    f"{name}, {dataset}": changes | {"dataset.kind": dataset}
    for name, changes in {"baseline": {}, "all fixes": ALL_FIXES}.items()
    for dataset in ("parabola", "circle")
}
MEASURES = ("w1", "d_acc")


def cell(name: str) -> RunConfig:
    intervals = {"steps": STEPS, "log_every": LAST, "snapshot_every": STEPS}
    return with_changes(RunConfig(), CELLS[name] | intervals)


def by_the_engine(config: RunConfig) -> list[tuple[float, float]]:
    """(w1, discriminator accuracy in percent over the last steps) of every seed."""
    from gancore.recording.recorder import Recorder
    from gancore.training.engine import LANES, train

    found = []
    for first in range(0, SEEDS, LANES):
        runs = [with_changes(config, {"seed": 10_000 + first + lane}) for lane in range(LANES)]
        recorder = Recorder(runs, lambda dataset: metrics.references(dataset, pairs=1))
        for event in train(runs):
            recorder.feed(event)
        found += [(float(r.metrics["w1"][-1]), float(r.history["d_acc"][-1])) for r in recorder.results()]
    return found


def by_the_plain_loop(config: RunConfig) -> list[tuple[float, float]]:
    """The same of the plain loop; its step is compiled, nothing else."""
    import tensorflow as tf
    from support.reference import Reference

    plain = Reference(config, None, None)
    generator, batch = plain.generator, config.batch_size
    data = config.dataset.points().astype(np.float32)

    @tf.function(jit_compile=True)
    def train(reals, latents):
        """Steps on reals [steps, B, 2] and latents [steps, 2, B, dim]; the mean accuracy in them."""
        right = tf.constant(0.0)
        for step in tf.range(LAST):
            right += plain.step([(reals[step], latents[step, 0])], latents[step, 1])
        return right / LAST

    found, references = [], metrics.references(config.dataset, pairs=1)
    for seed in range(SEEDS):
        rng = restart(plain, seed)
        for _ in range(STEPS // LAST):
            reals = data[rng.integers(0, len(data), (LAST, batch))]
            latents = rng.standard_normal((LAST, 2, batch, config.latent.dim), dtype=np.float32)
            accuracy = float(train(reals, latents))
        fakes = generator(rng.standard_normal((2000, config.latent.dim), dtype=np.float32)).numpy()
        w1 = metrics.score(config.dataset, fakes, None, references, "some")["w1"]
        found.append((w1, accuracy * 100))
    return found


@pytest.fixture(scope="module")
def results() -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """Cell → (engine, plain loop), [seeds, measures] each."""
    return {name: (np.array(by_the_engine(cell(name))), np.array(by_the_plain_loop(cell(name)))) for name in CELLS}


def test_both_reach_the_same_distributions(results):
    check_same_distributions(results, MEASURES)


def test_the_comparison_can_tell_distributions_apart(results):
    ours = {name: engine for name, (engine, _) in results.items()}
    for column, measure in enumerate(MEASURES):
        told = p_value(ours["baseline, circle"][:, column], ours["all fixes, circle"][:, column])
        assert told < 0.01 / (len(CELLS) * len(MEASURES)), measure
