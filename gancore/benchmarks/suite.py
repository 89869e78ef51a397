"""The whole comparison: every peer in turn, several rounds, ratios within the same run."""

from __future__ import annotations

import importlib.util
import statistics
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from typing import Any

from gancore.benchmarks.distributions import facts_of_scores
from gancore.benchmarks.jobs import FEW, TOGETHER, Stores, facts_of_jobs, whole
from gancore.benchmarks.machine import Fact, cores
from gancore.benchmarks.processes import answer_of, started
from gancore.benchmarks.watching import facts_of_watching
from gancore.training.devices import LANES, kind

CASES = {
    "batch 32, generator 64-128": (32, (64, 128)),
    "batch 256, generator 64-128": (256, (64, 128)),
    "batch 256, generator 16-32": (256, (16, 32)),
}
VMAPPED = 10
"""Runs in the JAX program."""


@dataclass(frozen=True)
class Peer:
    """Something to be measured."""

    name: str
    module: str
    needs: str
    lanes: int
    """Runs a process."""
    a_core: bool
    """One single-threaded process per core, all at once, rather than one process on all cores."""
    steps: int
    """Steps in one timing at batch 32; fewer at 256."""


PEERS = [
    Peer("matrix products", "products", "tensorflow", LANES[kind()], kind() == "cpu", 1500),
    Peer("gancore engine", "engine", "tensorflow", LANES[kind()], kind() == "cpu", 1500),
    Peer("JAX, vmapped", "jax_vmapped", "jax", VMAPPED, False, 200),
    Peer("PyTorch, eager", "torch_eager", "torch", 1, True, 150),
    Peer("the question's Keras loop", "keras_loop", "tensorflow", 1, False, 20),
]
BARE, ENGINE, WHOLE = "matrix products", "gancore engine", "gancore train"


@dataclass(frozen=True)
class Line:
    """One row of the table: milliseconds per run and step with all cores at work."""

    case: str
    peer: str
    low: float
    median: float
    high: float
    against_products: float
    """Median over the rounds of this row's time by that of the products in the same round."""
    against_engine: float
    device: str


def measure(quick: bool, say: Callable[[str], object], warm: Stores) -> Iterator[Line]:
    """Every case and peer; peers take turns within each round, so that a change of the machine's speed meets all.

    A quick round runs them side by side instead: it says that they work, not how fast they are.
    """
    for case, (batch, widths) in list(CASES.items())[: 1 if quick else None]:
        rounds = 1 if quick else 3
        found: dict[str, list[float]] = {}
        devices: dict[str, str] = {}
        there = [peer for peer in PEERS if importlib.util.find_spec(peer.needs) is not None]
        with ThreadPoolExecutor(len(cores()) if quick else 1) as together:
            for number in range(rounds):
                place = f"round {number + 1} of {rounds}"

                def time_of(peer: Peer, case: str, place: str, batch: int, widths: tuple[int, ...]):
                    say(f"{case}: {peer.name}, {place}")
                    return _run(peer, batch, widths, quick)

                measured = together.map(partial(time_of, case=case, place=place, batch=batch, widths=widths), there)
                for peer, (times, device) in zip(there, measured, strict=True):
                    devices[peer.name] = device
                    found.setdefault(peer.name, []).append(statistics.median(times))
                say(f"{case}: {WHOLE}, {place}")
                steps = 400 if quick else 10_000 if batch == 32 else 4_000
                runs = FEW if quick else TOGETHER
                found.setdefault(WHOLE, []).append(whole(batch, widths, steps, warm, runs))
        for name, times in found.items():
            yield Line(
                case=case,
                peer=name,
                low=min(times),
                median=statistics.median(times),
                high=max(times),
                against_products=statistics.median(a / b for a, b in zip(times, found[BARE], strict=True)),
                against_engine=statistics.median(a / b for a, b in zip(times, found[ENGINE], strict=True)),
                device=devices.get(name, devices[ENGINE]),
            )


def _run(peer: Peer, batch: int, widths: tuple[int, ...], quick: bool) -> tuple[list[float], str]:
    """Milliseconds per run and step of the whole machine, a value a repeat, and the device."""
    steps = max(2, peer.steps * 32 // batch if peer.module in ("products", "engine", "jax_vmapped") else peer.steps)
    steps, repeats = (max(2, steps // 10), 1) if quick else (steps, 5)
    common = [str(batch), ",".join(map(str, widths)), str(peer.lanes), str(steps), str(repeats)]
    commands = [[*common, str(core)] for core in cores()[: 1 if quick else None]] if peer.a_core else [common]
    start = [sys.executable, "-m", f"gancore.benchmarks.{peer.module}"]
    processes = [started([*start, *command]) for command in commands]
    results = [answer_of(process) for process in processes]
    # n processes at once get through n runs in the time that each needs for one.
    together = [statistics.mean(times) / len(results) for times in zip(*(r["ms"] for r in results), strict=True)]
    return together, results[0]["device"]


def facts(quick: bool, say: Callable[[str], object], warm: Stores) -> Iterator[Fact]:
    """What a person waits for, and what a worker takes: each measured once, on this machine."""
    batch, widths = CASES["batch 32, generator 64-128"]
    say("a worker: compiling, memory, checkpoints")
    many = (LANES[kind()], 64)[: 1 if quick else None]

    def answer(lanes: int) -> dict[str, Any]:
        command = [str(batch), ",".join(map(str, widths)), str(lanes), "100" if quick else "2000", "1"]
        return answer_of(started([sys.executable, "-m", "gancore.benchmarks.worker", *command]))

    for lanes in many:
        for name, value, unit in answer(lanes)["facts"]:
            yield Fact(f"{name}, {lanes} lanes", value, unit)
    yield from facts_of_jobs(200 if quick else 10_000, say, warm, 1 if quick else 3)
    yield from facts_of_script(quick, say)
    yield from facts_of_scores(quick, say)
    say("a job of many runs: watching it, and looking for work in it")
    yield from facts_of_watching()


def facts_of_script(quick: bool, say: Callable[[str], object]) -> Iterator[Fact]:
    """The script that the baseline is exported as beside the engine with that one run, in turn on one core."""
    batch, widths = CASES["batch 32, generator 64-128"]
    say("the exported script and the engine, one run each, in turn")
    steps, repeats = ("50", "3") if quick else ("500", "9")
    command = [str(batch), ",".join(map(str, widths)), "1", steps, repeats, str(cores()[0])]
    found = answer_of(started([sys.executable, "-m", "gancore.benchmarks.exported_script", *command]))
    for name, value, unit in found["facts"]:
        yield Fact(name, value, unit)
