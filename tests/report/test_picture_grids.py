"""Grids of points in a report: tables of levels, panels that name their seed, axes that agree."""

from __future__ import annotations

from dataclasses import replace

import altair as alt
import numpy as np
import pytest
from support import pictures
from support.colours import luminance
from support.pictures import HALF, dots, report_of

from gancore.figures import FAKE
from gancore.figures.grid import REAL_PALE, Panel, grid
from gancore.figures.placing import Places
from gancore.figures.reals import Reals
from gancore.report import Report
from gancore.report.pictures import note_of, places_of, spec_of
from gancore.studies import load_study, parse_study
from gancore.words import percent

store = pictures.store
hostile = pictures.hostile


def test_a_factorial_is_a_table_of_levels_and_other_studies_follow_each_other(store):
    places = places_of(load_study("four-fixes"))
    assert (len(places.rows), len(places.columns), len(set(places.at.values()))) == (4, 4, 16)
    assert places.rows[places.at["combined-update"][0]] == "combined update, batch 32"
    assert places.columns[places.at["combined-update"][1]] == "generator 64-128, radius 1"
    plain = places_of(load_study("first-fixes"))
    assert not any(plain.rows + plain.columns)
    assert list(plain.at.values()) == [(0, 0), (0, 1), (0, 2), (1, 0), (1, 1)]
    several = places_of(load_study("four-distributions"))
    assert {len(several.rows), len(several.columns)} == {4}
    assert "Two moons" in several.rows


def test_wide_tables_are_turned_so_that_the_page_holds_them():
    levels = ", ".join(str(2**n) for n in range(3, 13))
    study = parse_study(
        'name = "wide"\ntitle = "Wide"\nquestion = "?"\nfactors.update = {path = "update.kind", '
        f'levels = ["separate", "combined"]}}\nfactors.batch = {{path = "batch_size", levels = [{levels}]}}\n'
    )
    places = places_of(study)
    assert (len(places.rows), len(places.columns)) == (10, 2)
    assert places.rows[places.at[study.variants[0].name][0]] == "batch 8"


def test_crowded_tables_name_every_row_and_column_whole():
    rows = tuple(f"separate updates, batch 32, generator {n}" for n in range(8))
    places = Places(rows, tuple(f"learning rate (generator) 0.0{n}" for n in range(8)), {"a": (7, 7)})
    spec = grid([Panel("a", "its title", "", Reals(np.zeros((1, 2)), np.zeros((1, 2))), None)], places).to_dict()
    (head,) = heads(spec)
    assert head["row"][2:].replace("\n", " ") == rows[7]
    assert head["column"][2:].replace("\n", " ") == places.columns[7]
    assert "its title" not in str(head)


def heads(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows if row.get("kind") == "head"]


def test_cells_outside_a_fraction_stay_blank_and_missing_runs_have_a_labelled_frame(store):
    study = parse_study(HALF)
    spec = spec_of(Report(store, study, 2), vector=True)
    assert len(places_of(study).rows) * len(places_of(study).columns) == 8
    assert len(heads(spec)) == 4
    trained = sum(any(run is not None for run in runs) for runs in Report(store, study, 2).runs.values())
    assert sum(row["empty"] == "not trained" for row in heads(spec)) == 4 - trained


def test_panels_say_which_seed_and_how_good_and_what_is_missing(hostile):
    spec = spec_of(hostile, vector=True)
    run = hostile.picked["baseline"]
    head = next(row for row in heads(spec) if "script" in str(row))
    words = " ".join(head[name] for name in sorted(head, reverse=True) if name.startswith("line"))
    assert (
        f"seed {run.config.seed}: {percent(run.metrics['near'])} near, {percent(run.metrics['coverage'])} covered"
        in words
    )
    missing = next(row for row in heads(spec) if row["empty"])
    assert "not {there} yet" in str(missing)
    assert not [row for row in dots(spec, "real") if (row["row"], row["column"]) == (missing["row"], missing["column"])]
    assert "4 of 16 runs are not trained" in squeezed_title(spec)


@pytest.mark.parametrize(
    ("pick", "words"),
    [("median", "The median of 4 seeds of each"), ("worst", "The worst of 4"), ("2", "Seed 2 of each")],
)
def test_a_grid_says_whose_points_it_shows(hostile, pick, words):
    report = replace(hostile, pick=pick)
    assert squeezed_title(spec_of(report, vector=True)).startswith(words)


def test_a_share_just_below_one_is_not_rounded_up(hostile):
    run = hostile.picked["baseline"]
    assert note_of(run, {"near": 0.996, "coverage": 0.004}).endswith(": >99% near, <1% covered")


def squeezed_title(spec: dict) -> str:
    return " ".join(spec["title"]["subtitle"])


def test_all_panels_have_the_same_square_axes_and_few_points_in_vectors(store):
    report = report_of(store, "four-fixes")
    spec = spec_of(report, vector=True)
    inner = spec["spec"]
    assert inner["width"] == inner["height"]
    domains = [layer["encoding"][axis]["scale"]["domain"] for layer in inner["layer"][1:3] for axis in "xy"]
    assert all(domain == domains[0] for domain in domains)
    assert "resolve" not in spec
    real, fake = dots(spec, "real"), dots(spec, "generated")
    assert len(real) + len(fake) <= 9000
    half = domains[0][1]
    assert max(abs(row[axis]) for row in real + fake for axis in "xy") <= half
    assert len(dots(spec_of(report, vector=False), "real")) > len(real)


def test_real_and_generated_differ_in_greyscale_and_in_shape(hostile):
    assert luminance(REAL_PALE) - luminance(FAKE) > 0.2
    layer = spec_of(hostile, vector=True)["spec"]["layer"][1]
    assert layer["encoding"]["shape"]["scale"]["range"] == ["circle", "diamond"]


def test_many_rows_need_no_change_of_altairs_settings(store):
    before = (alt.data_transformers.active, dict(alt.data_transformers.options))
    spec = spec_of(report_of(store, "four-fixes"), vector=False)
    assert sum(map(len, spec["datasets"].values())) > 5000
    assert (alt.data_transformers.active, dict(alt.data_transformers.options)) == before
