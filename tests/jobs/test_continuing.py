"""Which runs can be trained on, what is kept of them for that, and how much."""

from __future__ import annotations

import os

import pytest

from gancore import jobs
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.jobs.continuing import shortened
from gancore.store import Store, states

RUN = "ab" * 32


def config(**changes) -> RunConfig:
    return with_changes(RunConfig(), {"steps": 1000} | changes)


def test_a_longer_run_is_the_one_that_asks_for_so_many_steps():
    longer = jobs.continued(config(), 3000)
    assert longer == config(steps=3000) and shortened(longer, 1000) == config()
    changed = config(steps=3000, changes="500:loss.flip=0.1,2000:loss.flip=0.2")
    assert shortened(changed, 1000) == config(changes="500:loss.flip=0.1")
    assert shortened(changed, 500) == config(steps=500)


@pytest.mark.parametrize(
    ("changes", "steps", "says"),
    [
        ({}, 1000, r"^steps: 1000 is not allowed; use more than the 1,000 that it has"),
        ({}, 2_000_000, r"^steps: 2000000 is not allowed; it must be less than or equal to 1000000"),
        (
            {"g_optimizer.schedule.kind": "cosine", "g_optimizer.schedule.end": 1000},
            3000,
            r"^g_optimizer\.schedule\.end: 1000 is where the run ends, .* another run from the first step on",
        ),
        (
            {"d_optimizer.schedule.kind": "linear", "d_optimizer.schedule.end": 1000},
            3000,
            r"^d_optimizer\.schedule\.end: ",
        ),
        ({"instance_noise.sigma": 0.1, "instance_noise.until": 1000}, 3000, r"^instance_noise\.until: 1000 is where"),
        (
            {"changes": "10:instance_noise.sigma=0.1,10:instance_noise.until=1000"},
            3000,
            r"^instance_noise\.until: 1000 is where",
        ),
    ],
)
def test_a_run_whose_schedule_ends_with_it_has_no_longer_one(changes, steps, says):
    with pytest.raises(ConfigError, match=says):
        jobs.continued(config(**changes), steps)


def test_a_schedule_that_ends_elsewhere_goes_on():
    longer = jobs.continued(config(**{"instance_noise.sigma": 0.1, "instance_noise.until": 800}), 3000)
    assert longer.instance_noise.until == 800


@pytest.mark.parametrize(
    ("step", "path", "value", "says"),
    [
        (1000, "loss.flip", "0.1", r"^step: 1000 is not allowed; use a step before the run's last"),
        (500, "loss.flip", "0.7", r"^loss\.flip: .* less than or equal to 0\.5"),
        (500, "loss.flip", "0", r"^loss\.flip: '0' is what the run has at step 500 already"),
        (500, "steps", "2000", r"^steps: it does not change while a run trains"),
    ],
)
def test_a_branch_that_makes_no_sense_is_refused(step, path, value, says):
    with pytest.raises(ConfigError, match=says):
        jobs.branched(config(), step, path, value)


def test_states_are_kept_as_room_allows_the_newest_first(own_store, monkeypatch):
    kept = Store(own_store).states
    monkeypatch.setattr(states, "MOST", 250)
    ids = [f"{number:064x}" for number in range(4)]
    for number, run_id in enumerate(ids):
        kept.keep(run_id, 1000 * (1 + number % 2), b"x" * 100)
        path = own_store / "states" / str(1000 * (1 + number % 2)) / f"{run_id}.npz"
        if path.exists():
            os.utime(path, (number, number))
    assert [kept.has(run_id, 1000 * (1 + number % 2)) for number, run_id in enumerate(ids)] == [
        False,
        False,
        True,
        True,
    ]
    assert kept.lengths() == [2000, 1000] and kept.read(ids[2], 1000) == b"x" * 100
    monkeypatch.setattr(states, "LARGEST", 50)
    kept.keep(RUN, 1000, b"x" * 60)
    assert not kept.has(RUN, 1000) and kept.read(ids[2], 1000) is None, "what is too large is neither kept nor read"


def test_a_store_without_states_has_none(own_store):
    kept = Store(own_store).states
    assert kept.lengths() == [] and kept.read(RUN, 1000) is None
    kept.forget(RUN)
    assert jobs.kept_until(Store(own_store), config()) == 0
