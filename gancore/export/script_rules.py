"""Which rules of training a script cannot have, and why."""

from __future__ import annotations

from gancore.config import ConfigError, RunConfig, flatten

PLAIN = {
    "update.kind": "combined",
    "penalty.kind": "none",
    "d_optimizer.kind": "adam",
    "d_optimizer.schedule.kind": "constant",
    "d_optimizer.schedule.warmup": 0,
    "d_optimizer.clip_value": 0,
    "d_optimizer.clip_norm": 0,
    "d_optimizer.clip_weights": 0,
    "instance_noise.sigma": 0,
    "discriminator.packing": 1,
    "discriminator.dropout": 0,
    "discriminator.norm.kind": "none",
    "discriminator.minibatch.kind": "none",
    "discriminator.spectral_norm.iterations": 0,
    "discriminator.fourier.frequencies": 0,
    "update.shared_adam_clock": False,
    "loss.flip": 0,
}
"""What a script's discriminator has to be for its updates to be unrolled: they are written out there."""

REASONS = {
    "loss.flip": ", where all labels of a batch are alike; use 0",
    "update.consensus": ", which takes each network's gradient by itself; use 0",
    "update.g_steps": ", which updates the generator once in a step; use 1",
}
"""Why a script does not have a setting, and what it has."""
RATES = {"g_optimizer.learning_rate", "d_optimizer.learning_rate"}
"""What may change on the way in a script: Keras' optimizers keep them in variables, which a compiled step reads."""
KINDS = {
    ("update.kind", "extragradient"): "as Keras' optimizers step from where a gradient was taken; use combined",
    ("g_optimizer.kind", "optimistic_adam"): "as Keras has none; use adam",
    ("d_optimizer.kind", "optimistic_adam"): "as Keras has none; use adam",
}
"""Why a kind has no script."""


def check_rules(config: RunConfig) -> set[str]:
    """Settings that are checked here and stand in no template; raises ConfigError for rules that a script has not."""
    flat = flatten(config)
    for (path, kind), why in KINDS.items():
        if flat[path] == kind and (config.loss.judged or path != "d_optimizer.kind"):
            raise ConfigError(f"{path}: {kind!r} has no script, {why}")
    if config.update.unrolled:
        for path, plain in PLAIN.items():
            if flat.get(path, plain) != plain:
                raise ConfigError(
                    f"{path}: {flat[path]!r} has no script with update.unrolled, whose updates a script writes out, as "
                    f"Keras' optimizers have no derivative; use {plain}"
                )
    _check_changes(config)
    if not config.loss.judged and config.dataset.noise and config.dataset.modes() is not None:
        raise ConfigError(
            f"dataset.noise: {config.dataset.noise} has no script with loss.kind supervised on a mixture, whose noise "
            "is a part of its modes' width; use 0"
        )
    return {*PLAIN} if config.update.unrolled else set()


def _check_changes(config: RunConfig) -> None:
    """Refuse changes on the way that are not of a constant learning rate; raises ConfigError."""
    for change in config.changes:
        if change.path not in RATES:
            raise ConfigError(f"changes: '{change}' has no script, which can change learning rates alone")
        name = change.path.partition(".")[0]
        if getattr(config, name).schedule.moves:
            raise ConfigError(f"changes: '{change}' has no script with {name}.schedule, which sets the rate itself")
        if name == "d_optimizer" and (config.update.unrolled or not config.loss.judged):
            reason = "update.unrolled" if config.update.unrolled else "loss.kind supervised"
            raise ConfigError(f"changes: '{change}' has no script with {reason}, which has no such optimizer")
