"""Which rules of training go together with which other parts of a run."""

from __future__ import annotations

from typing import Any

from gancore.parts.errors import ConfigError, quoted

RunConfig = Any
"""The module that has it imports this one."""


def check_rules(config: RunConfig) -> None:
    """Refuse rules that make no sense with the rest of the config; raises ConfigError."""
    update, penalty = config.update, config.penalty
    if not config.loss.judged:
        _check_unjudged(config)
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


def _check_unjudged(config: RunConfig) -> None:
    """Refuse what only a discriminator gives a meaning, and latents that say too little of their points."""
    why = "which trains no discriminator"
    update = config.update
    for path, given, use in (
        ("penalty.kind", config.penalty.active, "use none"),
        ("instance_noise.sigma", config.instance_noise.active, "use 0"),
        ("update.kind", update.looks > 1, "use separate or combined"),
        ("update.d_steps", update.d_steps > 1, "use 1"),
        ("update.unrolled", update.unrolled, "use 0"),
        ("update.consensus", update.consensus, "use 0"),
        ("update.shared_adam_clock", update.shared_adam_clock, "use False"),
    ):
        if given:
            _refuse(config, path, "loss.kind", why, use)
    needs, known = config.dataset.coordinates, config.latent.shared
    if not needs:
        _refuse(config, "dataset.kind", "loss.kind", "as no order of its points is known", "use another loss")
    if known < needs:
        numbers = f"{needs} independent number{'s' * (needs > 1)}"
        there = f"since a point of dataset.kind {config.dataset.kind} takes {numbers}, and these latents tell {known}"
        enough = (
            dim for dim in range(1, 2 * needs + 3) if config.latent.model_copy(update={"dim": dim}).shared >= needs
        )
        dim = next(enough, None)
        path, use = ("latent.dim", f"use {dim} or more") if dim else ("latent.kind", "use uniform")
        _refuse(config, path, "loss.kind", there, use)


def _check_generator_batch(config: RunConfig) -> None:
    if config.loss.paired and config.loss.judged:
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
