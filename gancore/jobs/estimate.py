"""How long training will take here, from the arithmetic of a step and this machine's last pace."""

from __future__ import annotations

import contextlib
from collections import Counter
from collections.abc import Iterable, Sequence

from gancore.config import RunConfig
from gancore.jobs import pool
from gancore.jobs.folders import JobFolders, read_json, write_json
from gancore.store import Store
from gancore.training.engine import LANES, group_key

STEP_COST = 3.0e5
"""Multiply-adds that take as long as what a step costs beside its matrix products."""
NOMINAL = 2.0e10
"""Multiply-adds a second and core, until this machine has trained something."""
OVERHEAD = 4.0
"""Seconds for compiling a graph shape."""


def work(config: RunConfig) -> float:
    """Multiply-adds of a whole run: forward products, and twice as much again for each backward one."""

    def products(widths: Sequence[int]) -> int:
        return sum(a * b for a, b in zip(widths[:-1], widths[1:], strict=True))

    generator = products([config.latent.dim, *config.generator.hidden, 2])
    discriminator = products([2, *config.discriminator.hidden, 1])
    passes = config.update.d_steps * config.penalty.passes
    # A round: fakes forward, the discriminator forward and backward on 2B; then the generator through it.
    point = config.update.d_steps * (generator + 6 * discriminator) + 3 * generator + (3 + passes) * discriminator
    return config.steps * (config.batch_size * point + STEP_COST)


def note_pace(folders: JobFolders, config: RunConfig, seconds: float) -> None:
    """Remember how fast one worker did a group of runs like this one; idle lanes cost as much as busy ones."""
    if seconds > 0:
        with contextlib.suppress(OSError):
            write_json(folders.pace, {"rate": LANES * work(config) / seconds})


def estimate(store: Store, configs: Iterable[RunConfig]) -> float | None:
    """Seconds until the missing runs among ``configs`` are trained here; None where nothing can be."""
    missing = {c.run_id: c for c in configs if c.run_id not in store}
    if not missing:
        return 0.0
    if not pool.available():
        return None
    noted = read_json(JobFolders(store.root).pace)
    rate = float(noted["rate"]) if isinstance(noted, dict) and noted.get("rate") else NOMINAL
    groups = Counter(group_key(config) for config in missing.values())
    one_of = {group_key(config): config for config in missing.values()}
    busy = {key: -(-runs // LANES) * LANES * work(one_of[key]) / rate for key, runs in groups.items()}
    together = min(pool.default_workers(), sum(-(-runs // LANES) for runs in groups.values()))
    # The longest group may be the last to start, and its shape is compiled once.
    longest = max(work(config) * LANES / rate for config in one_of.values())
    return max(sum(busy.values()) / together, longest) + OVERHEAD * -(-len({key[0] for key in groups}) // together)
