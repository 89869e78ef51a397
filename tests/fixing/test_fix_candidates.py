"""What is declared as worth trying: that it makes configurations, with a source each, and how it is narrowed."""

from __future__ import annotations

from typing import Literal

import pytest

from gancore.config import Choice, ConfigError, RunConfig, flatten, parse_config, with_changes
from gancore.fixing.candidates import candidates, config_of, lengthened, pair
from gancore.jobs.estimate import work
from gancore.parts import Worth, worth_trying
from gancore.parts.penalties import R1
from gancore.recipes import RECIPES

START = RunConfig()
FOUND = {one.key: one for one in candidates(START)}


def test_each_is_a_configuration_of_its_own_with_a_source():
    configs = [config_of(START, one) for one in FOUND.values()]
    assert len({config.run_id for config in configs} | {START.run_id}) == len(FOUND) + 1
    assert all(
        one.source and one.label and config.dataset == START.dataset
        for one, config in zip(FOUND.values(), configs, strict=True)
    )
    assert not any(config.warnings() for config in configs)


def test_every_declared_value_fits_its_field():
    for family in Choice.families:
        for kind, member in family.registry.items():
            if not member.__module__.startswith("gancore."):
                continue
            for mark in member.__dict__.get("worth", ()):
                assert mark.source and all(set(table) <= set(member.model_fields) for table in mark.values), kind
            assert all(mark.source and (mark.values or mark.times) for _, mark in worth_trying(member)), kind


def test_the_same_setting_of_both_networks_is_one_change():
    rates = FOUND["both-networks-learning-rate-0-001"]
    assert rates.changes == {"g_optimizer.learning_rate": 1e-3, "d_optimizer.learning_rate": 1e-3}
    assert rates.kind == "setting"


def test_the_answer_s_fixes_are_among_them():
    assert {"batch-256", "combined-update", "generator-16-32"} <= set(FOUND)


def test_recipes_come_after_single_changes_and_controls_not_at_all():
    kinds = [one.kind for one in FOUND.values()]
    assert kinds == sorted(kinds, key=["setting", "recipe"].index)
    labels = {one.label for one in FOUND.values() if one.kind == "recipe"}
    assert RECIPES["ns-r1"].label in labels
    assert not labels & {one.label for one in RECIPES.values() if not one.worth_trying}


def test_a_recipe_is_what_it_stands_for_whatever_the_start():
    start = parse_config({"dataset": "moons", "batch_size": 64, "loss": "hinge", "steps": 2000})
    fast = next(one for one in candidates(start) if one.label == RECIPES["ns-r1"].label)
    expected = with_changes(RunConfig(), {"dataset.kind": "moons", "steps": 2000, **RECIPES["ns-r1"].for_steps(2000)})
    assert config_of(start, fast) == expected


@pytest.mark.parametrize("lock", ["g_optimizer", "g_optimizer.learning_rate", "generator", "batch_size"])
def test_what_is_locked_stays(lock: str):
    before = flatten(START)
    for one in candidates(START, [lock]):
        after = flatten(config_of(START, one))
        moved = [path for path in before if before[path] != after.get(path)]
        assert not [path for path in moved if path == lock or path.startswith(f"{lock}.")]


def test_all_locked_is_refused():
    every = list(dict.fromkeys(path.partition(".")[0] for path in flatten(START)))
    with pytest.raises(ConfigError, match="lock: it leaves nothing that could be tried"):
        candidates(START, every)


def test_an_unknown_lock_names_the_likely_one():
    with pytest.raises(ConfigError, match="lock: 'batchsize' is no setting .*batch_size"):
        candidates(START, ["batchsize"])


def test_pairs_are_of_settings_that_do_not_clash():
    batch, update = FOUND["batch-256"], FOUND["combined-update"]
    both = pair(START, batch, update)
    assert both is not None and both.parts == ("batch-256", "combined-update")
    assert config_of(START, both) == with_changes(START, {"batch_size": 256, "update.kind": "combined"})
    penalties = [one for one in FOUND.values() if "penalty.kind" in one.changes]
    assert pair(START, penalties[0], penalties[1]) is None


def test_equal_cost_gives_a_dear_change_fewer_steps():
    batch = FOUND["batch-256"]
    equal = config_of(START, batch, "cost")
    assert config_of(START, batch).steps == START.steps and equal.steps < START.steps
    assert work(equal) == pytest.approx(work(START), rel=0.01)


def test_a_short_race_ends_schedules_with_it():
    fast = next(one for one in FOUND.values() if one.label == RECIPES["ns-r1"].label)
    half = config_of(START, fast, share=0.5)
    assert half.steps == 5000
    assert flatten(half)["g_optimizer.schedule.end"] == flatten(half)["d_optimizer.schedule.end"] == 5000
    scheduled = with_changes(START, {"g_optimizer.schedule": {"kind": "cosine", "end": START.steps}})
    assert flatten(lengthened(scheduled, {}, 700))["g_optimizer.schedule.end"] == 700


def test_a_plug_in_s_part_is_tried_by_declaring_it():
    try:

        class Twice(R1):
            """R1 of twice the weight."""

            kind: Literal["twice"] = "twice"  # type: ignore[assignment]
            worth = (Worth(({"gamma": 0.04},), "A test"),)

        one = next(one for one in candidates(START) if one.changes.get("penalty.kind") == "twice")
        assert one.source == "A test" and config_of(START, one).penalty == Twice(gamma=0.04)
    finally:
        from gancore.parts import Penalty

        Penalty.registry.pop("twice", None)
        for act in Choice.on_registered:
            act()
