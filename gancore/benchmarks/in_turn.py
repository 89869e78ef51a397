"""The engine and the bare matrix products of the same recipe, in turn in one process on one core."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace

from gancore.benchmarks import engine, products
from gancore.benchmarks.case import Case, tensorflow
from gancore.benchmarks.trained import TRAINED

LEAST = 0.25
"""Processor seconds of a timing at least, so that the clock's steps don't count."""


def main() -> None:
    """Time both, a pair a repeat, in processor time: what else the machine does then counts little."""
    case = Case.from_arguments()
    tf = tensorflow(case)
    of_engine, seconds = engine.trainer(case, tf)
    beside = TRAINED[case.recipe].beside
    other = engine.trainer(replace(case, recipe=beside), tf)[0] if beside else products.trainer(case, tf)
    peers = {"products": other, "engine": of_engine}
    found: dict[str, list[float]] = {name: [] for name in peers}
    for number in range(case.repeats + 1):  # the first of each warms it up
        for name, train in peers.items():
            taken = _milliseconds(train, case)
            if number:
                found[name].append(taken)
    case.answer({**found, "compile": seconds, "device": "cpu"})


def _milliseconds(train: Callable[[int], object], case: Case) -> float:
    """Of processor time, per run and step."""
    start, steps = time.process_time(), 0
    while not steps or time.process_time() - start < LEAST:
        train(case.steps)
        steps += case.steps
    return (time.process_time() - start) / steps / case.runs * 1e3


if __name__ == "__main__":
    main()
