"""A GAN that single steps are tried on."""

from __future__ import annotations

from typing import Any

SMALL: dict[str, Any] = {
    "latent.dim": 4,
    "generator.hidden": [8],
    "discriminator.hidden": [8],
    "batch_size": 16,
    "dataset.size": 200,
    "steps": 100,
}
