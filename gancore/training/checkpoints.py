"""Checkpoints: all that a run needs to go on bit for bit, as named arrays of that run alone."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from gancore.parts.backend import tf
from gancore.recording.events import Checkpoint


def _tensors(state: Any) -> Iterator[tuple[str, Any]]:
    """Every per-run tensor of a train state by name."""
    for network in ("generator", "discriminator"):
        learner = getattr(state, network)
        for group, tensors in {"weights": learner.weights, **learner.slots, "state": learner.state}.items():
            for index, tensor in enumerate(tensors):
                yield f"{network}/{group}/{index}", tensor
    for index, tensor in enumerate(state.average):
        yield f"generator/average/{index}", tensor


def pack(state: Any, row_start: int, runs: int) -> list[Checkpoint]:
    """A checkpoint a run from a train state; ``row_start`` is the step of the last history row."""
    named = [(name, tensor.numpy()) for name, tensor in _tensors(state)]
    named += [("bad_step", state.bad_step.numpy()), ("sums", state.sums.numpy().T)]
    shared = {"step": state.step.numpy(), "row_start": np.array(row_start)}
    return [shared | {name: values[run] for name, values in named} for run in range(runs)]


def unpack(state: Any, checkpoints: Sequence[Checkpoint]) -> tuple[Any, int]:
    """The train state of a full set of lanes, and the step of the last history row; ``state`` gives the structure.

    Raises KeyError or ValueError where a checkpoint lacks an array, or has one of another shape or type.
    """
    steps = {int(checkpoint["step"]) for checkpoint in checkpoints}
    if len(steps) != 1:
        raise ValueError(f"start: checkpoints of the steps {sorted(steps)} cannot go on together")

    def stacked(name: str) -> Any:
        return tf.constant(np.stack([checkpoint[name] for checkpoint in checkpoints]))

    expected = {name: (tuple(tensor.shape[1:]), np.asarray(tensor).dtype) for name, tensor in _tensors(state)}
    expected |= {"sums": (tuple(state.sums.shape[:1]), np.asarray(state.sums).dtype), "bad_step": ((), np.int32)}
    for name, (shape, kind) in expected.items():
        for found in (checkpoint[name] for checkpoint in checkpoints):
            if found.shape != shape or found.dtype != kind:
                raise ValueError(f"{name}: {found.dtype}{list(found.shape)} is not {np.dtype(kind)}{list(shape)}")

    def learner(network: str) -> Any:
        old = getattr(state, network)

        def group(name: str, count: int) -> list[Any]:
            return [stacked(f"{network}/{name}/{index}") for index in range(count)]

        slots = {name: group(name, len(tensors)) for name, tensors in old.slots.items()}
        return type(old)(group("weights", len(old.weights)), slots, group("state", len(old.state)))

    state = type(state)(
        learner("generator"),
        learner("discriminator"),
        tf.constant(steps.pop(), state.step.dtype),
        tf.transpose(stacked("sums")),
        stacked("bad_step"),
        [stacked(f"generator/average/{index}") for index in range(len(state.average))] or (),
    )
    return state, int(checkpoints[0]["row_start"])
