"""Recipes on the command line, in study files, in the builder's drafts and in links."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import pytest
from support.command_line import call, wrong

import gancore
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.recipes import RECIPES, recipe
from gancore.studies import parse_study
from gancore.studies.drafts import FactorRow, decode_study, draft_of, encode_study, problems, study_of

STUDY = """
name = "recipes"
title = "Recipes"
question = "Which of them learn?"
seeds = 1
datasets = ["circle", "moons"]
[base]
steps = 400
[factors.recipe]
path = "recipe"
levels = ["baseline", "ns-r1", "gan-lab", "four-fixes"]
[[control]]
name = "unpenalised"
set = {recipe = "ns-r1", "penalty.kind" = "none"}
[[claim]]
text = "R1 helps."
factor = "recipe"
level = "NS + R1 (fast)"
"""


def test_a_factor_s_levels_are_recipes_under_their_labels():
    study = parse_study(STUDY)
    labels = [variant.arm_label for variant in study.variants[:4]]
    assert labels == ["baseline", *(recipe(name).label for name in ("ns-r1", "gan-lab", "four-fixes"))]
    fast = study.variants[1].config
    assert fast == with_changes(RunConfig(), {"steps": 400, **recipe("ns-r1").for_steps(400)})
    assert study.variants[2].config.dataset == RunConfig().dataset  # the study's, not the source's
    assert study.variants[4].config.penalty.active is False
    assert study.variants[4].arm_label == "NS + R1 (fast), penalty none"


def test_what_is_written_are_plain_settings():
    study = parse_study(STUDY)
    text = study.to_toml()
    assert "ns-r1" not in text and parse_study(text) == study
    assert decode_study(encode_study(study)) == study


def test_the_builder_shows_names_and_makes_the_same_study():
    study = parse_study(STUDY)
    draft = draft_of(study)
    assert draft.factors == (FactorRow("recipe", "recipe", "baseline; ns-r1; gan-lab; four-fixes"),)
    assert study_of(draft) == study
    misspelt = replace(draft, factors=(FactorRow("recipe", "recipe", "baseline; ns-r11"),), claims=())
    (problem,) = problems(misspelt)
    assert problem.startswith("factors.recipe.levels.2: recipe: 'ns-r11' is unknown (did you mean ns-r1?)")


@pytest.mark.parametrize(
    ("old", "new", "sentence"),
    [
        ('"ns-r1", "gan', '"ns_r1", "gan', "study: factors.recipe.levels.2.recipe: 'ns_r1' is unknown (did you mean"),
        ('recipe = "ns-r1", "p', 'recipe = "x", "p', "study: control.1.set.recipe: 'x' is unknown"),
        ("steps = 400", 'steps = 400\nrecipe = "y"', "study: base: recipe: 'y' is unknown"),
    ],
)
def test_a_misspelt_recipe_is_named_with_its_place(old: str, new: str, sentence: str):
    with pytest.raises(ConfigError) as error:
        parse_study(STUDY.replace(old, new))
    assert str(error.value).startswith(sentence)


def test_a_base_may_be_a_recipe():
    study = parse_study(STUDY.split("[factors")[0].replace("steps = 400", 'steps = 400\nrecipe = "ns-r1"'))
    assert study.base == with_changes(RunConfig(), {"steps": 400, **recipe("ns-r1").for_steps(400)})


def test_the_command_line_lists_and_shows_them(capsys: pytest.CaptureFixture[str]):
    code, out, _ = call(capsys, "recipes", "list")
    assert code == 0 and all(one.label in out and name in out for name, one in RECIPES.items())
    code, out, _ = call(capsys, "recipes", "show", "wgan-gp")
    assert code == 0 and "Gulrajani" in out and "update.d_steps" in out
    code, out, _ = call(capsys, "recipes", "show", "baseline")
    assert code == 0 and "It changes nothing." in out
    code, out, _ = call(capsys, "recipes", "list", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert [row["name"] for row in rows] == list(RECIPES)
    assert rows[list(RECIPES).index("ns-r1")]["settings"]["penalty.gamma"] == 0.02
    assert wrong(capsys, "recipes", "show", "ns_r1").startswith("gancore: recipe: 'ns_r1' is unknown (did you mean")


def test_training_starts_from_a_recipe(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, own_store: Path, tmp_path: Path
):
    asked: list[tuple[list[RunConfig], str]] = []
    monkeypatch.setattr(
        "gancore.cli.train.obtain", lambda store, configs, label, *_: asked.append((configs, label)) or []
    )
    monkeypatch.setattr("gancore.cli.train.suggest_training", lambda *_: None)
    monkeypatch.setattr("gancore.cli.train.print_runs", lambda *_: None)
    mine = tmp_path / "mine.toml"
    mine.write_text('label = "Mine"\nsentence = "S."\nsource = "Me"\n[settings]\nbatch_size = 48\n', encoding="utf-8")
    for words in (
        ["--recipe", "ns-r1", "--steps", "600", "--set", "batch_size=64", "--dataset", "moons", "--seed", "3"],
        ["--recipe", "gan-lab"],
        ["--recipe", str(mine), "--seeds", "2"],
    ):
        assert call(capsys, "train", *words)[0] == 0
    (first, label), (second, _), (third, name) = asked
    expected = with_changes(
        RunConfig(), {"dataset.kind": "moons", "steps": 600, **recipe("ns-r1").for_steps(600), "batch_size": 64}
    )
    assert first == [with_changes(expected, {"seed": 3})] and label == "moons: NS + R1 (fast), batch 64"
    assert second == [recipe("gan-lab").config]
    assert [config.batch_size for config in third] == [48, 48] and name == "circle: Mine"


def test_the_command_line_refuses_in_one_sentence(capsys: pytest.CaptureFixture[str], tmp_path: Path):
    said = wrong(capsys, "train", "--recipe", "r3gann")
    assert said.startswith("gancore: --recipe: 'r3gann' is unknown (did you mean r3gan?); use one of baseline, ")
    for command in ("train", "fix"):
        said = wrong(capsys, command, "--recipe", str(tmp_path / "none.toml"))
        assert said.startswith("gancore: --recipe: ") and "cannot be read" in said
        assert wrong(capsys, command, "--recipe", "r3gann").startswith("gancore: --recipe: 'r3gann' is unknown")
    assert "recipe is given as --recipe NAME" in wrong(capsys, "train", "--set", "recipe=ns-r1")


def test_python_has_them():
    assert gancore.recipe("ns-r1").config.batch_size == 256
