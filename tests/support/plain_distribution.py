"""Where the plain loop ends with draws of its own: its results are kept in a file, and how they come about is here.

``python -m pytest -m exhaustive tests/training/test_distribution.py`` trains every seed anew and holds the file against
it; ``python tests/support/plain_distribution.py`` writes the file, where the plain loop has become another one.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np

from gancore.config import RunConfig, with_changes
from gancore.metrics import Comparison

KEPT = Path(__file__).parents[1] / "data" / "plain_loop.json"
"""Cell → ``results`` [seeds, measures] and ``after`` [2, points, 2]."""
SEEDS, STEPS, LAST = 32, 2000, 200
FEW = 50
"""Steps that are compared one by one."""
LOOKED_AT = 8
"""Points of the generator after them, for the first two seeds."""
ALL_FIXES = {"update.kind": "combined", "batch_size": 256, "generator.hidden": [16, 32], "dataset.scale": 0.5}
CELLS = {
    f"{name}, {dataset}": changes | {"dataset.kind": dataset}
    for name, changes in {"baseline": {}, "all fixes": ALL_FIXES}.items()
    for dataset in ("parabola", "circle")
}
MEASURES = ("w1", "d_acc")
"""w1 at the end, and the discriminator's accuracy in percent over the last steps."""


def cell(name: str) -> RunConfig:
    intervals = {"steps": STEPS, "log_every": LAST, "snapshot_every": STEPS}
    return with_changes(RunConfig(), CELLS[name] | intervals)


def kept() -> dict[str, dict[str, np.ndarray]]:
    """The file's arrays."""
    read = json.loads(KEPT.read_text())
    return {name: {key: np.array(values) for key, values in of.items()} for name, of in read.items()}


def w1(config: RunConfig, fakes: np.ndarray) -> float:
    """Of fakes [2000, 2], as a snapshot's is scored."""
    points = config.dataset.unit(fakes)  # type: ignore[attr-defined]
    return Comparison(config.dataset, points, points, {}).value("w1")  # type: ignore[arg-type]


class Plain:
    """One cell's loop, which starts anew for each seed."""

    def __init__(self, config: RunConfig) -> None:
        from support.reference import Reference

        self.config, self.loop = config, Reference(config, None, None)
        self.data = config.dataset.points().astype(np.float32)  # type: ignore[attr-defined]
        self._compiled: Any = None

    def begin(self, seed: int) -> np.random.Generator:
        from support.two_samples import restart

        self.loop.ticks = self.loop.steps = 0
        return restart(self.loop, seed)

    def draws(self, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
        """Real points [LAST, B, 2] and latents [LAST, 2, B, dim]."""
        reals = self.data[rng.integers(0, len(self.data), (LAST, self.config.batch_size))]
        return reals, self.latents(rng, LAST, 2, self.config.batch_size)

    def latents(self, rng: np.random.Generator, *shape: int) -> np.ndarray:
        return rng.standard_normal((*shape, self.config.latent.dim), dtype=np.float32)

    def one_by_one(self, reals: np.ndarray, latents: np.ndarray) -> None:
        """Steps as the plain loop does them."""
        for real, latent in zip(reals, latents, strict=True):
            self.loop.step([(real, latent[0])], latent[1])

    def compiled(self, reals: np.ndarray, latents: np.ndarray) -> float:
        """The same steps in one program; the mean accuracy in them."""
        import tensorflow as tf

        def train(reals, latents, count):
            right = tf.constant(0.0)
            for step in tf.range(count):
                right += self.loop.step([(reals[step], latents[step, 0])], latents[step, 1])
            return right / tf.cast(count, tf.float32)

        self._compiled = self._compiled or tf.function(train, jit_compile=True)
        return float(self._compiled(reals, latents, tf.constant(len(reals))))

    def points(self, rng: np.random.Generator) -> np.ndarray:
        """A few of the generator's, [LOOKED_AT, 2]."""
        return np.asarray(self.loop.generator(self.latents(rng, LOOKED_AT)))

    def results(self, seeds: int) -> Iterator[tuple[float, float]]:
        """MEASURES of each seed."""
        for seed in range(seeds):
            rng, accuracy = self.begin(seed), 0.0
            for _ in range(STEPS // LAST):
                accuracy = self.compiled(*self.draws(rng))
            yield w1(self.config, np.asarray(self.loop.generator(self.latents(rng, 2000)))), accuracy * 100

    def after(self, seed: int, few: Any) -> np.ndarray:
        """Points [LOOKED_AT, 2] after a few steps, done by ``few``: ``compiled`` or ``one_by_one``."""
        rng = self.begin(seed)
        reals, latents = self.draws(rng)
        few(reals[:FEW], latents[:FEW])
        return self.points(rng)


def write() -> None:
    found = {}
    for name in CELLS:
        plain = Plain(cell(name))
        after = [plain.after(seed, plain.compiled) for seed in (0, 1)]
        found[name] = {
            "results": [[round(value, 6) for value in values] for values in plain.results(SEEDS)],
            "after": np.round(np.float64(after), 7).tolist(),
        }
        print(name, found[name]["results"][:2], flush=True)
        KEPT.write_text(json.dumps(found) + "\n")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    write()
