"""What the benchmark trains: the question's GAN, and with it what recipes are made of."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass(frozen=True)
class Trained:
    """One row of ``gancore bench --recipes``, for each peer in its own words."""

    name: str
    """In tables."""
    batch: int = 256
    changes: dict[str, Any] = field(default_factory=dict)
    """gancore's settings, on top of the question's."""
    combined: bool = True
    """Whether real points and fakes meet in one update."""
    loss: str = "non_saturating"
    d_steps: int = 1
    slopes: tuple[str, ...] = ()
    """Where the critic's slope is penalised: real, fake, or between."""
    spectral: bool = False
    """Whether the discriminator's kernels are divided by their largest singular values."""
    most: float = 1.1
    """Times the bare matrix products that the engine may take."""
    faster: float = 2.0
    """Times that it has to be faster than JAX."""


R1 = {"update.kind": "combined", "penalty.kind": "r1", "penalty.gamma": 0.02}

TRAINED = {
    "question": Trained("NS", combined=False, faster=2.3),
    "ns-r1": Trained("NS + R1", changes=R1, slopes=("real",), most=1.25),
    "wgan-gp": Trained(
        "WGAN-GP, 5 critic steps",
        changes={"loss.kind": "wasserstein", "penalty.kind": "gradient", "penalty.weight": 0.1}
        | {"update.kind": "combined", "update.d_steps": 5},
        loss="wasserstein",
        d_steps=5,
        slopes=("between",),
        most=1.25,
    ),
    "r3gan": Trained(
        "R3GAN (pairing, R1 + R2)",
        changes={"loss.kind": "relativistic", "update.kind": "combined", "penalty.kind": "r1_r2"},
        loss="relativistic",
        slopes=("real", "fake"),
        most=1.25,
    ),
    "ns-r1-32": Trained("NS + R1, batch 32", batch=32, changes=R1, slopes=("real",), most=1.4),
}
"""Name → what is trained; the networks are the question's, and so are Adam and its rate."""
