"""Steps of one network alone, trials and their undoing, and where steps may begin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from support.stepping import SMALL

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.stepping import (
    MOST_STEPS,
    Positions,
    Start,
    beginning,
    checkpoint_of,
    end_of,
    moved,
    pressed,
    pulls,
    reading,
    short,
    steps_of,
)


def small(**changes) -> Start:
    return beginning(with_changes(RunConfig(), SMALL | changes))


def same(one, other) -> bool:
    """Whether two standings are the same bit for bit."""
    pairs = [(one.average, other.average)]
    for mine, theirs in ((one.generator, other.generator), (one.discriminator, other.discriminator)):
        pairs += [(mine.weights, theirs.weights), (mine.state, theirs.state)]
        pairs += [(mine.slots[name], theirs.slots[name]) for name in mine.slots]
    return one.steps == other.steps and all(
        np.array_equal(a, b) for left, right in pairs for a, b in zip(left, right, strict=True)
    )


@pytest.mark.parametrize("kind", ["separate", "combined"])
def test_one_after_the_other_is_a_step_of_both(kind):
    start = small(**{"update.kind": kind, "ema.decay": 0.9, "penalty.kind": "r1"})
    both, _ = start.machine.step(start.standing)
    alone, _ = start.machine.step(start.standing, "discriminator")
    assert alone.steps == (0, 1) and not alone.together
    assert alone.generator.weights is start.standing.generator.weights
    after, _ = start.machine.step(alone, "generator")
    assert same(after, both)


def test_at_once_each_is_that_of_a_step_of_both():
    start = small(**{"update.kind": "combined", "update.order": "simultaneous"})
    both, _ = start.machine.step(start.standing)
    d, _ = start.machine.step(start.standing, "discriminator")
    g, _ = start.machine.step(start.standing, "generator")
    assert same(g._replace(discriminator=d.discriminator, steps=(1, 1)), both)


def test_networks_that_have_stepped_unlike_each_make_their_own_next_step():
    start = small()
    at, _ = start.machine.step(start.standing, "generator")
    both, measures = start.machine.step(at)
    d, _ = start.machine.step(at, "discriminator")
    after, _ = start.machine.step(d, "generator")
    assert both.steps == (2, 1) and same(both, after)
    assert {"d_loss_real", "d_loss_fake", "g_loss"} <= set(measures)


def test_a_generator_alone_gets_its_way():
    """Against a discriminator that stands still, its loss falls and more of its points are taken for real."""
    start = small(**{"g_optimizer.learning_rate": 0.01})
    at = start.standing
    before = reading(start.machine, at)
    for _ in range(30):
        at, _ = start.machine.step(at, "generator")
    after = reading(start.machine, at)
    assert after.g_loss < before.g_loss and after.fake_for_real >= before.fake_for_real
    assert after.d_loss_real == pytest.approx(before.d_loss_real, abs=1e-12)


def test_without_a_discriminator_there_is_none_to_step():
    start = small(**{"loss.kind": "supervised", "latent.kind": "stratified", "update.kind": "combined"})
    with pytest.raises(ConfigError, match="supervised trains no discriminator"):
        start.machine.step(start.standing, "discriminator")
    after, measures = start.machine.step(start.standing)
    assert set(measures) == {"g_loss"} and after.generator.weights[0] is not start.standing.generator.weights[0]
    points, way = pulls(start.machine, start.standing)
    towards = start.machine.targets[0, : len(points)] - points
    cosines = (towards * way).sum(axis=1) / np.linalg.norm(towards, axis=1) / np.linalg.norm(way, axis=1)
    assert cosines.min() > 0.999


def test_sixty_presses_are_taken_back_one_by_one():
    start, kept, few = small(), Positions(), Positions(limit=400_000)
    letters = pressed("b20d20g20")
    ways = [kept.at("here", start, letters[:n]) for n in range(61)]
    assert few.at("here", start, letters).standing.finite and len(few) < 20
    for n in (59, 20, 0):  # what was thrown away is stepped to again
        again = few.at("here", start, letters[:n])
        assert same(again.standing, ways[n].standing)
        assert len(again.images) == 1 + steps_of(letters[:n])
    assert np.array_equal(ways[60].images[0], start.machine.points(start.standing.generator))


def test_a_press_of_ten_is_ten_presses_of_both():
    start, kept = small(), Positions()
    assert same(kept.at("x", start, "t").standing, kept.at("x", start, "b" * 10).standing)


@settings(max_examples=30)
@given(st.text("bdgt", max_size=40))
def test_letters_and_what_an_address_carries(letters):
    assert pressed(short(letters), 10_000) == letters


@pytest.mark.parametrize("text", ["x", "b0", "3b", "b-1", "b1000", "b" * 1201, "b٣", "t101", "B", "b b"])
def test_what_is_no_trial_is_refused(text):
    with pytest.raises(ConfigError, match="moves: "):
        pressed(text)


def test_the_larger_the_networks_the_fewer_steps():
    large = with_changes(RunConfig(), {"generator.hidden": [256, 256], "batch_size": 1024})
    assert beginning(RunConfig()).machine.most_steps == MOST_STEPS
    assert 60 <= beginning(large).machine.most_steps < MOST_STEPS
    for changes, field in (
        ({"generator.hidden": [800, 800]}, "generator.hidden"),
        ({"batch_size": 4096, "update.d_steps": 20}, "batch_size"),
    ):
        with pytest.raises(ConfigError, match=field):
            beginning(with_changes(RunConfig(), changes))


def test_the_end_of_a_stored_run_begins_with_new_optimizers():
    """Their first step is as long as Adam's first, not 16 times, as if its count went on without its moments."""
    start = small(**{"ema.decay": 0.9})
    weights = start.machine.weights(start.standing)
    stored = {f"raw_{name}": value for name, value in weights.items() if name.startswith("generator")}
    stored |= {name: value * 0.5 if name.startswith("generator") else value for name, value in weights.items()}
    end = end_of(start.config, stored, 100)
    assert end.step == 100 and not end.exact
    for mine, theirs in zip(end.standing.generator.weights, start.standing.generator.weights, strict=True):
        assert np.array_equal(mine, theirs)
    assert np.array_equal(end.standing.average[0], start.standing.generator.weights[0] * 0.5)
    after, _ = end.machine.step(end.standing)
    rate = start.config.g_optimizer.learning_rate
    pairs = zip(after.generator.weights, end.standing.generator.weights, strict=True)
    steps = [np.abs(new - old).max() for new, old in pairs]
    assert max(steps) == pytest.approx(rate, rel=0.01)
    with pytest.raises(ConfigError, match="weights: generator/0/kernel is missing"):
        end_of(start.config, {}, 100)


@pytest.mark.parametrize("arrays", [None, {}, {"step": np.array(3)}])
def test_a_checkpoint_of_something_else_is_refused(arrays):
    with pytest.raises(ConfigError, match="checkpoint: "):
        checkpoint_of(with_changes(RunConfig(), SMALL), arrays)


def test_a_trial_ends_where_a_weight_is_no_number():
    start = small(
        **{
            "d_optimizer.kind": "sgd",
            "d_optimizer.learning_rate": 10,
            "generator.output": "linear",
            "loss.kind": "wasserstein",
        }
    )
    at = Positions().at("x", start, "t" * 30)
    assert at.ended and len(at.images) < 301
    assert moved(start, at, "b") is at


def test_arrows_are_downhill():
    """A small step along them lowers the generator's loss by as much as their lengths say."""
    from gancore.parts.backend import tf, without_tensorflow
    from gancore.training.state import Learner, Masks
    from gancore.training.step import loss_of_fakes

    start = small(**{"discriminator.hidden": [16, 16], "discriminator.activation": "tanh"})
    machine = start.machine
    points, way = pulls(machine, start.standing)
    with without_tensorflow():
        weights = [tf.constant(one) for one in start.standing.discriminator.weights]

        def loss(points):
            judge = Learner(weights, {})
            fake = tf.constant(points[None])
            found = loss_of_fakes(machine.rules, fake, lambda _: judge, None, None, Masks(), machine.inputs.parts)
            return float(found.numpy()[0])

        short = 1e-4
        fallen = loss(points - short * way) - loss(points + short * way)
    assert fallen == pytest.approx(2 * short * np.mean(np.sum(way**2, axis=1)), rel=1e-6)
