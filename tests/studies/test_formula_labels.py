"""Labels, names, commands, links and drafts of studies on typed formulas."""

from __future__ import annotations

import shlex

import pytest
from support.command_line import wrong
from support.studies import study

from gancore.config import parse_config, with_changes
from gancore.studies import label_of, labels_of, parse_study
from gancore.studies.commands import settings_of, train_command
from gancore.studies.drafts import (
    Draft,
    FactorRow,
    SettingRow,
    VariantRow,
    decode_study,
    draft_of,
    encode_study,
    problems,
    study_of,
)


@pytest.mark.parametrize(
    ("changes", "label"),
    [
        ({"dataset.kind": "formula"}, "(cos(t), sin(t))"),
        ({"dataset.kind": "formula", "dataset.y": "sin(2*t)"}, "(cos(t), sin(2*t))"),
        (
            {"dataset.kind": "formula", "dataset.x": "", "dataset.y": "x^2", "dataset.start": -1, "batch_size": 64},
            "y = x^2, from -1, batch 64",
        ),
        ({"dataset.kind": "formula", "dataset.along": "parameter"}, "(cos(t), sin(t)), even in the parameter"),
        ({"dataset.kind": "formula", "dataset.x": "cos(t); 3 + cos(t)"}, "(cos(t), sin(t)) and 1 more"),
    ],
)
def test_a_label_has_the_formula_in_short(changes, label):
    assert label_of(with_changes(parse_config({}), changes)) == label


def test_formulas_are_told_apart_by_themselves():
    base = parse_config({"dataset": {"kind": "formula"}})
    configs = [base, with_changes(base, {"dataset.y": "sin(2*t)"}), with_changes(base, {"batch_size": 64})]
    assert labels_of(configs) == ["(cos(t), sin(t))", "(cos(t), sin(2*t))", "(cos(t), sin(t)), batch 64"]


STUDY = """
seeds = 2
[base]
dataset.kind = "formula"
dataset.x = "x"
dataset.start = -1
dataset.end = "pi/2"
[factors.shape]
path = "dataset.y"
levels = ["t + 1", "t - 1", "max(x, 0) | 2 - x"]
"""


def test_levels_that_differ_in_signs_alone_have_names_of_their_own():
    assert [(v.name, v.label) for v in study(STUDY).variants] == [
        ("y-t-1", "y = t + 1"),
        ("y-t-1-2", "y = t - 1"),
        ("y-max-x-0-and-1-more", "y = max(x, 0) and 1 more"),
    ]
    assert [level.words for level in study(STUDY).factors[0].levels][:2] == ["y = t + 1", "y = t - 1"]


def test_files_links_and_drafts_carry_formulas():
    made = study(STUDY)
    assert parse_study(made.to_toml(), "again") == made
    assert decode_study(encode_study(made)) == made
    draft = draft_of(made)
    assert draft.factors[0].levels == "t + 1; t - 1; max(x, 0) | 2 - x"
    assert not problems(draft) and study_of(draft).configs() == made.configs()


def test_a_draft_has_distributions_as_levels_and_says_what_is_wrong_with_a_formula():
    draft = Draft(
        "shapes",
        "Shapes",
        "Which shape is hard?",
        2,
        factors=(FactorRow("shape", "", "dataset.kind=ring; dataset.kind=formula & dataset.y=sin(2*t); base"),),
        variants=(VariantRow("far", "", "dataset.kind=formula; dataset.x=9 + cos(t) | cos(t)"),),
    )
    assert not problems(draft)
    assert [v.config.dataset.words() for v in study_of(draft).variants] == [
        "Ring of Gaussians",
        "(cos(t), sin(2*t))",
        "Circle",
        "(9 + cos(t), sin(t)) and 1 more",
    ]
    wrong = Draft(
        "shapes",
        "Shapes",
        "?",
        2,
        base=(SettingRow("dataset.kind", "formula"),),
        factors=(FactorRow("y", "dataset.y", "sin(t); sine(t)"),),
    )
    (said,) = problems(wrong)
    assert said.startswith("factors.y.levels.2") and "at character 1" in said and "did you mean sin?" in said


def test_a_command_line_trains_the_same_run():
    config = parse_config({"dataset": {"kind": "formula", "x": "cos(t); 3 + cos(t)", "y": "max(sin(t), -0.5)"}})
    words = shlex.split(train_command(config))
    assert "dataset.x=cos(t) | 3 + cos(t)" in words and "dataset.y=max(sin(t), -0.5)" in words
    assert with_changes(parse_config({}), settings_of(config)) == config


def test_the_command_line_refuses_a_formula_at_the_place(capsys):
    said = wrong(capsys, "train", "--dataset", "formula", "--set", "dataset.x=sine(t)")
    assert "dataset.x: 'sine(t)' is not allowed; at character 1" in " ".join(said.split())
