"""A study of every recipe on four distributions: it is read, written and shown."""

from __future__ import annotations

import json

import pytest
from support.untrained import untrained

from gancore.recipes import RECIPES
from gancore.store import Store
from gancore.studies import Study, parse_study
from gancore.studies.design import MAX_VARIANTS
from gancore.viewer import study_payload

FOUR = ["circle", "parabola", "moons", "swiss_roll"]


@pytest.fixture(scope="module")
def study() -> Study:
    names = [name for name in RECIPES if name in RECIPES.shipped]
    text = 'name = "many"\ntitle = "Many"\nquestion = "Which?"\nseeds = 1\n[base]\nsteps = 40\n'
    text += f'[factors.dataset]\npath = "dataset.kind"\nlevels = {json.dumps(FOUR)}\n'
    return parse_study(text + f'[factors.recipe]\npath = "recipe"\nlevels = {json.dumps(names)}\n')


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory, study: Study) -> Store:
    own = Store(tmp_path_factory.mktemp("many"))
    for config in study.configs(1):
        own.put(untrained(config))
    return own


def test_every_recipe_crosses_with_four_distributions(study: Study) -> None:
    assert len(study.variants) == len(RECIPES.shipped) * len(FOUR) <= MAX_VARIANTS
    assert parse_study(study.to_toml()) == study
    labels = [variant.label for variant in study.variants]
    assert len(set(labels)) == len(labels)


def test_the_viewer_takes_them_all_in_a_megabyte(study: Study, store: Store) -> None:
    payload = study_payload(store, study, 1, ["median"])
    assert len(payload["panels"]) == len(study.variants) and all(payload["picks"][0]["shown"])
    assert len(json.dumps(payload)) < 1_000_000
