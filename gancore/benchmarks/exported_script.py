"""The script that a run is exported as beside the engine, both training that one run on one thread, in turn."""

from __future__ import annotations

import runpy
import statistics
import tempfile
import time
from pathlib import Path

from gancore.benchmarks.case import Case, tensorflow


def main() -> None:
    """Time both and answer with milliseconds of processor time a step of each, and the median of their ratios."""
    case = Case.from_arguments()
    tf = tensorflow(case)
    from gancore.config import RunConfig, with_changes
    from gancore.export.script import write_script
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    config = with_changes(RunConfig(), {"batch_size": case.batch, "generator.hidden": list(case.widths)})
    compiled = program(GraphShape.of(config), 1)
    inputs, state = compiled.lane_inputs([config]), compiled.initial_state([config])
    with tempfile.TemporaryDirectory(prefix="gancore-") as folder:
        (path,) = write_script(config, Path(folder) / "run.py")
        train = runpy.run_path(str(path))["train"]
        train(case.steps)  # TensorFlow reads the file once more to compile it

    def script() -> None:
        train(case.steps).numpy()

    def engine() -> None:
        nonlocal state
        state = compiled.advance(inputs, state, tf.constant(case.steps))
        state.step.numpy()

    times: dict[str, list[float]] = {"script": [], "engine": []}
    for number in range(case.repeats + 1):
        for name, one in (("script", script), ("engine", engine)):
            start = time.process_time()
            one()
            if number:  # the first of each compiles
                times[name].append((time.process_time() - start) / case.steps * 1e3)
    ratio = statistics.median(a / b for a, b in zip(times["script"], times["engine"], strict=True))
    facts = [
        ("the exported script's train(), one run", statistics.median(times["script"]), "ms of CPU a step"),
        ("the engine, that run", statistics.median(times["engine"]), "ms of CPU a step"),
        ("the exported script against the engine", ratio, "×"),
    ]
    case.answer({"facts": facts, "device": "cpu"})


if __name__ == "__main__":
    main()
