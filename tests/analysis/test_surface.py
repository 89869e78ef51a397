"""The response surface: which studies have one, what is counted where, and how it is drawn."""

from __future__ import annotations

import dataclasses

import pandas as pd
import pytest

from gancore.analysis import Analysis, analysis_of
from gancore.analysis.estimates import success_interval
from gancore.analysis.surface import Place, surface_of
from gancore.figures import surface
from gancore.studies import Study, load_study, parse_study

HEAD = 'name = "tried"\ntitle = "Tried"\nquestion = "How far?"\nseeds = 3\n'
BATCH = '[factors.batch]\npath = "batch_size"\nlevels = [64, 32, 128]\n'
RATE = """[factors.rate]
levels = [
  {set = {"g_optimizer.learning_rate" = 1e-3, "d_optimizer.learning_rate" = 1e-3}, label = "fast"},
  {set = {"g_optimizer.learning_rate" = 2e-4, "d_optimizer.learning_rate" = 2e-4}, label = "slow"},
]
"""
UPDATE = '[factors.update]\npath = "update.kind"\nlevels = ["separate", "combined"]\n'
SCALE = '[factors.scale]\npath = "dataset.scale"\nlevels = [1.0, 0.5]\n'


def analysed(study: Study) -> Analysis:
    """Runs that learn where the batch is 128 and the rate is slow, and one seed of three at 64."""
    rows = []
    for variant in study.variants:
        for config in study.configs_of(variant):
            good = config.batch_size == 128 and config.g_optimizer.learning_rate < 1e-3
            learned = float(good or (config.batch_size == 64 and config.seed == 0))
            keys = {"variant": variant.name, "seed": config.seed, "run_id": config.run_id, "status": "finished"}
            rows.append(keys | {"label": variant.label, "metrics_version": "1", "w1_excess": 0.1, "learned": learned})
    return analysis_of(study, pd.DataFrame(rows))


def test_two_numbers_make_a_surface_and_what_else_differs_is_counted_together() -> None:
    study = parse_study(HEAD + BATCH + RATE + UPDATE)
    content = analysed(study)
    found = surface_of(study, content.cells, content.datasets[0])
    assert found and found.panel is None and list(found.panels) == [None]
    assert (found.x.words, found.x.values) == ("batch size", (32.0, 64.0, 128.0))
    assert (found.y.words, found.y.values) == ("learning rate", (2e-4, 1e-3))
    counted = {(place.x, place.y): (place.learned, place.runs) for place in found.of(None)}
    assert counted == {(32, 2e-4): (0, 6), (32, 1e-3): (0, 6), (64, 2e-4): (2, 6), (64, 1e-3): (2, 6)} | {
        (128, 2e-4): (6, 6),
        (128, 1e-3): (0, 6),
    }
    whole = next(place for place in found.places if place.learned == 6)
    assert (whole.low, whole.high) == pytest.approx(success_interval(6, 6))


def test_of_three_numbers_the_one_with_the_fewest_values_has_the_panels() -> None:
    study = load_study("rates")
    content = analysed(dataclasses.replace(study, seeds=3))
    found = surface_of(study, content.cells, content.datasets[0])
    assert found and found.panel
    assert (found.x.words, found.y.words, found.panel.words) == ("learning rate", "penalty gamma", "batch size")
    assert [len(found.of(panel)) for panel in found.panels] == [20, 20]
    assert [found.title(panel) for panel in found.panels] == ["batch size 32", "batch size 256"]


def test_levels_that_another_version_names_otherwise_are_left_out() -> None:
    """An imported bundle brings its own analysis."""
    study = parse_study(HEAD + BATCH + RATE)
    content = analysed(study)
    one, *others = content.cells
    for factors in ({**one.factors, "batch": "batches of 64"}, {}):
        found = surface_of(study, [dataclasses.replace(one, factors=factors), *others], one.dataset)
        assert found and sum(place.runs for place in found.places) == 15
    strange = [dataclasses.replace(cell, factors={"batch": "?", "rate": "?"}) for cell in content.cells]
    assert surface_of(study, strange, one.dataset) is None


@pytest.mark.parametrize("factors", [BATCH, BATCH + UPDATE, RATE + SCALE, ""])
def test_others_have_none(factors: str) -> None:
    study = parse_study(HEAD + factors)
    content = analysed(study)
    assert surface_of(study, content.cells, content.datasets[0]) is None


def test_tiles_are_tints_in_order_with_their_counts_in_words() -> None:
    places = [
        Place(0.001, 0.0, None, 3, 10, 0.1, 0.6),
        Place(0.0002, 0.0, None, 0, 0, float("nan"), float("nan")),
        Place(0.0002, 2.0, None, 10, 10, 0.72, 1.0),
    ]
    spec = surface(places, "learning rate", "penalty gamma", "batch size 32").to_dict()
    (rows,) = spec["datasets"].values()
    assert [(row["x"], row["y"], row["short"]) for row in rows] == [
        ("0.001", "0", "3/10"),
        ("0.0002", "0", "–"),
        ("0.0002", "2", "10/10"),
    ]
    encoding = spec["layer"][0]["encoding"]
    assert encoding["x"]["sort"] == ["0.0002", "0.001"] and encoding["y"]["sort"] == ["2", "0"]
    assert spec["layer"][2]["mark"]["color"] == "currentColor"  # the page's own ink, light or dark
    assert "learning rate 0.001, penalty gamma 0: 3 of 10" in spec["description"]
    assert "not trained" in spec["description"] and "with batch size 32" in spec["description"]
