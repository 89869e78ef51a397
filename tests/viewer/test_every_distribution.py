"""Every distribution, and every constant of public code, is drawn wherever runs are: the view, its layers, images."""

from __future__ import annotations

import numpy as np
import pytest
from support.distributions import constants, distributions
from support.results import make_result
from support.studies import HEAD
from support.viewed import points_of

from gancore.config import Dataset
from gancore.report.images import snapshot_images
from gancore.store import Store
from gancore.studies import parse_study
from gancore.viewer import fields, study_payload

NAMES = [*sorted(Dataset.registry), *constants()]


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    return Store(tmp_path_factory.mktemp("every"))


@pytest.fixture(scope="module")
def payload(store: Store) -> fields.Payload:
    """A study with a variant for each."""
    text = f"{HEAD}seeds = 1\n[base]\nsteps = 400\ndataset.size = 100\n"
    for name in NAMES:
        text += f'[[variant]]\nname = "{name.replace("_", "-")}"\nset = {{dataset.kind = "{name}"}}\n'
    study = parse_study(text, "every")
    for config in study.configs():
        store.put(make_result(config))
    return study_payload(store, study, 1)


def test_each_has_a_panel_that_its_points_fill_and_layers_in_it(payload: fields.Payload) -> None:
    assert len(payload["panels"]) == len(payload["reals"]) == len(NAMES)
    assert len({panel["title"] for panel in payload["panels"]}) == len(NAMES)
    for name, real, shown in zip(NAMES, payload["reals"], payload["picks"][0]["shown"], strict=True):
        x, y, across, up = real["window"]
        points = (points_of(real["points"], real["window"]) - (x, y)) / (across, up)
        known = distributions().get(name) or constants()[name]
        assert np.abs(points).max() <= 1.0 and np.ptp(points, axis=0).max() > 0.9, name
        assert bool(real["near"]) == (known.support() is not None), name
        layers = shown.get("layers") if shown else None
        assert layers and np.isfinite(layers["window"]).all() and min(layers["window"][2:]) > 0, name


def test_each_is_an_image_of_its_training(store: Store, payload: fields.Payload) -> None:
    runs = {run.config.dataset: run for run in store.runs()}
    for name in ("square_outline", "checkerboard", "d2l-gaussian", "formula", "points"):
        dataset = (constants().get(name) or distributions()[name]).model_copy(update={"size": 100})
        ((step, image),) = snapshot_images(runs[dataset], side=60, last=True, own=True)
        assert step == 400 and image.startswith(b"\x89PNG")
