"""Small runs that together have all that networks may be made of."""

from __future__ import annotations

from typing import Any

from gancore.config import RunConfig, with_changes

SMALL: dict[str, Any] = {
    "latent.dim": 4,
    "generator.hidden": [8, 6],
    "discriminator.hidden": [10, 6],
    "batch_size": 16,
    "steps": 60,
    "log_every": 25,
    "snapshot_every": 30,
    "dataset.size": 500,
}
CASES: dict[str, dict[str, Any]] = {
    "batch norm and dropout": {
        "generator.norm.kind": "batch",
        "discriminator.norm.kind": "batch",
        "discriminator.norm.momentum": 0.9,
        "generator.dropout": 0.2,
        "discriminator.dropout": 0.4,
        "update.g_steps": 2,
    },
    "layer norm, maxout, residual blocks and minibatch deviation": {
        "generator.norm.kind": "layer",
        "discriminator.norm.kind": "layer",
        "discriminator.activation": "maxout",
        "generator.activation": "maxout",
        "generator.pieces": 3,
        "generator.residual": 1,
        "discriminator.residual": 2,
        "discriminator.minibatch.kind": "std",
        "update.kind": "combined",
    },
    "spectral norm, Fourier features and the data's range": {
        "discriminator.spectral_norm.iterations": 1,
        "generator.spectral_norm.iterations": 2,
        "generator.spectral_norm.gradient": False,
        "generator.fourier.frequencies": 3,
        "generator.fourier.scale": 0.2,
        "discriminator.fourier.frequencies": 5,
        "generator.output": "range",
        "penalty.kind": "r1",
        "dataset.center_x": 2.0,
    },
    "packs with dropout under a gradient penalty": {
        "discriminator.packing": 2,
        "discriminator.dropout": 0.3,
        "loss.kind": "wasserstein",
        "penalty.kind": "gradient",
        "update.d_steps": 2,
    },
    "packs and minibatch discrimination in pairs": {
        "discriminator.packing": 4,
        "discriminator.minibatch.kind": "discrimination",
        "discriminator.minibatch.kernels": 3,
        "discriminator.minibatch.dims": 2,
        "discriminator.spectral_norm.iterations": 1,
        "discriminator.dropout": 0.1,
        "generator.norm.kind": "batch",
        "loss.kind": "relativistic",
        "update.kind": "combined",
        "update.order": "simultaneous",
    },
    "packs under DRAGAN, now and then": {
        "discriminator.packing": 2,
        "discriminator.spectral_norm.iterations": 1,
        "loss.flip": 0.1,
        "penalty.kind": "dragan",
        "penalty.every": 3,
    },
}


def case(name: str, seed: int = 0, **changes: Any) -> RunConfig:
    """One of them."""
    return with_changes(RunConfig(), SMALL | CASES[name] | changes | {"seed": seed})
