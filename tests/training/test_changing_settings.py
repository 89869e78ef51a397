"""Runs whose settings change on the way: as the plain loop, as without changes before, and after a break."""

from __future__ import annotations

import numpy as np
import pytest
from support.company import finished, same
from support.matching import LAST, largest_difference

from gancore.config import RunConfig, at_step, with_changes
from gancore.recording.events import Row, Snapshot, Tick
from gancore.training.engine import train
from gancore.training.program import LANES, program
from gancore.training.shapes import GraphShape, group_key

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SMALL = {
    "latent.dim": 8,
    "generator.hidden": [16, 8],
    "discriminator.hidden": [12],
    "batch_size": 16,
    "dataset.size": 500,
    "penalty.kind": "r1",
    "instance_noise.sigma": 0.1,
}
QUICK = SMALL | {"steps": 60, "log_every": 20, "snapshot_every": 30}
RATES = "25:d_optimizer.learning_rate=0.002,40:g_optimizer.learning_rate=0.00005"
SWITCHED = "25:d_optimizer.clip_norm=0.01"
"""What is compiled out of the program until then."""


def runs(changes: str, count: int = 2, **more) -> list[RunConfig]:
    return [with_changes(RunConfig(), QUICK | {"changes": changes, "seed": seed} | more) for seed in range(count)]


@pytest.mark.parametrize(
    "changes",
    [
        "10:penalty.gamma=3,10:d_optimizer.learning_rate=0.001,30:instance_noise.sigma=0.02,30:g_optimizer.beta_1=0.8",
        "20:instance_noise.sigma=0",
    ],
)
def test_lanes_match_the_plain_loop_on_the_same_draws(changes):
    assert largest_difference(runs(changes, LANES), "float32", lanes=LAST) < 1e-5


def events_of(configs, **how):
    return [event for event in train(configs, lanes=LANES, **how) if not isinstance(event, Tick)]


@pytest.mark.parametrize("changes", [RATES, SWITCHED])
def test_until_a_change_a_run_is_the_one_without_it(changes):
    ours, theirs = events_of(runs(changes)), events_of(runs(""))
    first = 25
    for one, other in zip(ours, theirs, strict=True):
        if isinstance(one, Row):
            alike = all(np.array_equal(one.values[name], other.values[name]) for name in one.values)
        elif isinstance(one, Snapshot):
            alike = np.array_equal(one.points, other.points)
        else:
            alike = same(one.weights[0], other.weights[0])
        assert alike == (one.step <= first), one


@pytest.mark.parametrize("changes", [RATES, SWITCHED])
@pytest.mark.parametrize("at", [20, 25, 31])
def test_a_run_ends_in_the_same_place_after_a_break(changes, at):
    whole = finished(runs(changes))
    ticks = (event for event in train(runs(changes), tick=1e-9) if isinstance(event, Tick) and event.step >= at)
    saved = next(ticks).checkpoint()
    assert int(saved[0]["step"]) == at
    assert same(whole.weights[0], finished(runs(changes), start=saved).weights[0])


def test_a_change_of_what_the_program_has_needs_no_other_program():
    for config in runs(RATES):
        assert GraphShape.of(at_step(config, 59)) == GraphShape.of(config) == GraphShape.of(runs("")[0])
    (switched,) = runs(SWITCHED, 1)
    assert GraphShape.of(at_step(switched, 24)) == GraphShape.of(runs("")[0])
    assert GraphShape.of(at_step(switched, 25)) != GraphShape.of(switched)
    kept = program(GraphShape.of(runs("")[0]), LANES)
    events_of(runs(RATES))
    assert program(GraphShape.of(runs(RATES)[0]), LANES) is kept


def test_runs_with_other_changes_train_apart():
    assert group_key(runs(RATES)[0]) == group_key(runs(RATES)[1]) != group_key(runs("")[0])
    with pytest.raises(ValueError, match="need the same graph shape"):
        train([runs(RATES)[0], runs("")[1]])
