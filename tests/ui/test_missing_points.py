"""A study on points of one's own whose points are gone: it opens, shows its stored runs, and says what to do."""

from __future__ import annotations

import numpy as np
import pytest
from support.pages import boxes, made_up, opened, queue, words
from support.tables_of_points import POINTS

from gancore.config import ConfigError
from gancore.jobs.refusals import refusal
from gancore.store import Store
from gancore.studies import Study, encode_study, parse_study

__all__ = ["queue"]

WHAT_TO_DO = "add the file that they came from with: gancore points add FILE"


def study(sha256: str) -> Study:
    return parse_study(
        'name = "own"\ntitle = "Own"\nquestion = "Which?"\nseeds = 2\n[base]\nsteps = 800\n'
        f'[base.dataset]\nkind = "points"\nsha256 = "{sha256}"\n'
        '[factors.batch]\npath = "batch_size"\nlevels = [32, 64]\n'
    )


@pytest.fixture
def gone(monkeypatch: pytest.MonkeyPatch, own_store) -> tuple[Store, Study]:
    """A store with the study's runs, whose points were removed."""
    monkeypatch.setattr(Store, "open", Store)
    store = Store(own_store)
    points = POINTS + np.random.default_rng(0).normal(size=POINTS.shape)
    own = study(store.points.add(points, "mine.csv").sha256)
    for config in own.configs():
        store.put(made_up(config))
    dataset = own.base.dataset
    store.points.remove(dataset.sha256)
    forgotten(dataset.sha256)
    return Store(own_store), own


def forgotten(sha256: str) -> None:
    """As a process that starts after the points were removed."""
    from gancore.datasets.points import dataset

    for kept in (dataset._units, dataset._halves, dataset._along, dataset._held_out):
        kept.cache_clear()


def test_training_is_refused_with_what_to_do(gone) -> None:
    store, own = gone
    config = own.base.model_copy(update={"seed": 99})
    assert WHAT_TO_DO in refusal(store, [config])
    with pytest.raises(ConfigError, match="dataset.sha256: '[0-9a-f]{12}' names points that are not in this store"):
        config.dataset.points()
    assert refusal(store, own.configs()) == ""  # what is stored needs no training


def test_the_study_opens_and_shows_its_runs(gone) -> None:
    _, own = gone
    app = opened("pages/ablation.py", {"study": "own", "design": encode_study(own)})
    assert not app.exception and not app.error, app.exception
    assert WHAT_TO_DO in words(app) and "Stored runs are shown without real points" in words(app)


def test_the_training_page_says_what_to_do(gone) -> None:
    _, own = gone
    app = opened("pages/training.py", {"dataset.kind": "points", "dataset.sha256": own.base.dataset.sha256})
    assert not app.exception and WHAT_TO_DO in boxes(app)


def test_the_data_page_says_what_to_do(gone) -> None:
    _, own = gone
    app = opened("pages/data.py", {"dataset.kind": "points", "dataset.sha256": own.base.dataset.sha256})
    assert not app.exception and WHAT_TO_DO in boxes(app)
