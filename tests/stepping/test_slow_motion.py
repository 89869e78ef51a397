"""The parts of a step: together exactly the step, each with the numbers that were really computed."""

from __future__ import annotations

import numpy as np
import pytest
from support.every_part import MIXED, mixed
from support.stepping import SMALL

from gancore.config import RunConfig, with_changes
from gancore.stepping import beginning, slow_motion

RATE = float(np.float32(RunConfig().g_optimizer.learning_rate))
"""Of both networks; Keras keeps it in float32."""


def parts_of(**changes):
    start = beginning(with_changes(RunConfig(), SMALL | changes))
    parts, after = slow_motion(start.machine, start.standing)
    return start, parts, after


@pytest.mark.parametrize("name", MIXED)
def test_they_add_up_to_the_step(name):
    start = beginning(mixed(name))
    parts, after = slow_motion(start.machine, start.standing)
    whole, _ = start.machine.step(start.standing)
    for mine, theirs in ((after, whole), (parts[-1].standing, whole)):
        for network in ("generator", "discriminator"):
            pairs = zip(getattr(mine, network).weights, getattr(theirs, network).weights, strict=True)
            assert all(np.array_equal(*pair) for pair in pairs)
    assert all(part.sentence.endswith(".") and part.title for part in parts)


def test_of_separate_updates_in_their_order():
    start, parts, after = parts_of(**{"d_optimizer.kind": "sgd", "g_optimizer.kind": "sgd"})
    kinds = ["points", "judged", "d_update"] * 2 + ["fakes", "followed", "g_update"]
    assert [part.kind for part in parts] == kinds
    real, fake = parts[0], parts[3]
    assert real.real is not None and real.fake is None and fake.fake is not None and fake.real is None
    training = {tuple(point) for point in start.config.dataset.points()}
    assert all(tuple(point.astype(np.float32)) in training for point in real.real)
    for update in (parts[2], parts[5], parts[8]):
        assert update.numbers["step"] == pytest.approx(RATE * update.numbers["gradient"], rel=1e-9)
    before, between = parts[0].standing.discriminator.weights[0], parts[3].standing.discriminator.weights[0]
    assert not np.array_equal(before, between)
    assert np.array_equal(parts[-1].standing.generator.weights[0], after.generator.weights[0])


def test_numbers_are_those_of_the_step():
    start, parts, _ = parts_of(**{"update.kind": "combined", "penalty.kind": "r1", "penalty.gamma": 2.0})
    _, measures = start.machine.step(start.standing)
    (judged,) = (part for part in parts if part.kind == "judged")
    assert judged.numbers["real_for_real"] == measures["d_acc_real"]
    assert judged.numbers["fake_for_real"] == 1 - measures["d_acc_fake"]
    assert judged.numbers["real_loss"] == measures["d_loss_real"]
    losses = (measures["d_loss_real"] + measures["d_loss_fake"]) / 2 + measures["d_penalty"]
    assert judged.numbers["loss"] == pytest.approx(losses, rel=1e-12)
    (followed,) = (part for part in parts if part.kind == "followed")
    assert followed.numbers["loss"] == measures["g_loss"]
    share = f"{round(100 * measures['d_acc_real'])}% of these 16 real points for real"
    assert share in judged.sentence
    (update,) = (part for part in parts if part.kind == "g_update")
    old, new = update.moved
    assert update.numbers["moved"] == pytest.approx(np.mean(np.linalg.norm(new - old, axis=1)))
    assert np.array_equal(new, start.machine.points(update.standing.generator))


def test_arrows_of_the_batch_are_the_gradient_through_the_generator():
    """The generator's gradient is what the arrows are, through its last bias: their mean, for a linear output."""
    start, parts, after = parts_of(**{"generator.output": "linear", "g_optimizer.kind": "sgd"})
    (followed,) = (part for part in parts if part.kind == "followed")
    shift = after.generator.weights[-1][0, 0] - start.standing.generator.weights[-1][0, 0]
    np.testing.assert_allclose(shift, RATE * followed.pulls.mean(axis=0), rtol=1e-9)


def test_further_rounds_and_updates_are_a_sentence_each():
    _, parts, after = parts_of(**{"update.d_steps": 3, "update.g_steps": 2, "update.kind": "combined"})
    titles = [part.title for part in parts]
    assert titles[3:5] == ["D's round 2 of 3", "D's round 3 of 3"] and titles[-1] == "G's update 2 of 2"
    _, parts, _ = parts_of(**{"update.d_steps": 2})
    assert [part.title for part in parts][6:8] == [
        "D's round 2 of 2, real points",
        "D's round 2 of 2, generated points",
    ]


def test_a_look_ahead_is_told_apart():
    start, parts, after = parts_of(**{"update.kind": "extragradient", "update.order": "simultaneous", "ema.decay": 0.9})
    titles = [part.title for part in parts]
    assert (
        titles[0].startswith("Look ahead: ") and titles[-2].startswith("From there: ") and titles[-1] == "The average"
    )
    moved = [new - old for new, old in zip(after.generator.weights, start.standing.generator.weights, strict=True)]
    assert parts[-2].numbers["step"] == pytest.approx(np.sqrt(sum(np.sum(one**2) for one in moved)))


def test_of_a_critic_there_are_scores_and_no_decisions():
    _, parts, _ = parts_of(**{"loss.kind": "wasserstein", "penalty.kind": "gradient"})
    judged = [part for part in parts if part.kind == "judged"]
    assert all("real_for_real" not in part.numbers and "on average" in part.sentence for part in judged)
    penalised = [part for part in parts if part.kind == "d_update" and "penalty" in part.numbers]
    assert len(penalised) == 1 and "of which the penalty is" in penalised[0].sentence


def test_plain_data_have_no_number_that_is_none():
    start, parts, _ = parts_of()
    part = parts[1]
    part.numbers["loss"] = float("nan")
    assert part.plain()["numbers"]["loss"] is None
    assert set(part.plain()) == {"part", "title", "sentence", "numbers"}
