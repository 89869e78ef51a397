"""The memory that training takes, from the arithmetic of a step: what is refused, and how many workers have room.

Held against XLA's own count of the buffers of compiled programs (tests/jobs/test_memory_estimate.py).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable

from gancore.config import RunConfig
from gancore.jobs import pool
from gancore.store import Store
from gancore.training import devices
from gancore.training.program import LANES, SNAPSHOT_POINTS
from gancore.words import fixed

FLOAT = 4
SMALL = 1.5e8
"""Bytes beside the usual that are not worth a look."""


def buffers(config: RunConfig) -> float:
    """Bytes of a compiled program's arguments, results and temporaries for runs like this one, on all lanes.

    Of each layer the generator's update keeps values before and after the activation, of both networks. The rounds of
    discriminator updates are unrolled, and the compiler makes all their fakes side by side, each with the widest layer
    of the generator; a combined update keeps the discriminator's values for reals and fakes.
    """
    latent, batch, update = config.latent.dim, config.batch_size, config.update
    generator, discriminator = config.generator.hidden, config.discriminator.hidden
    networks = config.generator.network(config.latent), config.discriminator.network()
    weights = sum(network.weights for network in networks)
    values = 2 * (latent + sum(generator) + sum(discriminator) + 3) * config.generator_points / batch
    values += update.rounds * (max(generator, default=2) + 4) + (update.turns - 1) * (latent + 4)
    # Each unrolled update, and a consensus, keeps what its second derivatives are made of.
    values += 8 * sum(discriminator) * update.unrolled * update.ticks
    values += 4 * (sum(generator) + 2 * sum(discriminator)) if update.consensus else 0
    if update.together:
        values += 2 * sum(discriminator)
    extra = [network.extra(batch) for network in networks]
    values += 2 * (extra[0] + (1 + update.together) * extra[1])
    data = 9 * config.dataset.noisy_patches().rows if config.dataset.fresh else 2 * config.dataset.size
    # Each thing more than two that an optimizer keeps of a weight is an argument and a result too.
    kept = max(0, *(len(one.slots) - 2 for one in (config.g_optimizer, config.d_optimizer)))
    copies = (WEIGHT_COPIES + 2 * kept) * weights + (2 * networks[0].weights if config.ema.active else 0)
    return LANES * FLOAT * (batch * values + copies + data)


WEIGHT_COPIES = 10
"""Of weights: themselves and two moments, as arguments and as results; gradients; what a checkpoint is packed from."""


def extra(config: RunConfig) -> float:
    """Bytes of the machine's memory that a worker takes for runs like this one beside ``pool.WORKER_MEMORY``.

    On a GPU the buffers lie in the device's own memory, which is not looked at.
    """
    shown = LANES * FLOAT * SNAPSHOT_POINTS * 2 * (config.latent.dim + sum(config.generator.hidden))
    return max(shown, 0.0 if devices.kind() == "gpu" else buffers(config))


def needed(configs: Iterable[RunConfig]) -> float:
    """Bytes of a worker that trains the largest of these."""
    return pool.WORKER_MEMORY + max((extra(config) for config in configs), default=0.0)


def too_large(store: Store, configs: Iterable[RunConfig]) -> str:
    """Why the missing ones of these cannot be trained here: a sentence with the figure and what would fit, or ""."""
    missing = (config for config in configs if extra(config) > SMALL and config.run_id not in store)
    largest = max(missing, key=extra, default=None)
    if largest is None:
        return ""
    free = pool.free_memory()
    if needed([largest]) <= free:
        return ""
    return (
        f"batch_size: {largest.batch_size} with these networks{_rounds(largest)} makes a worker take "
        f"{_gigabytes(needed([largest]), math.ceil)}, and {_gigabytes(free, math.floor)} of memory are free here; "
        f"{_what_fits(largest, free)}"
    )


def _rounds(config: RunConfig) -> str:
    return f" and update.d_steps of {config.update.d_steps}" if config.update.d_steps > 1 else ""


def _what_fits(config: RunConfig, free: float) -> str:
    def fits(batch: int) -> bool:
        smaller = config.model_copy(update={"batch_size": batch})
        return extra(smaller) <= SMALL or needed([smaller]) <= free

    if not fits(1):
        return "use narrower or fewer layers"
    low, high = 1, config.batch_size  # of which the first fits and the second does not
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if fits(middle) else (low, middle)
    return f"use {low} or less"


def _gigabytes(size: float, rounded: Callable[[float], int]) -> str:
    return f"{fixed(rounded(size / 1e8) / 10, 1)} GB"
