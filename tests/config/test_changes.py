"""Settings that change while a run trains, as a part of its configuration."""

from __future__ import annotations

import json

import pytest

from gancore.config import (
    Change,
    ConfigError,
    RunConfig,
    at_step,
    changeable,
    flatten,
    parse_config,
    stages,
    stored_config,
    with_change,
    with_changes,
)
from gancore.parts import identity

RATE = "3000:d_optimizer.learning_rate=0.0001"


def changed(text: str, **more) -> RunConfig:
    return with_changes(RunConfig(), more | {"changes": text})


def test_a_run_without_changes_has_the_id_that_it_had():
    assert "changes" not in identity(RunConfig()) and RunConfig().changes == ()
    assert changed("") == RunConfig()


def test_changes_are_part_of_the_id_however_they_are_written():
    ids = {
        changed(text).run_id
        for text in (
            f"{RATE},5000:g_optimizer.beta_1=0",
            " 5000 : g_optimizer.beta_1 = 0.0 , 3000:d_optimizer.learning_rate=1e-4",
            "05000:g_optimizer.beta_1=-0.0,3000:d_optimizer.learning_rate=.1E-3",
        )
    }
    assert len(ids) == 1
    others = {changed(text).run_id for text in (RATE, RATE.replace("3000", "3001"), RATE.replace("0.0001", "0.0003"))}
    assert len({*ids, *others, RunConfig().run_id}) == 5


def test_they_are_stored_as_text_and_mean_the_same_run_again():
    config = changed(f"{RATE},3000:g_optimizer.learning_rate=5e-05")
    plain = json.loads(json.dumps(identity(config)))
    assert plain["changes"] == [RATE, "3000:g_optimizer.learning_rate=5e-05"]
    assert flatten(config)["changes"] == plain["changes"]
    assert stored_config(plain) == config == parse_config({"changes": plain["changes"]})
    assert config.changes[0] == Change(3000, "d_optimizer.learning_rate", 1e-4)


def test_each_stretch_has_settings_of_its_own():
    config = changed(f"{RATE},3000:instance_noise.sigma=0.1,3000:instance_noise.until=9000,6000:loss.flip=0.1")
    assert [step for step, _ in stages(config)] == [0, 3000, 6000]
    assert at_step(config, 2999) == RunConfig()
    then = {"d_optimizer.learning_rate": 1e-4, "instance_noise.sigma": 0.1, "instance_noise.until": 9000}
    assert at_step(config, 3000) == at_step(config, 5999) == with_changes(RunConfig(), then)
    assert at_step(config, 6000) == with_changes(RunConfig(), then | {"loss.flip": 0.1})


def test_what_may_change_is_a_number_of_each_run():
    paths = changeable(with_changes(RunConfig(), {"penalty.kind": "r1", "g_optimizer.schedule.kind": "cosine",
                                                  "g_optimizer.schedule.end": 10_000}))  # fmt: skip
    assert {"g_optimizer.learning_rate", "penalty.gamma", "instance_noise.sigma", "g_optimizer.schedule.final"} < {
        *paths
    }
    assert not {"batch_size", "seed", "steps", "dataset.noise", "penalty.every", "generator.hidden"} & {*paths}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("learning_rate=1", "STEP:SETTING=VALUE"),
        ("3000:d_optimizer.learning_rate=nan", "STEP:SETTING=VALUE"),
        ("3000:d_optimizer.learning_rate=1e999", "STEP:SETTING=VALUE"),
        (f"3000:{'x' * 500}=1", "STEP:SETTING=VALUE"),
        ("0:d_optimizer.learning_rate=1e-4", "use a step from 1 to 9999"),
        ("10000:d_optimizer.learning_rate=1e-4", "use a step from 1 to 9999"),
        ("3000:d_optimizer.learning_rate=7", r"d_optimizer\.learning_rate: 7 .* less than or equal to 1"),
        ("3000:d_optimizer.learning_rate=0", r"d_optimizer\.learning_rate: 0 .* greater than 0"),
        ("3000:instance_noise.until=0.5", r"instance_noise\.until: 0\.5 .* whole number"),
        ("3000:batch_size=64", r"batch_size=64' is not a change of a number that a run may have of its own"),
        ("3000:d_optimizer.learning_rat=1e-4", r"use one of d_optimizer\.learning_rate"),
        ("3000:penalty.gamma=1", "is not a change of a number"),
        ("3000:d_optimizer.learning_rate.x=1", "is not a change of a number"),
        ("3000:update.consensus=1", r"update\.kind: 'separate' is not allowed with update\.consensus"),
        ("3000:ema.decay=0.99", "what it averages begins with the run"),
        ("3000:d_optimizer.learning_rate=0.0002", "has that value already"),
        (f"{RATE},3000:d_optimizer.learning_rate=0.0003", "not the only one"),
        (f"{RATE},5000:d_optimizer.learning_rate=0.0001", "has that value already"),
        (",".join(f"{step}:g_optimizer.beta_1={step / 1000}" for step in range(1, 66)), "at most 64"),
    ],
)
def test_what_is_not_allowed_is_named_with_what_is(text, says):
    with pytest.raises(ConfigError, match=says) as caught:
        changed(text)
    assert caught.value.path == "changes" and str(caught.value).startswith("changes: ")
    assert len(str(caught.value)) < 600


def test_a_shorter_run_has_no_changes_after_its_end():
    with pytest.raises(ConfigError, match="not within the run's 2000 steps"):
        with_changes(changed(RATE), {"steps": 2000})


def test_one_more_change_takes_the_place_of_the_same_ones():
    def after(*texts: str) -> list[str]:
        config = changed(f"{RATE},6000:d_optimizer.learning_rate=0.0005")
        return [str(change) for change in with_change(config, *map(Change.read, texts)).changes]

    both = [RATE, "6000:d_optimizer.learning_rate=0.0005"]
    assert after("3000:d_optimizer.learning_rate=0.0004") == [RATE.replace("1", "4"), both[1]]
    assert after("3000:d_optimizer.learning_rate=0.0002") == both[1:], "what the base has is no change"
    assert after("4000:d_optimizer.learning_rate=0.0005") == [both[0], both[1].replace("6000", "4000")]
    assert after("4000:g_optimizer.beta_1=0.9") == [both[0], "4000:g_optimizer.beta_1=0.9", both[1]]
    base = with_change(changed(RATE), Change.read("0:d_optimizer.learning_rate=0.0001"))
    assert base == with_changes(RunConfig(), {"d_optimizer.learning_rate": 1e-4})
