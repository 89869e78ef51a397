"""The Data page: gallery, parameters, preview, what metrics would read, scores of samples, points of one's own."""

from __future__ import annotations

import json
import re
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support import pages
from support.pages import boxes, opened, words

from gancore.config import Dataset, RunConfig, flatten, with_changes
from gancore.datasets import Ring
from gancore.datasets.named import words_of
from gancore.metrics import METRICS, applicable
from gancore.store import Store
from gancore.studies import decode_study
from gancore.ui.data import gallery

filled_root, empty_store, queue = pages.filled_root, pages.empty_store, pages.queue
PAGE = "pages/data.py"


@pytest.fixture(autouse=True)
def references(monkeypatch: pytest.MonkeyPatch) -> None:
    """References and collapsed values that take no time."""
    references = lambda self, dataset, *_: {k: {"mean": 0.1, "low": 0.0, "high": 0.2} for k in applicable(dataset)}  # noqa: E731
    monkeypatch.setattr(Store, "references", references)
    monkeypatch.setattr(
        Store, "collapsed", lambda self, dataset: {"one_point": dict.fromkeys(applicable(dataset), 7.5)}
    )


def given(app: AppTest) -> dict[str, Any]:
    """What the gallery was given."""
    (view,) = (one for one in app.get("bidi_component") if "gallery" in one.proto.component_name)
    return json.loads(view.proto.json)


def links(app: AppTest) -> dict[str, str]:
    return {one.proto.label: one.proto.query_string for one in app.get("page_link")}


# -- the gallery


def test_every_kind_is_in_the_gallery_with_a_thumbnail(empty_store: Store) -> None:
    app = opened(PAGE)
    assert not app.exception and not boxes(app)
    shown = {entry["key"]: entry for entry in given(app)["entries"]}
    assert set(Dataset.registry) <= set(shown)
    for key, entry in shown.items():
        assert entry["label"] and entry["words"] and "``" not in entry["words"], key
        assert entry["family"] in gallery.FAMILIES, key
        assert re.fullmatch(r"(M\d+ \d+h0)+", entry["path"]), key
        config = with_changes(RunConfig(), entry["link"])  # one that the page takes
        assert all(path.startswith("dataset.") for path in entry["link"])
        assert gallery.chosen(empty_store, config).settings == entry["settings"]  # type: ignore[union-attr]
    families = [entry["family"] for entry in given(app)["entries"]]
    assert list(dict.fromkeys(families)) == [one for one in gallery.FAMILIES if one in families]
    assert len(json.dumps(given(app))) < 150_000
    assert given(app)["chosen"] == "circle"


def test_a_constant_that_is_a_kind_at_its_defaults_is_marked_where_it_was_asked_for(empty_store: Store) -> None:
    app = opened(PAGE, {"dataset.kind": "8-gaussians-unrolled"})
    assert given(app)["chosen"] == "8-gaussians-unrolled" and "Metz et al. 2017" in words(app)
    assert given(opened(PAGE, {"dataset.kind": "ring"}))["chosen"] == "ring"


def test_a_plug_in_stands_in_the_gallery_at_once(monkeypatch: pytest.MonkeyPatch, empty_store: Store) -> None:
    # Which the class writes itself into; setting an item would bring it back afterwards, for all tests that follow.
    monkeypatch.setattr(Dataset, "registry", dict(Dataset.registry))

    class Dotted(Ring):
        """Five dots."""

        kind: str = "dotted"
        label = "Dotted"
        family = "Of a plug-in"

    assert Dataset.registry["dotted"] is Dotted
    before = len(gallery.entries(empty_store))
    entry = gallery.entries(empty_store)[-1]
    assert (entry.key, entry.family, entry.label) == ("dotted", "Of a plug-in", "Dotted") and before >= 7


def test_changed_parameters_leave_the_mark_where_they_came_from(empty_store: Store) -> None:
    app = opened(PAGE, {"dataset.kind": "ring", "dataset.count": "5"})
    assert given(app)["chosen"] == "ring" and app.header[0].value == "Ring of Gaussians"
    assert app.text_input(key="dataset.count").value == "5"


def test_the_words_of_a_search_come_from_the_link(empty_store: Store) -> None:
    app = opened(PAGE, {"find": "mode " * 40})
    assert not boxes(app) and given(app)["find"] == ("mode " * 40)[:100]


# -- parameters, preview, links


@pytest.mark.parametrize("kind", ["circle", "blobs", "annulus", "formula", "points"])
def test_a_kind_of_each_family_is_shown_with_its_points_and_numbers(empty_store: Store, kind: str) -> None:
    app = opened(PAGE, {"dataset.kind": kind})
    assert not app.exception and not boxes(app)
    assert len(app.get("vega_lite_chart")) == 1 and app.header[0].value == words_of(Dataset.registry[kind]())  # type: ignore[arg-type]
    paths = [path for path in flatten(with_changes(RunConfig(), {"dataset.kind": kind})) if path.startswith("dataset.")]
    for path in paths:
        assert path in app.session_state, path
    rows = {row[0]: row[1:] for row in app.table[0].value.astype(str).values.tolist()}
    assert {metric.label for metric in METRICS.values()} == set(rows)
    known = applicable(Dataset.registry[kind]())  # type: ignore[arg-type]
    assert ("the Wasserstein distance alone decides what counts as learned" in words(app)) == (kind == "points")
    for key, metric in METRICS.items():
        real, collapsed, definition = rows[metric.label]
        if key in known:
            assert real.startswith("0.100") and collapsed == "7.50" and definition.startswith(metric.definition)
        else:
            assert real == collapsed == "–" and definition.startswith("No value here: it needs")


def test_a_parameter_changes_the_preview_and_every_link(empty_store: Store) -> None:
    app = opened(PAGE, {"dataset.kind": "ring"}, through_first=True)
    before = app.get("vega_lite_chart")[0].proto.spec
    app.text_input(key="dataset.count").set_value("3").run()
    assert app.get("vega_lite_chart")[0].proto.spec != before
    shown = links(app)
    training = next(query for label, query in shown.items() if label.startswith("Train a GAN"))
    assert set(training.split("&")) == {"dataset.kind=ring", "dataset.count=3"}
    study = decode_study(dict(part.split("=", 1) for part in shown["Use in a study"].split("&"))["design"])
    assert study.base.dataset == Ring(count=3)


def test_what_is_not_allowed_keeps_the_last_valid_preview(empty_store: Store) -> None:
    app = opened(PAGE, {"dataset.kind": "ring", "dataset.count": "0"})
    assert not app.exception and "last valid settings" in boxes(app)
    assert "dataset.count: '0' is not allowed" in words(app) and len(app.get("vega_lite_chart")) == 1


def test_kinds_change_with_their_own_parameters(empty_store: Store) -> None:
    app = opened(PAGE)
    app.selectbox(key="dataset.kind").set_value("ring").run()
    app.text_input(key="dataset.sigma").set_value("0.2").run()
    app.selectbox(key="dataset.kind").set_value("moons").run()
    assert not app.exception and not boxes(app) and given(app)["chosen"] == "moons"
    assert all(element.key != "dataset.sigma" for element in app.text_input)


def test_a_kinds_defaults_go_with_it_and_what_was_typed_stays(empty_store: Store) -> None:
    app = opened(PAGE, {"dataset.kind": "ring"})
    app.selectbox(key="dataset.kind").set_value("8-gaussians-wgan-gp").run()
    assert app.text_input(key="dataset.scale").value.startswith("1.41")
    app.selectbox(key="dataset.kind").set_value("grid").run()
    assert app.text_input(key="dataset.scale").value == "1" and given(app)["chosen"] == "grid"
    app.text_input(key="dataset.scale").set_value("3").run()
    app.selectbox(key="dataset.kind").set_value("moons").run()
    assert app.text_input(key="dataset.scale").value == "3" and not boxes(app)


def test_points_that_are_not_here_are_said_and_nothing_else_breaks(empty_store: Store) -> None:
    app = opened(PAGE, {"dataset.kind": "points", "dataset.sha256": "ab" * 32})
    assert not app.exception
    assert "gancore points add FILE" in boxes(app) and not app.table and not app.get("vega_lite_chart")


def test_references_come_last_and_say_how_far_they_are(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn: list[str] = []

    def progress_bar(self: Any, share: float, text: str) -> None:
        drawn.append(text)

    def references(self: Store, dataset: Any, progress: Any = None) -> dict[str, Any]:
        for share in (0.0, 0.5):
            progress(share)
        return {key: {"mean": 0.1, "low": 0.0, "high": 0.2} for key in applicable(dataset)}

    monkeypatch.setattr(Store, "references", references)
    monkeypatch.setattr("streamlit.delta_generator.DeltaGenerator.progress", progress_bar)
    app = opened(PAGE)
    assert not app.exception and app.table
    assert [text.split()[-1] for text in drawn] == ["0%", "50%"] and drawn[0].startswith("Scoring real points")


# -- scores of samples


def pasted(points: np.ndarray) -> str:
    return "\n".join(f"{x:.5f}, {y:.5f}" for x, y in points)


def scored(samples: str, **query: str) -> AppTest:
    app = opened(PAGE, {"dataset.kind": "ring", "score": "true"} | query)
    return app.text_area(key="score_text").set_value(samples).run()


def test_nothing_is_scored_before_the_box_is_open(empty_store: Store) -> None:
    app = opened(PAGE)
    assert not [one for one in app.text_area if one.key == "score_text"]


def test_pasted_samples_get_the_whole_table(empty_store: Store) -> None:
    app = scored(pasted(Ring().sample(np.random.default_rng(0), 60)))
    assert not app.exception and not boxes(app)
    said = words(app)
    assert "Learned." in said and "everything here is of 60" in said and "60 points" in said
    rows = {row[0]: row[1:] for row in app.dataframe[0].value.astype(str).values.tolist()}
    assert {metric.label for metric in METRICS.values()} == set(rows)
    assert rows["Modes reached"][:1] == ["8.00"] and rows["95% distance"][0] == "–"
    assert len(app.get("vega_lite_chart")) == 2 and len(app.get("download_button")) == 1
    assert "gancore score samples.npy --dataset ring" in said


def test_columns_are_asked_for_where_there_are_more(empty_store: Store) -> None:
    points = Ring().sample(np.random.default_rng(0), 40)
    text = "a,up,left\n" + "\n".join(f"{i},{y:.4f},{x:.4f}" for i, (x, y) in enumerate(points))
    app = scored(text)
    app.selectbox(key="score_x").set_value("left").run()
    app.selectbox(key="score_y").set_value("up").run()
    assert not app.exception and "40 points from left and up" in words(app) and "Learned." in words(app)


@pytest.mark.parametrize(
    ("samples", "said"),
    [
        ("0.1, 0.2\n" * 5, "at least 20 are needed"),
        ("hello\n" * 30, "has one column"),
        ("a, b\n" * 30, "text"),
        ("{}", "is JSON; save it as CSV"),
    ],
)
def test_what_are_no_samples_gets_a_sentence(empty_store: Store, samples: str, said: str) -> None:
    app = scored(samples)
    assert not app.exception and said in boxes(app) and not app.dataframe


def test_samples_of_a_collapsed_generator_are_scored(empty_store: Store) -> None:
    app = scored("1, 0\n" * 30)
    assert not app.exception and not boxes(app) and "Not learned." in words(app)


# -- points of one's own


def test_pasted_points_become_the_distribution(empty_store: Store) -> None:
    app = opened(PAGE, {"own": "true", "dataset.kind": "ring", "dataset.noise": "0.1"})
    app.text_area(key="points_pasted").set_value(pasted(np.random.default_rng(0).normal(size=(50, 2)))).run()
    app.button(key="points_use").click().run()
    assert not app.exception and not boxes(app)
    (kept,) = empty_store.points.all()
    assert app.selectbox(key="dataset.kind").value == "points" and app.header[0].value == kept.info.name
    assert kept.sha256 in app.query_params["dataset.sha256"] and app.text_input(key="dataset.noise").value == "0"
    assert given(app)["chosen"] == kept.sha256
    # They stay in the gallery when something else is shown.
    app.selectbox(key="dataset.kind").set_value("circle").run()
    assert kept.sha256 in {entry["key"] for entry in given(app)["entries"]}


def test_a_drawing_becomes_the_distribution(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    numbers = np.random.default_rng(0).integers(-9000, 9000, 60).tolist()
    nothing = SimpleNamespace(drawn=None)
    answers = iter([nothing, SimpleNamespace(drawn={"points": numbers})])
    monkeypatch.setattr("gancore.ui.draw._component", lambda: lambda **kwargs: next(answers, nothing))
    app = opened(PAGE, {"own": "true"})
    app.segmented_control(key="own_way").set_value("Draw").run()
    app.run()
    assert not app.exception and app.header[0].value == "drawing"
