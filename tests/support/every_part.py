"""Runs that together have every kind of every family, made from the registries: a new kind is among them by being."""

from __future__ import annotations

from typing import Any

from gancore.config import Choice, Loss, RunConfig, families_of, with_changes

SMALL: dict[str, Any] = {
    "latent.dim": 8,
    "generator.hidden": [16, 8],
    "discriminator.hidden": [12],
    "batch_size": 16,
    "steps": 60,
    "log_every": 25,
    "snapshot_every": 30,
}
NEEDED: dict[str, dict[str, Any]] = {
    "linear": {"end": 40},
    "cosine": {"end": 40, "warmup": 10},
    "exponential": {"every": 20, "warmup": 5},
    "step": {"every": 20},
}
"""What a kind cannot be without, or shows nothing without in a short run."""
SETTINGS: list[dict[str, Any]] = [
    {"g_optimizer.clip_norm": 0.5, "d_optimizer.clip_weights": 0.3, "update.order": "simultaneous", "ema.decay": 0.9},
    {"d_optimizer.clip_value": 0.05, "instance_noise.sigma": 0.3, "instance_noise.until": 40},
    {"update.g_steps": 2, "update.d_steps": 2, "instance_noise.sigma": 0.1, "ema.decay": 0.95, "ema.warmup": 2},
]
"""Settings that no kind brings, in turn."""
UNJUDGED: dict[str, Any] = {
    "loss.kind": "supervised",
    "latent.kind": "stratified",
    "update.kind": "combined",
    "update.d_steps": 1,
    "instance_noise.sigma": 0,
    "instance_noise.until": 0,
}
"""The last run's: nothing judges it."""
WHERE_KNOWN = {"loss.flip": 0.1, "loss.real_weight": 1.5, "loss.real_label": 0.9, "loss.fake_label": 0.1}
"""Settings of every kind that has them."""


def members(family: type[Choice]) -> list[str]:
    """The kinds of a family that gancore brings."""
    return sorted(kind for kind, member in family.registry.items() if member.__module__.startswith("gancore."))


def _changes(number: int) -> dict[str, Any]:
    """The n-th kind of every family but the dataset, of which nothing is compiled."""
    changes = dict(SETTINGS[number % len(SETTINGS)])
    families = {path: family for path, family in families_of(RunConfig()).items() if path != "dataset"}
    for offset, (path, family) in enumerate(families.items()):
        # The families' turns differ, so that no two of equal size always meet at the same kinds.
        judged = [kind for kind in members(family) if getattr(family.registry[kind], "judged", True)]
        kind = judged[(number + offset) % len(judged)]
        changes[f"{path}.kind"] = kind
        changes |= {f"{path}.{name}": value for name, value in NEEDED.get(kind, {}).items()}
        fields = {f"{path}.{name}" for name in family.registry[kind].model_fields}
        changes |= {name: value for name, value in WHERE_KNOWN.items() if name in fields}
        if "penalty.every" in fields:
            changes["penalty.every"] = 1 + number % 3
    # A gradient penalty looks at each point by itself. Where all have had their turn, there are runs without one.
    again = number - len(members(families["penalty"]))
    alone = ("discriminator.norm.", "discriminator.minibatch.", *(["penalty."] if again >= 0 else []))
    if again >= 0 or changes["penalty.kind"] != "none":
        changes = {
            path: value for path, value in changes.items() if path.endswith(".kind") or not path.startswith(alone)
        }
    if again >= 0:
        changes |= {"penalty.kind": "none", "discriminator.norm.kind": "batch"}
        changes["discriminator.minibatch.kind"] = members(families["discriminator.minibatch"])[again % 3]
    elif changes["penalty.kind"] != "none":
        changes |= {"discriminator.norm.kind": ("layer", "none")[number % 2], "discriminator.minibatch.kind": "none"}
    if changes["g_optimizer.kind"] == "lion" and changes["generator.norm.kind"] == "batch":
        # A bias before batch normalisation has a gradient of zero, whose sign after rounding is anything.
        changes["generator.norm.kind"] = "layer"
    if changes["update.kind"] == "extragradient":
        changes |= {"update.d_steps": 1, "update.g_steps": 1}
    elif Loss.registry[changes["loss.kind"]].paired:  # type: ignore[attr-defined]
        changes["update.kind"] = "combined"
    if number == COUNT - 1:
        # What a discriminator is for has its turn in the others.
        changes = {path: value for path, value in changes.items() if not path.startswith("loss.")} | UNJUDGED
    return changes


COUNT = max(len(members(family)) for path, family in families_of(RunConfig()).items() if path != "dataset")
MIXED = {" ".join(_changes(n)[f"{part}.kind"] for part in ("loss", "penalty", "d_optimizer")): n for n in range(COUNT)}
"""Name → number of a run."""


def mixed(name: str, seed: int = 0, **changes: Any) -> RunConfig:
    """One of them, small."""
    return with_changes(RunConfig(), SMALL | {"dataset.size": 500} | _changes(MIXED[name]) | changes | {"seed": seed})
