"""A list of Gaussians on every way that a setting is stated: JSON, TOML, command line, link, draft, form."""

from __future__ import annotations

import json
import shlex

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gancore.config import ConfigError, RunConfig, flatten, parse_config, stored_config, with_changes
from gancore.datasets import Blobs
from gancore.parts import identity
from gancore.studies import parse_study
from gancore.studies.commands import train_command, value_text
from gancore.studies.drafts import decode_study, draft_of, encode_study, study_of

TEXT = "0.3 -0.5 0 0.1 / 0.7 0.5 0 0.02 0.01 0.02"
TABLES = [
    {"weight": 0.3, "mean": [-0.5, 0.0], "sigma": 0.1},
    {"weight": 0.7, "mean": [0.5, 0.0], "covariance": [0.02, 0.01, 0.02]},
]
STUDY = """
name = "own-gaussians"
title = "Gaussians of one's own"
question = "?"
seeds = 2
[base]
dataset.kind = "blobs"
steps = 10
[factors.shape]
path = "dataset.gaussians"
levels = [
  [{mean = [-0.5, 0], sigma = 0.1, weight = 0.3},
   {weight = 0.7, mean = [0.5, 0], covariance = [[0.02, 0.01], [0.01, 0.02]]}],
  "1 0 0 0.2; 1, 1, 1, 0.2",
]
"""


def of(value: object) -> RunConfig:
    return parse_config({"dataset": {"kind": "blobs", "gaussians": value}})


def gaussians(config: RunConfig) -> object:
    return flatten(config)["dataset.gaussians"]


@pytest.mark.parametrize(
    "value",
    [
        TABLES,
        TEXT,
        json.dumps(TABLES),
        "0.3, -0.5, 0, 0.1; 0.7, 0.5, 0, 0.02, 0.01, 0.02",
        "0.3 -0.5 0 0.1\n0.7 0.5 0 0.02 0.01 0.02\n",
        [[0.3, -0.5, 0, 0.1], [0.7, 0.5, 0, 0.02, 0.01, 0.02]],
    ],
)
def test_every_way_of_writing_means_the_same(value: object) -> None:
    config = of(value)
    assert gaussians(config) == TABLES and value_text(gaussians(config)) == TEXT
    assert config.run_id == of(TABLES).run_id
    assert stored_config(identity(config)) == config == parse_config(json.loads(config.model_dump_json()))


def test_a_command_line_has_them_as_text() -> None:
    words = shlex.split(train_command(of(TABLES)))
    changes = dict(word.split("=", 1) for word in words if "=" in word)
    assert changes == {"dataset.gaussians": TEXT}
    assert with_changes(RunConfig(), {"dataset.kind": "blobs"} | changes) == of(TABLES)


def test_a_study_its_text_its_link_and_its_draft_keep_them() -> None:
    study = parse_study(STUDY)
    first, second = (gaussians(variant.config) for variant in study.variants)
    assert first == TABLES and value_text(second) == "1 0 0 0.2 / 1 1 1 0.2"
    assert len({variant.label for variant in study.variants}) == 2
    assert parse_study(study.to_toml()).configs() == study.configs()
    assert decode_study(encode_study(study)).configs() == study.configs()
    assert study_of(draft_of(study)).configs() == study.configs()


@pytest.mark.parametrize(
    ("value", "path", "words"),
    [
        ("", "dataset.gaussians", "1 to 100 Gaussians"),
        ("1 0 0", "dataset.gaussians", "one has 3"),
        ("0 0 0 1 / 0 1 1 1", "dataset.gaussians", "a weight above 0; all are 0"),
        ("1 0 0 .1 / 1 0 0 1 2 1", "dataset.gaussians.2.covariance", "positive"),
        ("1 0 x .1", "dataset.gaussians.1.mean", "number"),
        ("1 0 0 .1 / -1 0 0 1", "dataset.gaussians.2.weight", "-1"),
        ("1 0 0 0", "dataset.gaussians.1.sigma", "0.001"),
        ([{"mean": [0, 0]}], "dataset.gaussians.1", "one of sigma and covariance"),
        ([{"mean": [0, 0], "sigma": True}], "dataset.gaussians.1.sigma", "not true or false"),
        ([{"mean": [0], "sigma": 1}], "dataset.gaussians.1.mean", "two numbers"),
        ([{"mean": [0, 0], "covariance": [[1, 2], [3, 9]]}], "dataset.gaussians.1.covariance", "symmetric"),
        ([{"mean": [0, 0], "sgima": 1}], "dataset.gaussians", "a table of weight"),
        ("1 0 0 .1 /" * 101, "dataset.gaussians", "1 to 100"),
        ("1 " * 6000, "dataset.gaussians", "at most 10,000 characters"),
        ("[1", "dataset.gaussians", "it must be JSON"),
        ("[" * 9000, "dataset.gaussians", "it must be JSON"),
        (7, "dataset.gaussians", "1 to 100 Gaussians"),
    ],
)
def test_what_is_wrong_is_named_with_its_place(value: object, path: str, words: str) -> None:
    with pytest.raises(ConfigError) as caught:
        of(value)
    assert caught.value.path == path and words in str(caught.value), str(caught.value)


@settings(max_examples=300)
@given(st.text(alphabet="0123456789.-+eE /;,\n xinfa\u00b2", max_size=60))
def test_any_text_gives_gaussians_or_a_sentence(text: str) -> None:
    try:
        config = of(text)
    except ConfigError as error:
        assert str(error).startswith("dataset.gaussians") and "\n" not in error.path
    else:
        assert isinstance(config.dataset, Blobs)
        assert of(value_text(gaussians(config))) == config


def test_a_covariance_that_is_not_positive_is_refused_with_what_is_allowed() -> None:
    with pytest.raises(
        ConfigError, match=r"dataset\.covariance: 0\.2 is not allowed; it must be between -0\.1 and 0\.1"
    ):
        parse_config({"dataset": {"kind": "gaussian", "covariance": 0.2}})


def test_the_form_takes_them_as_text_and_says_what_is_wrong_under_the_field() -> None:
    from support.pages import opened

    app = opened("pages/data.py", {"dataset.kind": "blobs", "dataset.gaussians": TEXT})
    assert not app.exception
    (field,) = [one for one in app.text_input if one.key == "dataset.gaussians"]
    assert field.value == TEXT
    field.set_value("1 0 0 0.1 / 1 0 0 -1").run()
    assert not app.exception
    assert any("dataset.gaussians.2.sigma" in one.value.replace("\\", "") for one in app.markdown)
