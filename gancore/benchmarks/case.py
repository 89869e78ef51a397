"""What a peer is asked to time, and how it answers."""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass

MARK = "RESULT"
LATENT, DISCRIMINATOR, POINTS = 128, (64, 128), 10_000


@dataclass(frozen=True)
class Case:
    """One measurement: the question's GAN at a batch size and with generator widths."""

    batch: int
    widths: tuple[int, ...]
    runs: int
    """Runs trained together in this process."""
    steps: int
    """Steps in one timing."""
    repeats: int
    core: int | None = None
    """The core to stay on with one thread, or None for all cores."""
    recipe: str = "question"
    """What is trained, one of ``gancore.benchmarks.trained``."""

    @property
    def generator(self) -> tuple[int, ...]:
        """Widths from the latent vector to the point."""
        return (LATENT, *self.widths, 2)

    @property
    def discriminator(self) -> tuple[int, ...]:
        """Widths from the point to the logit."""
        return (2, *DISCRIMINATOR, 1)

    @classmethod
    def from_arguments(cls) -> Case:
        """The case on the command line; also keeps the process on its core."""
        batch, widths, runs, steps, repeats, *rest = sys.argv[1:]
        core, recipe = (*rest, *("-", "question")[len(rest) :])
        case = cls(
            int(batch),
            tuple(int(width) for width in widths.split(",")),
            int(runs),
            int(steps),
            int(repeats),
            None if core == "-" else int(core),
            recipe,
        )
        if case.core is not None and hasattr(os, "sched_setaffinity"):
            os.sched_setaffinity(0, {case.core})
        return case

    def report(self, train: Callable[[int], object], device: str = "cpu", warm_up: int = 2, **facts: object) -> None:
        """Time ``train(steps)``, which returns when they are done, and print milliseconds per run and step.

        ``ms`` is what a clock says, ``cpu`` the time of all cores together; ``facts`` are printed beside them.
        """
        train(warm_up)
        train(self.steps)  # also warms up whatever depends on the count of steps
        found, busy = [], []
        for _ in range(self.repeats):
            start, used = time.perf_counter(), time.process_time()
            train(self.steps)
            found.append((time.perf_counter() - start) / self.steps / self.runs * 1e3)
            busy.append((time.process_time() - used) / self.steps / self.runs * 1e3)
        self.answer({"ms": found, "cpu": busy, "device": device} | facts)

    @staticmethod
    def answer(result: Mapping[str, object]) -> None:
        """Print what was found, after a mark: libraries print as well."""
        print(MARK + json.dumps(result))


def tensorflow(case: Case):
    """TensorFlow, with one thread where the case names a core."""
    os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")
    os.environ.setdefault("TF_ENABLE_ONEDNN_OPTS", "0")
    import tensorflow as tf

    if case.core is not None:
        tf.config.threading.set_intra_op_parallelism_threads(1)
        tf.config.threading.set_inter_op_parallelism_threads(1)
    return tf
