"""Which rules of training go together with which other parts of a run."""

from __future__ import annotations

from typing import Any

from gancore.parts.errors import ConfigError, quoted

RunConfig = Any
"""The module that has it imports this one."""


def check_rules(config: RunConfig) -> None:
    """Refuse rules that make no sense with the rest of the config; raises ConfigError."""
    update, penalty = config.update, config.penalty
    if config.generator_batch:
        _check_generator_batch(config)
    if update.unrolled:
        if not config.d_optimizer.smooth:
            _refuse(config, "update.unrolled", "d_optimizer.kind", "whose steps have no derivative to unroll", "use 0")
        if penalty.interval > 1:
            _refuse(config, "penalty.every", "update.unrolled", "whose steps are no steps of training", "use 1")
        if update.looks > 1:
            _refuse(config, "update.unrolled", "update.kind", "which looks ahead by itself", "use 0")
    if update.consensus and penalty.active:
        why = "which is a penalty on gradients itself and would need third derivatives"
        _refuse(config, "penalty.kind", "update.consensus", why, "use none")


def _check_generator_batch(config: RunConfig) -> None:
    if config.loss.paired:
        _refuse(config, "generator_batch", "loss.kind", "which compares as many real points as fakes", "use 0")
    if config.update.unrolled:
        _refuse(config, "generator_batch", "update.unrolled", "whose rounds see the generator's batch", "use 0")
    packing = config.discriminator.packing
    if config.generator_batch % packing:
        use = f"use {packing * -(-config.generator_batch // packing)}"
        _refuse(config, "generator_batch", "discriminator.packing", "which it must be a multiple of", use)


def _refuse(config: RunConfig, path: str, other: str, why: str, use: str) -> None:
    """Raises ConfigError for a field that does not go with another, ``PATH: VALUE is not allowed with OTHER, WHY``."""

    def value(path: str) -> Any:
        part: Any = config
        for name in path.split("."):
            part = getattr(part, name)
        return part

    reason = f"{quoted(value(path))} is not allowed with {other} {value(other)}, {why}; {use}"
    raise ConfigError.of(path, reason, value(path), use)
