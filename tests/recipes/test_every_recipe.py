"""Every recipe: read, complete, a configuration of its own, and found again by its settings."""

from __future__ import annotations

import pytest

from gancore.config import ConfigError, RunConfig, differing, flatten, with_changes
from gancore.recipes import RECIPES, expanded, matching, read_recipe, recipe
from gancore.training.shapes import GraphShape

GOOD = 'label = "Mine"\nsentence = "A sentence."\nsource = "Me"\n'


@pytest.mark.parametrize("name", RECIPES)
def test_it_changes_what_it_says_and_nothing_else(name: str):
    one = recipe(name)
    config = with_changes(RunConfig(), one.changes)
    flat, usual = flatten(config), flatten(RunConfig())
    changed = set(differing([RunConfig(), config]))
    assert {path for path, value in one.changes.items() if path in usual and value == usual[path]} <= {
        path
        for path in one.changes
        if path.endswith(("beta_1", "hidden"))  # said for the sake of the source
    }
    groups = {path.rpartition(".")[0] for path in one.changes if path.endswith("kind")}
    for path in changed - set(one.changes):  # what a kind brings with it
        assert any(path.startswith(f"{group}.") for group in groups), path
    assert all(flat[path] == value for path, value in one.changes.items())


@pytest.mark.parametrize("name", RECIPES)
def test_it_has_words_and_a_source(name: str):
    one = recipe(name)
    assert one.sentence.endswith(".") and one.source
    assert not one.notes or one.notes.endswith(".")
    assert one.address.startswith("https://") or name in ("baseline", "four-fixes", "angle-oracle", "supervised")


@pytest.mark.parametrize("name", RECIPES)
def test_its_configuration_is_called_by_its_name(name: str):
    one = recipe(name)
    assert matching(one.config) == one
    moons = with_changes(one.config, {"dataset.kind": "moons", "seed": 3})
    assert matching(with_changes(moons, {"dataset.scale": one.config.dataset.scale})) == one
    assert matching(with_changes(one.config, {"batch_size": 78})) is None


def test_names_and_labels_are_unique_and_the_baseline_is_first():
    labels = [one.label for one in RECIPES.values()]
    assert len(set(labels)) == len(labels)
    assert next(iter(RECIPES)) == "baseline" and recipe("baseline").config == RunConfig()


def test_no_two_are_the_same_settings():
    configs = [with_changes(RunConfig(), one.changes).run_id for one in RECIPES.values()]
    assert len(set(configs)) == len(configs)


def test_schedules_end_with_the_run():
    one = recipe("ns-r1")
    assert one.for_steps(500)["g_optimizer.schedule.end"] == 500
    assert one.changes["g_optimizer.schedule.end"] == 10_000
    assert expanded({"recipe": "instance-noise"}, 300)["instance_noise.until"] == 300


def test_what_stands_beside_a_recipe_comes_on_top():
    changes = expanded({"recipe": "ns-r1", "penalty.kind": "none", "batch_size": 64})
    config = with_changes(RunConfig(), changes)
    assert config.penalty.active is False and config.batch_size == 64
    assert config.g_optimizer == recipe("ns-r1").config.g_optimizer


def test_a_source_s_task_is_left_to_who_names_another():
    one = recipe("gan-lab")
    assert one.config.dataset.kind == "blobs"  # type: ignore[attr-defined]
    begun = one.start({"dataset.kind": "moons", "steps": "700"})
    assert (begun.dataset.kind, begun.steps) == ("circle", 700)  # type: ignore[attr-defined]


def test_runs_of_a_recipe_share_one_program():
    shapes = [GraphShape.of(with_changes(recipe("ns-r1").config, {"seed": k, "penalty.gamma": k + 1})) for k in (0, 1)]
    assert shapes[0] == shapes[1]


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ('label = "x"', "recipe mine: sentence: "),
        (GOOD + "[settings]\nbatch = 3", "recipe mine: batch: there is no such setting (did you mean batch_size?)"),
        (GOOD + "[settings]\nbatch_size = 0", "recipe mine: batch_size: 0 is not allowed"),
        (GOOD + "[settings]\nsteps = 5", "recipe mine: settings.steps: it is no part of a method"),
        (GOOD + '[settings]\ndataset.kind = "moons"', "recipe mine: settings.dataset.kind: it is no part of a method"),
        (GOOD + "[settings]\nseed = 5", "recipe mine: settings.seed: it is no part of a recipe"),
        (GOOD + "[task]\nbatch_size = 5", "recipe mine: task.batch_size: a task is dataset and steps"),
        (GOOD + "more = 1", "recipe mine: more: "),
        (GOOD + 'name = "other"', "recipe mine: name: it is not allowed"),
        (GOOD + 'address = "javascript:alert(1)"', "recipe mine: address: "),
        (GOOD + "[settings\n", "recipe mine: it is not valid TOML"),
        ("x" * 20_000, "recipe mine: a recipe has at most 16 KB"),
        (GOOD + f"[settings]\nbatch_size = {'9' * 30}", "recipe mine: "),
    ],
)
def test_a_file_that_is_wrong_is_refused_in_a_sentence(text: str, sentence: str):
    with pytest.raises(ConfigError) as error:
        read_recipe(text, "mine")
    assert str(error.value).startswith(sentence)


def test_an_unknown_name_gets_the_likely_one():
    with pytest.raises(ConfigError, match=r"recipe: 'wgan_gp' is unknown \(did you mean wgan-gp\?\); use one of base"):
        recipe("wgan_gp")
