"""What each distribution costs: its scores beside the training of the same run, and fresh points beside a fixed set.

A process of its own trains runs as a worker does, on one core: so many steps, a snapshot, its scores, in turn. All
times are of the processor.
"""

from __future__ import annotations

import json
import os
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from typing import Any, NamedTuple

from gancore.benchmarks.case import Case, tensorflow
from gancore.benchmarks.machine import Fact, cores
from gancore.benchmarks.processes import answer_of, started
from gancore.config import Dataset
from gancore.datasets.named import NAMED
from gancore.parts.backend import environment

FEW = ("circle", "formula")
"""Distributions of a quick round."""
TIMED = 500
"""Steps of a timing of fresh points."""
ROUNDS = 5
"""Timings of fresh points, each beside one of a fixed set."""
SHARE = "scores of a run at batch 32, share of its time"


class Cost(NamedTuple):
    """What a run at its defaults costs on a distribution, in processor time."""

    name: str
    step: float
    """Milliseconds of training a step."""
    snapshot: float
    """Milliseconds of the scores of a snapshot, the mean over all but the last."""
    last: float
    """Milliseconds of those of the last one."""
    once: float
    """Milliseconds that the first scores of a distribution take beside that: tables which the process then keeps."""
    share: float
    """Scores of the whole run over its training and scores together."""
    fresh: float | None
    """Times that a step takes with fresh points of it what the circle's takes with a fixed training set."""


def every_cost(quick: bool, fresh: bool = True) -> list[Cost]:
    """A row for each kind of distribution at its defaults and each named constant; a quick one has few, and short."""
    names = FEW if quick else (*sorted(Dataset.registry), *NAMED)
    task = {"names": names, "steps": 200 if quick else 10_000, "fresh": fresh, "rounds": 1 if quick else ROUNDS}
    command = [sys.executable, "-m", "gancore.benchmarks.distributions", json.dumps(task)]
    return [Cost(*row) for row in answer_of(started(command, environment()))["costs"]]


def facts_of_scores(quick: bool, say: Callable[[str], object]) -> Iterator[Fact]:
    """The share of scores for the circle, and for the distribution where it is largest."""
    say("scores beside training, for every distribution")
    shares = {cost.name: 100 * cost.share for cost in every_cost(quick, fresh=False)}
    most = max(shares, key=lambda name: shares[name])
    yield Fact(f"{SHARE}, circle", shares["circle"], "%")
    yield Fact(f"{SHARE}, at most", shares[most], f"% ({most})")


def main() -> None:
    """Train and score, on one core, and answer with a row for each name."""
    task: dict[str, Any] = json.loads(sys.argv[1])
    core = cores()[-1]
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, {core})
    tf = tensorflow(Case(32, (64, 128), 2, task["steps"], 1, core))
    from gancore import metrics

    metrics.load()
    names: list[str] = task["names"]
    costs = [cost for pair in _pairs(names) for cost in _trained(tf, pair, task["steps"])]
    if task["fresh"]:
        fixed, of = _advancing(tf, "circle", False), _fresh_ratio
        costs = [cost._replace(fresh=of(fixed, _advancing(tf, cost.name, True), task["rounds"])) for cost in costs]
    Case.answer({"costs": costs})


def _pairs(names: Sequence[str]) -> Iterator[Sequence[str]]:
    """The names two by two, as many as a program has lanes; where one is left it stands twice, and counts once."""
    for start in range(0, len(names), 2):
        yield names[start : start + 2]


def _trained(tf: Any, names: Sequence[str], steps: int) -> Iterator[Cost]:
    """A run on each of one or two distributions, trained together and scored one by one."""
    from gancore.config import RunConfig, with_changes
    from gancore.recording.scoring import score_snapshot
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape
    from gancore.training.state import weights_of

    changes = {"steps": steps, "snapshot_every": max(1, steps // 25)}  # as the defaults do of 10,000
    configs = [with_changes(RunConfig(), changes | {"dataset.kind": name}) for name in (*names, names[0])[:2]]
    compiled = program(GraphShape.of(configs[0]), len(configs))
    inputs, state = compiled.lane_inputs(configs), compiled.initial_state(configs)
    compiled.compile(inputs, state)
    training, done = 0.0, 0
    scoring: list[list[float]] = [[] for _ in names]

    def scored(run: int, step: int, points: Any, weights: Any) -> float:
        start = time.process_time()
        score_snapshot(configs[run], step, points[run], _references, weights and weights[run])
        return time.process_time() - start

    points = compiled.sample(inputs, state.generator).numpy()
    # The first of a distribution, of every kind of snapshot, makes what the process keeps.
    weights = weights_of(compiled.rules, state, 2)
    first, again = ([scored(run, steps, points, weights) for run in range(len(names))] for _ in range(2))
    for step in configs[0].snapshot_steps:
        start = time.process_time()
        state = compiled.advance(inputs, state, tf.constant(step - done))
        points = compiled.sample(inputs, state.generator).numpy()
        training, done = training + time.process_time() - start, step
        weights = weights_of(compiled.rules, state, 2) if step == steps else None
        for run in range(len(names)):
            scoring[run].append(scored(run, step, points, weights))
    training /= len(configs)
    for run, name in enumerate(names):
        *earlier, last = scoring[run]
        yield Cost(
            name,
            1e3 * training / steps,
            1e3 * statistics.mean(earlier),
            1e3 * last,
            1e3 * max(0.0, first[run] - again[run]),
            (sum(earlier) + last) / (training + sum(earlier) + last),
            None,
        )


def _references(dataset: Dataset) -> dict[str, dict[str, float]]:
    """What a store has of a distribution: made once for all runs, and no part of what a run costs."""
    return {"w1": {"mean": 0.03, "low": 0.02, "high": 0.04}}


def _advancing(tf: Any, name: str, fresh: bool) -> Callable[[], None]:
    """What trains TIMED steps of two runs on a distribution, compiled."""
    from gancore.config import RunConfig, with_changes
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    base = with_changes(RunConfig(), {"dataset.kind": name, "dataset.fresh": fresh})
    configs = [base.model_copy(update={"seed": seed}) for seed in range(2)]
    compiled = program(GraphShape.of(base), 2)
    inputs, state = compiled.lane_inputs(configs), compiled.initial_state(configs)
    compiled.compile(inputs, state)

    def train() -> None:
        nonlocal state
        state = compiled.advance(inputs, state, tf.constant(TIMED))
        state.step.numpy()

    train()
    return train


def _fresh_ratio(fixed: Callable[[], object], fresh: Callable[[], object], rounds: int) -> float:
    """Median over rounds of the one's processor time by the other's, in turn."""
    ratios = []
    for _ in range(rounds):
        times = []
        for train in (fresh, fixed):
            start = time.process_time()
            train()
            times.append(time.process_time() - start)
        ratios.append(times[0] / times[1])
    return statistics.median(ratios)


if __name__ == "__main__":
    main()
