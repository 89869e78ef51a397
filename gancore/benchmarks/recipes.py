"""Recipes: the engine against the bare matrix products of the same steps, and against JAX, in turn."""

from __future__ import annotations

import importlib.util
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from gancore.benchmarks.machine import cores
from gancore.benchmarks.processes import answer_of, started
from gancore.benchmarks.suite import VMAPPED
from gancore.benchmarks.trained import TRAINED, Trained
from gancore.training.devices import LANES

WIDTHS = "64,128"
STEPS = {"in_turn": 1500, "jax_vmapped": 200}
"""Steps at batch 32 and one critic step; fewer where a step is longer."""


@dataclass(frozen=True)
class RecipeLine:
    """One row: milliseconds of a core per run and step, medians over the rounds, and ratios within each round.

    Processor time, so that whatever else the machine does counts little; of JAX that of all its threads.
    """

    name: str
    products: float
    engine: float
    jax: float | None
    """None where JAX is not installed, as the next but one."""
    against_products: float
    """Times that the engine takes what the products take."""
    faster_than_jax: float | None
    compile: float
    """Processor seconds until the engine's program is compiled, its first step included."""
    most: float
    """What ``against_products`` should be at most."""
    faster: float | None
    """What ``faster_than_jax`` should be at least."""


def measure_recipes(quick: bool, say: Callable[[str], object]) -> Iterator[RecipeLine]:
    """Every recipe; peers take turns within each round. A quick round says that they work, not how fast they are."""
    jax_is_there = importlib.util.find_spec("jax") is not None
    for key, trained in TRAINED.items():
        products: list[float] = []
        engine: list[float] = []
        jax: list[float] = []
        faster: list[float] = []
        compiled: list[float] = []
        for number in range(1 if quick else 3):
            say(f"{trained.name}: engine and products, round {number + 1}")
            answer = answer_of(started(_command("in_turn", key, trained, quick)))
            products, engine = products + answer["products"], engine + answer["engine"]
            compiled.append(answer["compile"])
            if jax_is_there and trained.faster is not None:
                say(f"{trained.name}: JAX, round {number + 1}")
                jax.append(statistics.median(answer_of(started(_command("jax_vmapped", key, trained, quick)))["cpu"]))
                faster.append(jax[-1] / statistics.median(answer["engine"]))
        yield RecipeLine(
            name=trained.name,
            products=statistics.median(products),
            engine=statistics.median(engine),
            jax=statistics.median(jax) if jax else None,
            against_products=statistics.median(a / b for a, b in zip(engine, products, strict=True)),
            faster_than_jax=statistics.median(faster) if faster else None,
            compile=statistics.median(compiled),
            most=trained.most,
            faster=trained.faster,
        )


def _command(module: str, key: str, trained: Trained, quick: bool) -> list[str]:
    """A peer's command: one thread on one core with as many lanes as a worker has, and JAX on all cores."""
    vmapped = module == "jax_vmapped"
    steps = max(2, STEPS[module] * 32 // trained.batch // trained.d_steps // (10 if quick else 1))
    lanes, core = (VMAPPED, "-") if vmapped else (LANES["cpu"], str(cores()[-1]))
    head = [sys.executable, "-m", f"gancore.benchmarks.{module}", str(trained.batch), WIDTHS, str(lanes)]
    return [*head, str(steps), "1" if quick else "5", core, key]
