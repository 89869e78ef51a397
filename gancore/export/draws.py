"""What a run draws: its initial weights, batches and noise, for another program to train the same run."""

from __future__ import annotations

import numpy as np

from gancore.config import RunConfig

DRAWN_STEPS = 200
"""A file of draws holds this many steps, or as many as fit into ``MAX_DRAWS``."""
MAX_DRAWS = 60_000_000
"""Bytes of a file of draws, at most."""


def drawn_steps(config: RunConfig) -> int:
    """The first steps whose draws are written; 0 where not even the first one's fit."""
    rounds, batch, dim = config.update.d_steps, config.batch_size, config.latent.dim
    step = 4 * (batch * rounds * (2 + dim) + config.generator_points * dim)
    weights = 4 * (config.generator.network(config.latent).weights + config.discriminator.network().weights)
    return max(0, min(DRAWN_STEPS, config.steps, (MAX_DRAWS - weights) // step))


def draws(config: RunConfig, steps: int) -> dict[str, np.ndarray]:
    """A run's initial weights, and what its first steps draw, float32.

    ``generator_0`` (kernel), ``generator_1`` (bias), ..., ``discriminator_0``, ...; ``real`` [steps, d_steps, B, 2],
    ``d_latent`` [steps, d_steps, B, dim], ``g_latent`` [steps, B, dim], the last alone where nothing judges.
    """
    from gancore.parts.backend import tf
    from gancore.training.networks import initial_weights
    from gancore.training.program import LANES, program
    from gancore.training.shapes import GraphShape

    compiled = program(GraphShape.of(config))
    inputs = compiled.lane_inputs([config] * LANES)
    arrays: dict[str, np.ndarray] = {}
    for name, weights in zip(("generator", "discriminator"), initial_weights(config), strict=True):
        for index, value in enumerate(weights):
            arrays[f"{name}_{index}"] = value[0] if index % 2 else value
    real, d_latent, g_latent = [], [], []
    for step in range(steps):
        drawn = compiled.draws(inputs, tf.constant(step))
        real.append([points.numpy()[0] for points, *_ in drawn.rounds])
        d_latent.append([latent.numpy()[0] for _, latent, *_ in drawn.rounds])
        g_latent.append(drawn.latent.numpy()[0])
    if not config.loss.judged:
        return arrays | {"g_latent": np.array(g_latent)}
    return arrays | {"real": np.array(real), "d_latent": np.array(d_latent), "g_latent": np.array(g_latent)}
