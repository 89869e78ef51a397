"""Single steps on numpy are the engine's: of every loss, penalty, optimizer, rule and layer, and of a compiled run."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from support.every_part import MIXED, mixed
from support.network_cases import CASES, case

from gancore.config import RunConfig, with_changes
from gancore.stepping import Standing, beginning, checkpoint_of
from gancore.training.checkpoints import pack
from gancore.training.program import LANES, Program, program
from gancore.training.shapes import GraphShape
from gancore.training.state import TrainState

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
CLOSE = 1e-5
RULES: dict[str, dict[str, Any]] = {
    "extragradient": {"update.kind": "extragradient", "update.order": "simultaneous"},
    "consensus": {"update.kind": "combined", "update.order": "simultaneous", "update.consensus": 0.5},
    "unrolled": {"update.unrolled": 2},
    "one clock": {"update.shared_adam_clock": True, "update.g_steps": 2},
    "fresh points": {"dataset.fresh": True},
    "supervised": {"loss.kind": "supervised", "latent.kind": "stratified", "update.kind": "combined"},
}


def by_the_engine(config: RunConfig, steps: int) -> TrainState:
    """The state after so many steps of the engine's program, op by op in TensorFlow's float32."""
    import tensorflow as tf

    built = Program(GraphShape.of(config), lanes=1)
    inputs, state = built.lane_inputs([config]), built.initial_state([config])
    plain = built.by(built.rules)
    for number in range(steps):
        state = plain.step(inputs, state, built._draws(inputs, tf.constant(number)))
    return state


def apart(mine: Standing, theirs: TrainState, lane: int = 0) -> float:
    """The largest difference of any weight, or of anything else that a network keeps."""
    pairs = [(mine.average, theirs.average)] if mine.average else []
    for one, other in ((mine.generator, theirs.generator), (mine.discriminator, theirs.discriminator)):
        pairs += [(one.weights, other.weights), (one.state, other.state)]
        pairs += [(one.slots[name], other.slots[name]) for name in one.slots]
    return max(
        np.abs(array[0] - tensor.numpy()[lane]).max()
        for ours, others in pairs
        for array, tensor in zip(ours, others, strict=True)
        if array.size
    )


def stepped(config: RunConfig, steps: int) -> Standing:
    start = beginning(config)
    at = start.standing
    for _ in range(steps):
        at, _ = start.machine.step(at)
    return at


@pytest.mark.parametrize("name", MIXED)
def test_every_loss_penalty_and_optimizer(name):
    config = mixed(name)
    assert apart(stepped(config, 2), by_the_engine(config, 2)) < CLOSE


@pytest.mark.parametrize("name", CASES)
def test_every_layer(name):
    config = case(name)
    assert apart(stepped(config, 2), by_the_engine(config, 2)) < CLOSE


@pytest.mark.parametrize("name", RULES)
def test_every_rule(name):
    small = {"latent.dim": 6, "generator.hidden": [8], "discriminator.hidden": [8], "batch_size": 16}
    config = with_changes(RunConfig(), small | {"dataset.size": 200, "steps": 50} | RULES[name])
    assert apart(stepped(config, 2), by_the_engine(config, 2)) < CLOSE


SHARED: dict[str, Any] = {
    "latent.dim": 4,
    "generator.hidden": [16],
    "discriminator.hidden": [16],
    "batch_size": 32,
    "dataset.size": 300,
    "penalty.kind": "r1",
    "ema.decay": 0.9,
    "steps": 40,
}


def test_ten_steps_of_a_compiled_run_and_of_its_checkpoint():
    """What trains in lanes, compiled: ten steps from the start, and ten from the checkpoint that it then leaves."""
    import tensorflow as tf

    runs = [with_changes(RunConfig(), SHARED | {"seed": seed}) for seed in range(LANES)]
    compiled = program(GraphShape.of(runs[0]), LANES)
    inputs, state = compiled.lane_inputs(runs), compiled.initial_state(runs)
    compiled.compile(inputs, state)
    ten = compiled.advance(inputs, state, tf.constant(10))
    assert apart(stepped(runs[1], 10), ten, lane=1) < CLOSE

    start = checkpoint_of(runs[1], pack(ten, 0, LANES)[1])
    assert start.step == 10 and start.exact and apart(start.standing, ten, lane=1) == 0
    at = start.standing
    for _ in range(10):
        at, measures = start.machine.step(at)
    twenty = compiled.advance(inputs, ten._replace(sums=tf.zeros_like(ten.sums)), tf.constant(10))
    assert apart(at, twenty, lane=1) < CLOSE
    nineteen = compiled.advance(inputs, ten, tf.constant(9))
    last = (twenty.sums.numpy() - (nineteen.sums - ten.sums).numpy())[:, 1]
    np.testing.assert_allclose(list(measures.values()), last, rtol=1e-4, atol=1e-5)


@pytest.mark.parametrize("kind", ["normal", "uniform", "stratified", "sphere", "angle", "mixture"])
def test_draws_are_the_engines(kind):
    """Latents, points, noise, masks and penalties' uniforms, to the last digits of float32."""
    import tensorflow as tf

    from gancore.parts.backend import on_arrays

    changes = {"latent.kind": kind, "dataset.fresh": True, "instance_noise.sigma": 0.3, "penalty.kind": "gradient"}
    changes |= {"generator.dropout": 0.3, "latent.dim": 4, "loss.flip": 0.1, "discriminator.hidden": [8]}
    config = with_changes(RunConfig(), changes)
    built = Program(GraphShape.of(config), lanes=1)
    theirs = built._draws(built.lane_inputs([config]), tf.constant(1234))
    with on_arrays(), np.errstate(over="ignore"):
        other = Program(GraphShape.of(config), lanes=1)
        mine = other._draws(other.lane_inputs([config]), np.int32(1234))
    for ours, tensor in zip(tf.nest.flatten(mine), tf.nest.flatten(theirs), strict=True):
        if ours is not None:
            assert ours.dtype == tensor.numpy().dtype
            np.testing.assert_allclose(ours, tensor.numpy(), rtol=2e-6, atol=2e-6)
