"""The engine: the compiled loop alone, as a worker runs it."""

from __future__ import annotations

import time
from collections.abc import Callable

from gancore.benchmarks.case import Case, tensorflow
from gancore.benchmarks.trained import TRAINED


def trainer(case: Case, tf) -> tuple[Callable[[int], object], float]:
    """What trains so many steps, compiled, and the processor seconds that compiling took."""
    from gancore.config import RunConfig, with_changes
    from gancore.training.program import program
    from gancore.training.shapes import GraphShape

    changes = {"batch_size": case.batch, "generator.hidden": list(case.widths)} | TRAINED[case.recipe].changes
    base = with_changes(RunConfig(), changes)
    configs = [with_changes(base, {"seed": seed}) for seed in range(case.runs)]
    compiled = program(GraphShape.of(base), case.runs)
    inputs, state = compiled.lane_inputs(configs), compiled.initial_state(configs)

    def train(steps: int) -> None:
        nonlocal state
        state = compiled.advance(inputs, state, tf.constant(steps))
        state.step.numpy()

    began = time.process_time()
    train(1)
    return train, time.process_time() - began


def main() -> None:
    """Time the engine."""
    case = Case.from_arguments()
    tf = tensorflow(case)
    gpus = tf.config.list_physical_devices("GPU")
    train, seconds = trainer(case, tf)
    case.report(train, device=gpus[0].name if gpus else "cpu", compile=seconds)


if __name__ == "__main__":
    main()
