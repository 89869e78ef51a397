"""Names of common use lead to a setting; intervals follow the steps; what is off is not compiled."""

from __future__ import annotations

import pytest

from gancore.config import (
    ConfigError,
    RunConfig,
    families_of,
    flatten,
    hints,
    intervals,
    parse_config,
    with_changes,
    with_kinds,
)
from gancore.parts import Part


def every_setting() -> set[str]:
    found = set(flatten(RunConfig()))
    for path, family in families_of(RunConfig()).items():
        for kind in family.registry:
            found |= set(flatten(with_kinds(RunConfig(), {f"{path}.kind": kind})))
    return found


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("optimizer", "g_optimizer.kind or d_optimizer.kind"),
        ("lr", "g_optimizer.learning_rate or d_optimizer.learning_rate"),
        ("d_optimizer.lr", "d_optimizer.learning_rate"),
        ("n_critic", "update.d_steps"),
        ("generator.units", "generator.hidden"),
        ("label_smoothing", "loss.real_label"),
        ("batch_sise", "batch_size"),
        ("amsgrad", "g_optimizer.kind or d_optimizer.kind"),
        ("update.n_critic", "update.d_steps"),
        ("discriminator.sn", "discriminator.spectral_norm.iterations"),
        ("loss.label_smoothing", "loss.real_label"),
    ],
)
def test_a_well_known_name_is_led_to_its_setting(given, meant):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), {given: "1"})
    assert f"there is no such setting (did you mean {meant}?)" in str(error.value)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("penalty.gamma", "penalty.kind r1, r1_r2 and r2 have it"),
        ("latent.low", "latent.kind uniform has it"),
        ("d_optimizer.momentum", "d_optimizer.kind rmsprop and sgd have it"),
    ],
)
def test_a_setting_of_another_kind_is_said_to_be_one(given, said):
    with pytest.raises(ConfigError) as error:
        with_changes(RunConfig(), {given: "1"})
    assert str(error.value).startswith(f"{given}: there is no such setting ({said}); use one of ")


def test_every_hint_is_a_setting_that_exists():
    known = every_setting()
    names = [*hints.OPTIMIZERS, *hints.NETWORKS, *hints.ELSEWHERE]
    for name in names:
        assert set(hints.likely(name)) <= known and hints.likely(name), name
    assert hints.likely("colour") == []


@pytest.mark.parametrize(
    ("steps", "log_every", "snapshot_every"),
    [(10_000, 200, 400), (99_600, 200, 400), (100_000, 200, 500), (400_000, 200, 2000), (1_000_000, 500, 5000)],
)
def test_intervals_follow_the_steps(steps, log_every, snapshot_every):
    for config in (
        with_changes(RunConfig(), {"steps": str(steps)}),
        parse_config({"steps": steps}),
        RunConfig(steps=steps),
        with_changes(with_changes(RunConfig(), {"steps": 1_000_000}), {"steps": steps}),
    ):
        assert (config.log_every, config.snapshot_every) == (log_every, snapshot_every)
        assert len(config.snapshot_steps) <= 250 and len(config.log_steps) <= 5000


def test_intervals_that_are_given_stay():
    kept = with_changes(RunConfig(), {"snapshot_every": 1000})
    assert with_changes(kept, {"steps": 200_000}).snapshot_every == 1000
    with pytest.raises(ConfigError, match="snapshot_every: 400 makes 251 records"):
        with_changes(RunConfig(), {"steps": 100_000, "snapshot_every": 400})
    assert intervals(10_000) == {"log_every": 200, "snapshot_every": 400}


def test_what_is_off_is_no_input_and_keeps_the_program():
    from gancore.training.shapes import GraphShape

    plain = RunConfig()
    assert set(plain.loss.inputs()) == set() and "clip_norm" not in plain.g_optimizer.inputs()
    for path, value, other in (
        ("g_optimizer.clip_norm", 1.0, 2.0),
        ("loss.flip", 0.1, 0.2),
        ("instance_noise.sigma", 0.1, 0.2),
        ("d_optimizer.schedule.warmup", 10, 20),
    ):
        one, two = (with_changes(plain, {path: number}) for number in (value, other))
        assert GraphShape.of(one) == GraphShape.of(two) != GraphShape.of(plain), path
        part: Part = one
        *parents, name = path.split(".")
        for parent in parents:
            part = getattr(part, parent)
        assert part.on(name) and part.inputs()[name] == value
        with pytest.raises(AttributeError):
            getattr(part.masked(), name)


def test_a_kind_may_be_chosen_before_what_it_needs():
    chosen = with_kinds(RunConfig(), {"loss.kind": "relativistic", "g_optimizer.schedule.kind": "cosine"})
    assert flatten(chosen)["g_optimizer.schedule.end"] == 0
    with pytest.raises(ConfigError, match="loss.kind: 'x' is unknown"):
        with_kinds(RunConfig(), {"loss.kind": "x"})


def test_an_outer_kind_is_set_before_an_inner_one():
    changes = {"g_optimizer.schedule.kind": "step", "g_optimizer.schedule.every": 7, "g_optimizer.kind": "sgd"}
    flat = flatten(with_changes(RunConfig(), changes))
    assert flat["g_optimizer.kind"] == "sgd" and flat["g_optimizer.schedule.every"] == 7
