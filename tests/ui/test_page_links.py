"""What links to a page carry, and what is said where they name something that is not there."""

from __future__ import annotations

import pytest
from support import pages
from support.pages import FIRST, boxes, charts, opened, viewed, words

from gancore.store import Store
from gancore.studies import load_study

filled_root, store, empty_store, queue = pages.filled_root, pages.store, pages.empty_store, pages.queue


@pytest.mark.parametrize(
    ("page", "query", "said"),
    [
        (
            "pages/ablation.py",
            {"study": "../../etc"},
            "study: '../../etc' is not allowed; use one of atlas, circle-vs-parabola",
        ),
        ("pages/ablation.py", {"seeds": "1e9"}, "seeds: '1e9' is not allowed; use a whole number from 1 to 64"),
        ("pages/ablation.py", {"seeds": "inf"}, "seeds: 'inf' is not allowed"),
        ("pages/ablation.py", {"seed": "<script>"}, "seed: '<script>' is not allowed; use one of median, best, worst"),
        ("pages/ablation.py", {"step": "-1"}, "step: '-1' is not allowed"),
        ("pages/ablation.py", {"color": "red"}, "color: there is no such parameter on this page"),
        (
            "pages/training.py",
            {"dataset.kind": "pear"},
            "dataset.kind: 'pear' is not allowed; use one of heart",
        ),
        ("pages/training.py", {"batch_size": "0"}, "batch_size: '0' is not allowed"),
        ("pages/training.py", {"batch_size": "inf"}, "batch_size: 'inf' is not allowed"),
        ("pages/training.py", {"g_optimizer.learning_rate": "nan"}, "g_optimizer.learning_rate: 'nan' is not allowed"),
        ("pages/training.py", {"generator.hidden": "64,-3"}, "generator.hidden: '-3' is not allowed"),
        ("pages/training.py", {"job": "../../../x"}, "job: '../../../x' is not known here"),
        ("pages/data.py", {"dataset.scale": "1e400"}, "dataset.scale: '1e400' is not allowed"),
        ("pages/data.py", {"batch_size": "64"}, "batch_size: there is no such parameter on this page"),
        (FIRST, {"__proto__": "1"}, "__proto__: there is no such parameter on this page"),
    ],
)
def test_bad_parameter_gets_a_sentence_and_a_view(store: Store, page: str, query: dict[str, str], said: str) -> None:
    app = opened(page, query)
    assert not app.exception
    assert said in words(app)
    assert charts(app) >= 1 or "Train them with" in words(app)


def test_a_link_opens_the_same_ablation(store: Store) -> None:
    query = {"study": "first-fixes", "seeds": "2", "seed": "1", "step": "5000", "left": "d_acc_fake", "smooth": "5"}
    app = opened("pages/ablation.py", query | {"layers": "field,density", "range": "0,4000", "x": "samples"})
    assert not boxes(app)
    assert (app.selectbox(key="study").value, app.slider(key="seeds").value) == ("first-fixes", 2)
    assert app.selectbox(key="seed").value == "1"
    view = viewed(app)
    assert view["state"] == {
        "step": 5000,
        "left": "d_acc_fake",
        "smooth": 5,
        "x": "samples",
        "layers": ["field", "density"],
        "range": [0, 4000],
    }
    (pick,) = view["payload"]["picks"]
    assert [shown["seed"] for shown in pick["shown"]] == [1] * len(load_study("first-fixes").variants)
    assert all(shown["values"]["near"][shown["steps"].index(5000)] == 0.2 for shown in pick["shown"])


def test_a_change_on_the_page_changes_what_the_view_is_given(store: Store) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes", "seeds": "2"})
    before = viewed(app)
    app.selectbox(key="seed").select("all").run()
    after = viewed(app)
    assert not app.exception and before["key"] != after["key"]
    assert after["payload"]["picks"][0]["shown"][0]["seeds"] == [0, 1]
    app.selectbox(key="seed").select("each").run()
    assert len(viewed(app)["payload"]["panels"]) == 2 * len(load_study("first-fixes").variants)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"step": "4999"}, "step: no points were kept at 4,999; step 0 is shown instead"),
        ({"off": "nobody"}, "off: 'nobody' is not a variant of this study"),
        ({"highlight": "nobody"}, "highlight: 'nobody' is not a variant of this study; nothing is highlighted"),
        ({"curves": "one"}, "curves: 'one' is not allowed; use one of auto, shared, rows, own"),
        ({"layers": "field,x"}, "layers: 'field,x' is not allowed; use one of field, arrows, manifold, density"),
        ({"range": "5,1"}, "range: '5,1' is not allowed; use two numbers from low to high"),
        ({"left": "<b>"}, "left: '<b>' is not allowed"),
        ({"design": "x" * 40}, "design"),
        ({"run": "0123456789ab"}, "run: '0123456789ab' is not among the runs of first-fixes"),
        ({"first": "nobody"}, "first: 'nobody' is not allowed"),
        ({"rows": "update"}, "rows: 'update' is not allowed; use one of automatic"),
        ({"claim": "7"}, "claim: '7' is not allowed; use one of all"),
        ({"seed": "7"}, "seed: '7' is not allowed; use one of median, best, worst, each, all, 0, 1"),
        ({"dataset": "<i>"}, "dataset: '<i>' is not allowed; use one of circle"),
        ({"metric": "learned"}, "metric: 'learned' is not allowed"),
        ({"study": "four-fixes", "factor": "zz"}, "factor: 'zz' is not allowed; use one of update, batch"),
        ({"study": "four-fixes", "against": "update"}, "against: 'update' is not allowed; use one of batch"),
        ({"study": "four-fixes", "rows": "update"}, ""),
        ({"embed": "true", "seed": "33"}, "seed: '33' is not allowed"),
        ({"embed": "true", "claim": "9"}, "claim: '9' is not allowed; use one of all"),
        ({"embed": "true", "rows": "zz"}, "rows: 'zz' is not allowed"),
    ],
)
def test_a_link_to_what_is_not_there_names_it_and_shows_the_nearest_view(store: Store, query, said) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes", "seeds": "2"} | query)
    assert not app.exception
    assert viewed(app)["payload"]["panels"]
    assert said in words(app) if said else "not allowed" not in words(app)


def test_a_button_at_the_top_opens_the_builder_there(store: Store) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes"})
    assert not [box for box in app.selectbox if box.key == "builder_from"]
    app.button(key="build").click().run()
    assert not app.exception
    assert [box.key for box in app.selectbox].index("builder_from") < [box.key for box in app.selectbox].index("metric")


@pytest.mark.parametrize("query", [{"step": "²"}, {"step": "9" * 5000}, {"seeds": "²"}, {"seed": "²"}, {"seed": "٣"}])
def test_digits_that_are_no_numbers_are_refused_and_not_read(store: Store, query: dict[str, str]) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes"} | query)
    assert not app.exception
    assert f"{next(iter(query))}: " in boxes(app)


def test_a_study_from_a_link_is_not_trained_under_the_name_of_another(empty_store: Store) -> None:
    from gancore.studies import encode_study

    study = load_study("four-fixes").with_overrides(steps=77)
    app = opened("pages/ablation.py", {"study": "own", "design": encode_study(study)})
    assert not app.exception
    assert "gancore study run four-fixes.toml --seeds" in words(app)
