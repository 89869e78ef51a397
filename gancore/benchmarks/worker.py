"""What a worker takes: time to compile a graph shape, memory, and the share of its time that checkpoints cost."""

from __future__ import annotations

import tempfile
import time
from pathlib import Path

import psutil

from gancore.benchmarks.case import Case


def main() -> None:
    """Train one group as a worker does and look at it."""
    case = Case.from_arguments()
    from gancore.training import devices

    device = devices.take(case.core or 0)
    import keras  # noqa: F401  A warm worker has Keras and what the metrics need.

    from gancore import metrics
    from gancore.config import RunConfig, with_changes
    from gancore.jobs.checkpoints import EVERY, write_checkpoint
    from gancore.jobs.folders import JobFolders
    from gancore.jobs.worker import CHECKPOINT_SHARE
    from gancore.recording.events import Tick
    from gancore.recording.recorder import Recorder
    from gancore.training.engine import train
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    metrics.load()
    devices.warm()
    changes = {"batch_size": case.batch, "generator.hidden": list(case.widths), "steps": case.steps}
    configs = [with_changes(RunConfig(), changes | {"seed": seed}) for seed in range(case.runs)]
    start = time.perf_counter()
    compiled = program(GraphShape.of(configs[0]), case.runs)
    compiled.compile(compiled.lane_inputs(configs), compiled.initial_state(configs))
    seconds = time.perf_counter() - start
    references = metrics.references(configs[0].dataset, pairs=1)  # type: ignore[arg-type]
    recorder, writing = Recorder(configs, lambda dataset: references, devices.roam), 0.0
    with tempfile.TemporaryDirectory() as folder:
        for event in train(configs, lanes=case.runs):
            recorder.feed(event)
            if isinstance(event, Tick) and event.step == case.steps:
                start = time.perf_counter()
                for run, state in enumerate(event.checkpoint()):
                    write_checkpoint(JobFolders(Path(folder)), configs[run].run_id, state | recorder.checkpoint(run))
                writing = time.perf_counter() - start
    memory = psutil.Process().memory_info()
    facts = [
        ("compiling a graph shape", seconds, "s"),
        ("memory of a worker", memory.rss / 1e6, "MB"),
        ("of it not shared libraries", (memory.rss - memory.shared) / 1e6, "MB"),
        ("checkpoints, share of training time", 100 * writing / max(EVERY, writing / CHECKPOINT_SHARE), "%"),
    ]
    case.answer({"facts": facts, "device": device})


if __name__ == "__main__":
    main()
