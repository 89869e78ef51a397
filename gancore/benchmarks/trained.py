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
    beside: str = ""
    """Another recipe whose engine stands in the place of the products; empty for the products."""
    most: float = 1.1
    """Times the bare matrix products that the engine may take."""
    faster: float | None = 2.0
    """Times that it has to be faster than JAX; None where that is not measured."""


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
    "hinge-sn": Trained(
        "hinge + SN",
        changes={"loss.kind": "hinge", "update.kind": "combined", "discriminator.spectral_norm.iterations": 1},
        loss="hinge",
        spectral=True,
        most=1.2,
    ),
    "ns-r1-ema": Trained(
        "NS + R1 + EMA, × NS + R1",
        changes={**R1, "ema.decay": 0.999},
        slopes=("real",),
        beside="ns-r1",
        most=1.03,
        faster=None,
    ),
    "ns-r1-32": Trained("NS + R1, batch 32", batch=32, changes=R1, slopes=("real",), most=1.4),
}
"""Name → what is trained; the networks are the question's, and so are Adam and its rate."""
