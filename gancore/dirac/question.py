"""What is asked of the Dirac GAN: the parts of a configuration that it has, a start and a number of steps."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.parts import Loss, Penalty, PointwiseLoss
from gancore.words import typed

PARTS = ("loss", "penalty", "g_optimizer", "d_optimizer", "update")
"""What of a configuration decides its steps here; there are no data, latents or layers to choose."""
RATE, STEPS, START = 0.2, 500, (1.0, 1.0)
"""A learning rate, a number of steps and a start (θ, ψ) at which orbits are seen to close, shrink or grow."""
MOST_STEPS, FURTHEST = 5_000, 100.0
WEIGHTS = {"penalty.gamma": 1.0, "penalty.gamma_fake": 1.0, "penalty.weight": 0.1}
"""Of penalties, unless they are given: θ and ψ are numbers about 1, where R1's usual 0.1 takes thousands of steps and
WGAN-GP's usual 10 throws ψ to and fro."""


@dataclass(frozen=True)
class Dirac:
    """One trajectory: all that decides it."""

    config: RunConfig
    """Of which only ``PARTS`` count."""
    start: tuple[float, float] = START
    """θ, where the generator's point is, and ψ, the discriminator's slope."""
    steps: int = STEPS

    def plain(self) -> dict[str, Any]:
        """The settings as plain data."""
        settings = {name: getattr(self.config, name).model_dump(mode="json") for name in PARTS}
        return {**settings, "start": list(self.start), "steps": self.steps}


def dirac(changes: Mapping[str, Any], start: Iterable[float] = START, steps: int = STEPS, rate: float = RATE) -> Dirac:
    """What the settings mean: both networks by gradient descent at one rate, together, unless they say otherwise.

    ``changes``: dotted path → value, as of a run. Raises ConfigError where a value is not allowed, or where a setting
    is none of the Dirac GAN's: what it says of data, latents and layers, and what would make its steps random.
    """
    for path, value in changes.items():
        if path.split(".")[0] not in PARTS:
            allowed = f"set what begins with {', '.join(f'{name}.' for name in PARTS[:-1])} or {PARTS[-1]}."
            raise ConfigError.of(path, f"the Dirac GAN has no such setting; {allowed}", value, allowed)
    theta, psi = _start(start)
    if not 1 <= steps <= MOST_STEPS:
        raise ConfigError.refused("steps", steps, f"use a whole number from 1 to {MOST_STEPS:,}")
    begun: dict[str, Any] = {"update.kind": "combined"}
    for name in ("g_optimizer", "d_optimizer"):
        begun |= {f"{name}.kind": "sgd", f"{name}.learning_rate": rate}
    asked = begun | dict(changes)
    kind = asked.get("penalty.kind")
    known = Penalty.registry[kind].model_fields if kind in Penalty.registry else {}
    weights = {path: value for path, value in WEIGHTS.items() if path.split(".")[1] in known}
    try:
        config = with_changes(RunConfig(), weights | asked)
    except ConfigError as error:
        own = "g_optimizer.learning_rate" not in changes
        raise (error.named({"g_optimizer.learning_rate": "rate"}) if own else error) from None
    if not config.loss.judged:
        loss: Any = config.loss
        allowed = f"use one of {', '.join(_judged())}"
        raise ConfigError.refused("loss.kind", loss.kind, allowed, "has no discriminator, and so no game to play")
    if isinstance(config.loss, PointwiseLoss) and config.loss.flip:
        raise ConfigError.refused("loss.flip", config.loss.flip, "use 0; nothing is drawn by chance in the Dirac GAN")
    return Dirac(config, (theta, psi), steps)


def _judged() -> list[str]:
    """The losses that a discriminator judges by."""
    losses: dict[str, Any] = dict(Loss.registry)
    return sorted(kind for kind, family in losses.items() if family.judged)


def _start(start: Iterable[float]) -> tuple[float, float]:
    """Two numbers, one of which is not 0; raises ConfigError."""
    pair = tuple(start)
    within = f"use two numbers from {typed(-FURTHEST)} to {typed(FURTHEST)}, such as 1,1"
    if len(pair) != 2 or not all(math.isfinite(value) and abs(value) <= FURTHEST for value in pair):
        raise ConfigError.refused("start", ",".join(typed(value) for value in pair), within)
    if pair == (0, 0):
        raise ConfigError.refused("start", "0,0", f"nothing moves at the equilibrium; {within}")
    return pair


def pairs(asked: Dirac) -> list[Dirac]:
    """Every loss with every penalty, each at its own defaults, the rest as it was asked for."""
    same = {
        path: value
        for name in ("g_optimizer", "d_optimizer", "update")
        for path, value in _flat(name, getattr(asked.config, name).model_dump(mode="json"))
    }
    found = []
    losses: dict[str, Any] = {kind: Loss.registry[kind] for kind in _judged()}
    penalties: dict[str, Any] = dict(Penalty.registry)
    for loss, family in losses.items():
        for penalty in sorted(penalties, key=lambda kind: penalties[kind].active):  # none first
            changes = {**same, "loss.kind": loss, "penalty.kind": penalty}
            if family.paired and not asked.config.update.together:  # it needs both kinds in one update
                changes["update.kind"] = "combined"
            found.append(dirac(changes, asked.start, asked.steps))
    return found


def _flat(path: str, value: Any) -> Iterable[tuple[str, Any]]:
    if not isinstance(value, Mapping):
        yield path, value
        return
    for name, inner in value.items():
        yield from _flat(f"{path}.{name}", inner)
