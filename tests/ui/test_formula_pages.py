"""Typed formulas on the pages: the field's error at the place, the picture around the curve, levels of a study."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.pages import words

from gancore import jobs
from gancore.metrics import applicable
from gancore.store import Store
from gancore.studies.drafts import decode_study

ROOT = Path(__file__).parents[2]
SINE = {"dataset.kind": "formula", "dataset.x": "x", "dataset.y": "sin(x)"}


@pytest.fixture(autouse=True)
def quick(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither jobs nor reference values, which take seconds."""
    for name, value in {"warm": lambda s: None, "live": lambda s, r: None, "list_jobs": lambda s: []}.items():
        monkeypatch.setattr(jobs, name, value)
    monkeypatch.setattr(jobs, "available", lambda: False)
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: 42.0 if list(configs) else 0.0)
    references = lambda self, dataset, *a, **k: {k: {"mean": 0.1, "low": 0.0, "high": 0.2} for k in applicable(dataset)}  # noqa: E731
    monkeypatch.setattr(Store, "references", references)
    monkeypatch.setattr(Store, "collapsed", lambda self, d: {"one_point": dict.fromkeys(applicable(d), 1.0)})


def opened(page: str, query: dict[str, str]) -> AppTest:
    app = AppTest.from_file(str(ROOT / f"pages/{page}.py"), default_timeout=100)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def domains(app: AppTest) -> list[list[float]]:
    """Ends of the axes of the first chart."""
    spec = json.loads(app.get("vega_lite_chart")[0].proto.spec)
    return [spec["encoding"][axis]["scale"]["domain"] for axis in "xy"]


@pytest.mark.parametrize("page", ["data", "training"])
def test_a_formula_is_refused_under_its_field_at_the_place(page):
    app = opened(page, SINE)
    app.text_input(key="dataset.y").set_value("2*sine(x)").run()
    assert not app.exception
    said = words(app).replace("\\", "")
    assert "dataset.y: '2*sine(x)' is not allowed; at character 3: there is no 'sine' (did you mean sin?)" in said
    app.text_input(key="dataset.y").set_value("1/(x - 1)").run()
    assert "y is beyond 1,000,000 near t = 1" in words(app).replace("\\", "")
    app.text_input(key="dataset.y").set_value("cos(x)").run()
    assert "is not allowed" not in words(app)


def test_the_data_page_shows_the_curve_in_its_own_window():
    app = opened("data", SINE)
    (left, right), (low, high) = domains(app)
    assert (left + right) / 2 == pytest.approx(np.pi, abs=0.01) and right - left == pytest.approx(2.5 * np.pi, rel=0.01)
    assert (low + high) / 2 == pytest.approx(0, abs=0.01) and high - low == pytest.approx(right - left)
    assert app.header[0].value.replace("\\", "") == "y = sin(x)"
    (left, right), (low, high) = domains(opened("data", {}))
    assert [left, right, low, high] == pytest.approx([-1.25, 1.25, -1.25, 1.25], abs=1e-3), "the circle as always"


def builder() -> None:
    """A page with nothing but the builder, which stands open."""
    import streamlit as st

    from gancore.store import Store
    from gancore.studies import known_studies, load_study
    from gancore.ui import builder, running
    from gancore.ui.selection import Selection

    store = Store.open()
    running.prepare()
    name = st.selectbox("Study", [*known_studies(store), "own"], key="study", bind="query-params")
    study = load_study("first-fixes" if name == "own" else name, store)
    seeds = st.slider("Seeds", 1, 64, study.seeds, key="seeds", bind="query-params")
    builder.section(Selection(store, study, seeds))


def test_the_builder_has_distributions_as_a_factor():
    app = AppTest.from_function(builder, default_timeout=60)
    app.session_state["builder"] = True
    app.run()
    app.selectbox(key="builder_from").set_value("settings of the Training page").run()

    def field():
        return next(one for one in app.multiselect if str(one.key).startswith("builder_distributions"))

    field().set_value(["circle", "hello world"]).run()
    assert "'hello world' is not allowed; choose one from the list, or write a formula" in words(app)
    field().set_value(["circle", "sine(t), t"]).run()
    assert "factors.distribution.levels.2" in words(app) and "did you mean sin?" in words(app)
    field().set_value(["circle", "ring", "(cos(t), sin(2*t))", "y = x^2 from -1 to 1"]).run()
    assert not app.exception and not app.error, words(app)
    assert "8 variants × 4 seeds = 32 runs" in words(app)
    assert "y = x^2" in words(app).replace("\\", "")
    app.button(key="builder_open").click().run()
    study = decode_study(app.query_params["design"])
    assert [level.changes.get("dataset.y") for level in study.design.factor("distribution").levels] == [
        None,
        None,
        "sin(2*t)",
        "x^2",
    ]
