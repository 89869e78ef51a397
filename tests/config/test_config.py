"""RunConfig: its identity, its bounds, and what wrong input is told."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

import gancore
from gancore.config import ConfigError, Dataset, RunConfig, differing, flatten, parse_config, with_changes

BASELINE = RunConfig()


def test_the_defaults_are_the_questions_baseline_on_the_circle():
    flat = flatten(BASELINE)
    assert flat["dataset.kind"] == "circle"
    assert (flat["dataset.size"], flat["dataset.scale"]) == (10_000, 1.0)
    assert (flat["latent.kind"], flat["latent.dim"]) == ("normal", 128)
    assert flat["generator.hidden"] == flat["discriminator.hidden"] == [64, 128]
    assert flat["generator.output"] == "tanh"
    assert flat["loss.kind"] == "non_saturating"
    assert flat["update.kind"] == "separate"
    for optimizer in ("g_optimizer", "d_optimizer"):
        assert [flat[f"{optimizer}.{field}"] for field in ("learning_rate", "beta_1", "beta_2", "epsilon")] == [
            2e-4,
            0.5,
            0.999,
            1e-7,
        ]
    assert (flat["batch_size"], flat["steps"], flat["log_every"]) == (32, 10_000, 200)


def test_run_id_is_the_same_in_another_process_whatever_the_hash_seed():
    code = "from gancore import RunConfig; print(RunConfig().run_id)"
    for hash_seed in ("1", "2"):
        printed = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            check=True,
            env={"PYTHONHASHSEED": hash_seed, "PATH": ""},
        )
        assert printed.stdout.strip() == BASELINE.run_id


def test_run_id_does_not_depend_on_key_order_or_on_defaults_being_spelled_out():
    data = BASELINE.model_dump(mode="json")
    reversed_data = {key: data[key] for key in reversed(data)}
    reversed_data["g_optimizer"] = dict(reversed(data["g_optimizer"].items()))
    assert parse_config(reversed_data).run_id == parse_config({}).run_id == BASELINE.run_id


OTHER = {
    "dataset.kind": "parabola",
    "dataset.noise_along": "normal",
    "dataset.placement.fit": "box",
    "loss.kind": "minimax",
    "latent.kind": "uniform",
    "update.kind": "combined",
    "generator.output": "linear",
    "generator.activation": "relu",
    "discriminator.activation": "tanh",
    "generator.hidden": [16, 32],
    "discriminator.hidden": [64],
    "penalty.kind": "r1",
    "g_optimizer.kind": "sgd",
    "d_optimizer.kind": "sgd",
    "update.order": "simultaneous",
    "generator.initial.kind": "orthogonal",
    "discriminator.initial.kind": "he_normal",
    "g_optimizer.schedule.kind": "exponential",
    "d_optimizer.schedule.kind": "step",
    "generator.norm.kind": "batch",
    "discriminator.norm.kind": "layer",
    "discriminator.minibatch.kind": "std",
    "generator.spectral_norm.gradient": False,
    "discriminator.spectral_norm.gradient": False,
    "changes": ["1:d_optimizer.learning_rate=0.5"],
}
BESIDE = {
    "instance_noise.until": {"instance_noise.sigma": 0.1},
    "ema.start": {"ema.decay": 0.9},
    "ema.warmup": {"ema.decay": 0.9},
    "update.consensus": {"update.kind": "combined", "update.order": "simultaneous"},
}
"""What a field means nothing without."""


@pytest.mark.parametrize("path", flatten(BASELINE))
def test_every_field_changes_the_run_id(path):
    value = flatten(BASELINE)[path]
    if path in OTHER:
        other = OTHER[path]
    else:
        other = value + 1 if isinstance(value, int) else (value or 0.1) * 0.5
    before = with_changes(BASELINE, BESIDE.get(path, {}))
    changed = with_changes(before, {path: other})
    assert changed.run_id != before.run_id
    assert path in differing([before, changed], ignore=())


def test_results_version_is_part_of_the_run_id(monkeypatch):
    before = BASELINE.run_id
    monkeypatch.setattr(gancore.config.model, "RESULTS_VERSION", gancore.RESULTS_VERSION + 1)
    assert BASELINE.run_id != before


@given(
    st.fixed_dictionaries(
        {
            "dataset.kind": st.sampled_from(sorted(Dataset.registry)),
            "dataset.scale": st.floats(0.01, 100),
            "generator.hidden": st.lists(st.integers(1, 512), max_size=8),
            "batch_size": st.integers(1, 8192),
            "g_optimizer.learning_rate": st.floats(1e-9, 1),
            "seed": st.integers(0, 2**31 - 1),
        }
    )
)
def test_a_config_survives_json(changes):
    config = with_changes(BASELINE, changes)
    again = parse_config(json.loads(config.model_dump_json()))
    assert again == config
    assert again.run_id == config.run_id


def test_text_as_typed_gives_the_same_config_as_values():
    typed = with_changes(BASELINE, {"generator.hidden": "16,32", "batch_size": "256", "dataset.scale": "0.5"})
    assert typed == with_changes(BASELINE, {"generator.hidden": [16, 32], "batch_size": 256, "dataset.scale": 0.5})


def test_another_kind_keeps_shared_settings_and_drops_its_own():
    circle = with_changes(BASELINE, {"dataset.center_x": 1, "dataset.scale": 0.5})
    parabola = with_changes(circle, {"dataset.kind": "parabola"})
    assert parabola.dataset.scale == 0.5
    assert "dataset.center_x" not in flatten(parabola)


@pytest.mark.parametrize(
    ("path", "value", "said"),
    [
        ("dataset.kind", "spirla", "use one of spiral, "),
        ("loss.kind", "wgan", "hinge, least_squares, minimax, non_saturating"),
        ("generator.hidden", "-3", "greater than or equal to 1"),
        ("generator.hidden", [64] * 9, "at most 8"),
        ("batch_size", 0, "greater than or equal to 1"),
        ("batch_size", "many", "whole number"),
        ("g_optimizer.learning_rate", float("nan"), "finite"),
        ("g_optimizer.learning_rate", "nan", "finite"),
        ("d_optimizer.beta_1", 1, "less than 1"),
        ("dataset.scale", float("inf"), "finite"),
        ("generator.output", "softmax", "'tanh', 'linear', 'tanh_1.5', 'sigmoid' or 'range'"),
        ("generator", 3, "generator.hidden"),
        ("dataset", "circel", "use one of circle, "),
        ("loss", "minmax", "use one of hinge, least_squares, "),
        ("dataset.kind", [], "circle, circles, "),
        ("batch_size", True, "it must be a number, not true or false"),
        ("dataset.scale", False, "it must be a number, not true or false"),
        ("generator.hidden", [64, True], "it must be a number, not true or false"),
        ("update.shared_adam_clock", "perhaps", "boolean"),
        ("generator.hidden", [2000, 2000], "the two networks may have 4,000,000 together"),
        ("discriminator.hidden", "1024," * 5, "the two networks may have 4,000,000 together"),
        ("generatr.hidden", "3", "use one of dataset, latent"),
        ("dataset.radius", 2, "dataset.scale"),
        ("snapshot_every", 1, "use 41 or more"),
        ("seed", -1, "greater than or equal to 0"),
    ],
)
def test_wrong_input_names_the_field_the_value_and_what_is_allowed(path, value, said):
    with pytest.raises(ConfigError) as error:
        with_changes(BASELINE, {path: value})
    message = str(error.value)
    assert message.startswith(path.split(".", maxsplit=1)[0])
    assert said in message
    assert "\n" not in message


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("batch_size", "9" * 5000),
        ("batch_size", 1 << 20_000),
        ("dataset", "x" * 5000),
        ("loss.kind", "x" * 5000),
        ("x" * 5000, 1),
    ],
    ids=["text", "number", "group", "kind", "name"],
)
def test_a_long_value_is_not_echoed_whole(path, value):
    with pytest.raises(ConfigError) as error:
        with_changes(BASELINE, {path: value})
    assert len(str(error.value)) < 300


@pytest.mark.parametrize(("text", "value"), [("true", True), ("False", False), ("1", True), (True, True)])
def test_a_switch_takes_true_and_false_as_text(text, value):
    assert with_changes(BASELINE, {"update.shared_adam_clock": text}).update.shared_adam_clock is value


def test_weights_are_counted_as_the_networks_have_them():
    from gancore.training.networks import initial_weights

    generator, discriminator = initial_weights(BASELINE)
    assert BASELINE.generator.network(BASELINE.latent).weights == sum(weight.size for weight in generator)
    assert BASELINE.discriminator.network().weights == sum(weight.size for weight in discriminator)


def test_a_config_cannot_be_changed_in_place():
    with pytest.raises(ValueError, match="frozen"):
        BASELINE.batch_size = 3  # type: ignore[misc]


def test_a_taken_kind_is_refused():
    from typing import Literal

    with pytest.raises(TypeError, match="'circle' is taken"):

        class Again(Dataset):
            kind: Literal["circle"] = "circle"


@given(st.integers(1, 20_000), st.integers(100, 1000), st.integers(100, 1000))
def test_history_and_snapshots_always_hold_the_last_step(steps, log_every, snapshot_every):
    config = with_changes(BASELINE, {"steps": steps, "log_every": log_every, "snapshot_every": snapshot_every})
    assert config.log_steps[-1] == config.snapshot_steps[-1] == steps
    assert config.snapshot_steps[0] == 0
    assert config.log_steps == sorted(set(config.log_steps))
    assert all(step % snapshot_every == 0 for step in config.snapshot_steps[:-1])
