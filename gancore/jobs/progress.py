"""Where a job stands, in numbers and in words."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

State = Literal["waiting", "starting", "running", "paused", "cancelled", "finished", "failed"]
ACTIVE = ("waiting", "starting", "running", "paused")


@dataclass(frozen=True)
class Progress:
    """Where a job stands."""

    state: State
    total: int
    """Runs wanted."""
    done: int
    """Runs stored, diverged ones included."""
    diverged: int
    failed: int
    steps_done: int
    steps_total: int
    steps_per_second: float
    """Run-steps per second over all runs in training."""
    seconds_left: float | None
    """What is expected, compiling included, told without jumps; None while it is not known. In words: ``about``."""
    message: str
    """What is going on, in words."""

    @property
    def active(self) -> bool:
        """Whether something may still happen by itself or by resuming."""
        return self.state in ACTIVE


def message(state: State, failure: str, trouble: str, done: int, total: int) -> str:
    """What is going on: why it failed or cannot begin, or what it waits for."""
    match state:
        case "waiting" | "starting" if trouble:
            return trouble
        case "waiting":
            return "waiting for a worker"
        case "starting":
            return "loading TensorFlow and compiling"
        case "failed":
            return failure or "a run failed"
        case "cancelled":
            return f"cancelled; {done} of {total} runs are stored"
        case _:
            return state
