"""Where single steps begin: a run's initial networks, what a stored run ended with, or the checkpoint of a job."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np

from gancore.config import ConfigError, RunConfig
from gancore.parts.backend import on_arrays, without_tensorflow
from gancore.recording.raw import RAW_GENERATOR
from gancore.stepping.machine import Machine, Standing, clocks_at, values
from gancore.training.checkpoints import unpack
from gancore.training.state import Learner

Kind = Literal["beginning", "end", "checkpoint"]


@dataclass(frozen=True, eq=False)
class Start:
    """Two networks of a run at a step of it."""

    machine: Machine
    standing: Standing
    kind: Kind

    @property
    def config(self) -> RunConfig:
        """The run's."""
        return self.machine.config

    @property
    def step(self) -> int:
        """The run's."""
        return self.standing.steps[0]

    @property
    def exact(self) -> bool:
        """Whether steps of both networks from here are the run's own: its optimizers' state is known."""
        return self.kind != "end"


def beginning(config: RunConfig) -> Start:
    """The networks at step 0; raises ConfigError where single steps cannot be taken of them (see ``Machine``)."""
    machine = Machine(config)
    with without_tensorflow():
        state = machine.program.initial_state([config])
    learners = (_plain(state.generator), _plain(state.discriminator))
    return Start(machine, Standing(*learners, [values(one) for one in state.average], (0, 0)), "beginning")


def end_of(config: RunConfig, weights: Mapping[str, np.ndarray], step: int) -> Start:
    """The networks of a run that was stored at this step, with optimizers that begin anew, as none are stored.

    ``weights`` as in ``RunResult.weights``. Raises ConfigError where they are not this configuration's.
    """
    machine = Machine(config, clocks_at(config, step))
    raw = any(name.startswith(f"{RAW_GENERATOR}/") for name in weights)
    learners = [
        _learner(machine, weights, name, stored)
        for name, stored in (("generator", RAW_GENERATOR if raw else "generator"), ("discriminator", "discriminator"))
    ]
    average = _learner(machine, weights, "generator", "generator").weights if config.ema.active else []
    return Start(machine, Standing(learners[0], learners[1], average, (step, step)), "end")


def checkpoint_of(config: RunConfig, arrays: Mapping[str, np.ndarray] | None) -> Start:
    """The networks and optimizers of a run in training; ``arrays`` as ``jobs.checkpoint`` gives them.

    Raises ConfigError where there are none, or not this configuration's.
    """
    if arrays is None:
        raise ConfigError.of("checkpoint", "there is none of these settings and this seed that can be read")
    machine = Machine(config)
    with on_arrays():
        try:
            state, _ = unpack(machine.program.initial_state([config]), [dict(arrays)])
        except (KeyError, ValueError) as error:
            raise ConfigError.of("checkpoint", f"it is not one of these settings ({error})") from None
    step = int(state.step)
    average = [values(one) for one in state.average]
    return Start(machine, Standing(state.generator, state.discriminator, average, (step, step)), "checkpoint")


def _plain(learner: Learner) -> Learner:
    slots = {name: [values(one) for one in kept] for name, kept in learner.slots.items()}
    return Learner([values(one) for one in learner.weights], slots, [values(one) for one in learner.state])


def _learner(machine: Machine, weights: Mapping[str, np.ndarray], name: str, stored: str) -> Learner:
    """A network of stored arrays, with an optimizer that has seen nothing."""
    network = getattr(machine.rules, name).network
    optimizer: Any = getattr(machine.config, f"{name[0]}_optimizer")

    def given(array: str) -> np.ndarray:
        key, shape = f"{stored}/{array}", network.arrays[array].shape
        found = np.shape(weights[key]) if key in weights else "missing"
        if found != shape:
            raise ConfigError.of("weights", f"{key} is {found}; this configuration's has the shape {shape}")
        one = np.asarray(weights[key], np.float64)
        return one[None, None] if len(shape) == 1 else one[None]

    trained = [given(array) for array in network.trained]
    slots = {slot: [np.zeros_like(one) for one in trained] for slot in optimizer.slots}
    return Learner(trained, slots, [given(array) for array in network.state])
