"""The page on the Dirac GAN: its links, presets, verdicts and refusals."""

from __future__ import annotations

import json

import pytest
from streamlit.testing.v1 import AppTest
from support import pages
from support.pages import boxes, opened, words

from gancore.dirac import dirac, pairs, seen
from gancore.ui import theory

PAGE = "pages/why_it_circles.py"
empty_store, queue = pages.empty_store, pages.queue


def portrait(app: AppTest) -> dict:
    return json.loads(app.get("vega_lite_chart")[0].proto.spec)


@pytest.fixture(scope="module")
def few():
    return [seen(one) for one in pairs(dirac({}, steps=10))[:2]]


def test_a_link_opens_its_trajectory(empty_store):
    app = opened(PAGE, {"loss": "wasserstein", "order": "simultaneous", "length": "100", "theta": "-0.5"})
    assert not app.exception and not boxes(app)
    assert "Diverges" in app.subheader[0].value
    asked = dirac({"loss.kind": "wasserstein", "update.order": "simultaneous"}, (-0.5, 1.0), 100)
    one = seen(asked)
    assert f"it is {one.last:.3g} from the equilibrium" in words(app)
    chart = portrait(app)
    assert "Phase portrait" in chart["description"]
    (slider,) = [param for param in chart["params"] if param["name"] == "at"]
    assert slider["bind"]["input"] == "range" and slider["bind"]["max"] == 100


def test_what_to_try_and_the_numbers_of_a_penalty(empty_store):
    app = opened(PAGE, {"length": "100"})
    assert "Circles" in app.subheader[0].value
    app.button(key="try_R1").click().run()
    assert "Converges" in app.subheader[0].value
    assert app.text_input(key="of_gamma").value == "1"
    app.text_input(key="of_gamma").set_value("20").run()
    assert "Diverges" in app.subheader[0].value
    assert "gancore dirac --penalty r1 --set penalty.gamma=20.0 --steps 100" in app.code[0].value
    app.text_input(key="of_gamma").set_value("-1").run()
    assert "penalty.gamma: '-1' is not allowed; it must be greater than or equal to 0" in boxes(app)
    assert not app.exception


@pytest.mark.parametrize(
    ("query", "says"),
    [
        ({"loss": "foo"}, "loss: 'foo' is not allowed; use one of hinge"),
        ({"rate": "inf"}, "rate: 'inf' is not allowed; use a number from 0.01 to 1"),
        ({"more": "dataset.kind=moons"}, "dataset.kind: the Dirac GAN has no such setting"),
        ({"more": "faster"}, "Other settings: 'faster' is not allowed; use PATH=VALUE"),
        ({"theta": "0", "psi": "0"}, "nothing moves at the equilibrium"),
    ],
)
def test_bad_links_are_named(empty_store, query, says):
    app = opened(PAGE, query | {"length": "10"})
    assert not app.exception
    assert says in boxes(app).replace("\\", "")


def test_every_pair_is_drawn_once_it_is_asked_for(empty_store, monkeypatch, few):
    asked = []
    monkeypatch.setattr(theory, "_every", lambda one: asked.append(one) or few)
    app = opened(PAGE, {"length": "10"})
    assert not asked
    app.toggle(key="pairs").set_value(True).run()
    assert len(asked) == 1 and not app.exception
    assert len(app.dataframe[0].value) == 2


def test_training_leads_here(empty_store):
    app = opened("pages/training.py", through_first=True)
    assert any("Why does it circle?" in link.proto.label for link in app.get("page_link"))
