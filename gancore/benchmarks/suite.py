"""The whole comparison: every peer in turn, several rounds, ratios within the same run."""

from __future__ import annotations

import importlib.util
import json
import os
import platform
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from gancore.config import RunConfig, with_changes

CASES = {
    "batch 32, generator 64-128": (32, (64, 128)),
    "batch 256, generator 64-128": (256, (64, 128)),
    "batch 256, generator 16-32": (256, (16, 32)),
}
TOGETHER = 10
"""Runs trained together where a peer trains several."""


@dataclass(frozen=True)
class Peer:
    """Something to be measured."""

    name: str
    module: str
    needs: str
    lanes: int
    """Runs a process."""
    a_core: bool
    """One single-threaded process a core, all at once, rather than one process on all cores."""
    steps: int
    """Steps in one timing at batch 32; fewer at 256."""


PEERS = [
    Peer("matrix products", "products", "tensorflow", 2, True, 1500),
    Peer("gancore engine", "engine", "tensorflow", 2, True, 1500),
    Peer("JAX, vmapped", "jax_vmapped", "jax", TOGETHER, False, 200),
    Peer("PyTorch, eager", "torch_eager", "torch", 1, True, 150),
    Peer("the question's Keras loop", "keras_loop", "tensorflow", 1, False, 20),
]
BARE, ENGINE, WHOLE = "matrix products", "gancore engine", "gancore train"


@dataclass(frozen=True)
class Line:
    """One row of the table: milliseconds a run-step with all cores at work."""

    case: str
    peer: str
    low: float
    median: float
    high: float
    against_products: float
    """Median over the rounds of this row's time by that of the products in the same round."""
    against_engine: float
    device: str


def machine() -> str:
    """The machine in words."""
    name = platform.processor() or platform.machine()
    info = Path("/proc/cpuinfo")
    if info.exists():
        models = [
            line.split(":", 1)[1].strip() for line in info.read_text().splitlines() if line.startswith("model name")
        ]
        name = models[0] if models else name
    return f"{name}, {len(_cores())} cores, {platform.system()}, Python {platform.python_version()}"


def measure(quick: bool, say: Callable[[str], object]) -> Iterator[Line]:
    """Every case and peer; peers take turns within each round, so that a change of the machine's speed meets all."""
    for case, (batch, widths) in list(CASES.items())[: 1 if quick else None]:
        rounds = 1 if quick else 3
        found: dict[str, list[float]] = {}
        devices: dict[str, str] = {}
        for number in range(rounds):
            for peer in PEERS:
                if importlib.util.find_spec(peer.needs) is None:
                    continue
                say(f"{case}: {peer.name}, round {number + 1} of {rounds}")
                times, devices[peer.name] = _run(peer, batch, widths, quick)
                found.setdefault(peer.name, []).append(statistics.median(times))
            say(f"{case}: {WHOLE}, round {number + 1} of {rounds}")
            found.setdefault(WHOLE, []).append(_whole(batch, widths, quick))
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


def _cores() -> list[int]:
    return sorted(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else list(range(os.cpu_count() or 1))


def _run(peer: Peer, batch: int, widths: tuple[int, ...], quick: bool) -> tuple[list[float], str]:
    """Milliseconds a run-step of the whole machine, a value a repeat, and the device."""
    steps = max(2, peer.steps * 32 // batch if peer.module in ("products", "engine", "jax_vmapped") else peer.steps)
    steps, repeats = (max(2, steps // 10), 1) if quick else (steps, 5)
    common = [str(batch), ",".join(map(str, widths)), str(peer.lanes), str(steps), str(repeats)]
    commands = [[*common, str(core)] for core in _cores()] if peer.a_core else [common]
    start = [sys.executable, "-m", f"gancore.benchmarks.{peer.module}"]
    processes = [
        subprocess.Popen([*start, *command], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for command in commands
    ]
    results = []
    for process in processes:
        out, err = process.communicate()
        if process.returncode:
            raise RuntimeError(
                f"{peer.name} failed: {err.strip().splitlines()[-1] if err.strip() else process.returncode}"
            )
        results.append(json.loads(out.rsplit("RESULT", 1)[1]))
    # n processes at once get through n runs in the time that each needs for one.
    together = [statistics.mean(times) / len(results) for times in zip(*(r["ms"] for r in results), strict=True)]
    return together, results[0]["device"]


def _whole(batch: int, widths: tuple[int, ...], quick: bool) -> float:
    """Milliseconds a run-step of a job on warm workers that have compiled: metrics, snapshots and store included."""
    from gancore import jobs
    from gancore.jobs import pool
    from gancore.store import Store

    steps = 400 if quick else (10_000 if batch == 32 else 4_000)
    base = with_changes(RunConfig(), {"batch_size": batch, "generator.hidden": list(widths), "steps": steps})
    # As many snapshots as the defaults give 10,000 steps.
    base = with_changes(base, {"snapshot_every": max(1, steps // 25), "log_every": max(1, steps // 50)})
    with tempfile.TemporaryDirectory() as folder:
        store = Store(folder)
        store.floors(base.dataset)
        try:
            _finish(jobs.submit(store, [with_changes(base, {"seed": 100 + k, "steps": 400}) for k in range(8)], "warm"))
            start = time.perf_counter()
            _finish(jobs.submit(store, [with_changes(base, {"seed": k}) for k in range(TOGETHER)], "whole"))
            return (time.perf_counter() - start) / steps / TOGETHER * 1e3
        finally:
            for status in pool.workers(store.root):
                pool.end_worker(status)


def _finish(job) -> None:
    while job.progress().active:
        time.sleep(0.02)
    if job.progress().state != "finished":
        raise RuntimeError(f"gancore train failed: {job.progress().message}")
