"""Losses and penalties of recipes in JAX, as one writes them there."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import jax  # pyright: ignore[reportMissingImports]
import jax.numpy as jnp  # pyright: ignore[reportMissingImports]

from gancore.benchmarks.trained import Trained


def normalised(network: list, vectors: list) -> tuple[list, list]:
    """A network with every kernel divided by its largest singular value, and the vectors to go on from."""
    unit = lambda x: x / jnp.sqrt((x * x).sum() + 1e-24)  # noqa: E731
    layers, moved = [], []
    for (kernel, bias), u in zip(network, vectors, strict=True):
        fixed = jax.lax.stop_gradient(kernel)
        v = unit(fixed @ u)
        moved.append(unit(v @ fixed))
        layers.append((kernel / (v @ kernel @ moved[-1]), bias))
    return layers, moved


def gradients(trained: Trained, batch: int, apply: Callable, generate: Callable) -> tuple[Any, Any]:
    """Gradients of the discriminator's loss on both kinds of points at once, and of the generator's."""
    slope = jax.vmap(jax.grad(lambda x, d: apply(d, x)[0]), (0, None))

    def penalty(d, real, fake, key):
        total = 0.0
        for kind in trained.slopes:
            if kind == "between":
                points = real + jax.random.uniform(key, (batch, 1)) * (fake - real)
                total += 0.1 * ((jnp.sqrt((slope(points, d) ** 2).sum(axis=1) + 1e-12) - 1) ** 2).mean()
            else:
                total += 0.01 * (slope(real if kind == "real" else fake, d) ** 2).sum(axis=1).mean()
        return total

    def d_loss(d, real, fake, key, vectors):
        """Of an update on both kinds of points at once."""
        d = normalised(d, vectors)[0] if trained.spectral else d
        at_real, at_fake = jnp.split(apply(d, jnp.concatenate([real, fake])), 2)
        if trained.loss == "wasserstein":
            loss = (at_fake.mean() - at_real.mean()) / 2
        elif trained.loss == "relativistic":
            loss = jax.nn.softplus(at_fake - at_real).mean()
        elif trained.loss == "hinge":
            loss = (jax.nn.relu(1 - at_real).mean() + jax.nn.relu(1 + at_fake).mean()) / 2
        else:
            loss = (jax.nn.softplus(-at_real).mean() + jax.nn.softplus(at_fake).mean()) / 2
        return loss + penalty(d, real, fake, key)

    def g_loss(g, d, z, real, vectors):
        d = normalised(d, vectors)[0] if trained.spectral else d
        at_fake = apply(d, generate(g, z))
        if trained.loss in ("wasserstein", "hinge"):
            return -at_fake.mean()
        return jax.nn.softplus((apply(d, real) if trained.loss == "relativistic" else 0.0) - at_fake).mean()

    return jax.grad(d_loss), jax.grad(g_loss)
