"""The Ablation page's sections: each has parameters of its own, and a study from outside is read once, and first."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import combinations
from pathlib import Path
from types import SimpleNamespace

import pytest
from streamlit.testing.v1 import AppTest

import gancore.analysis
from gancore import jobs
from gancore.store import Store
from gancore.studies import Study, encode_study, load_study, parse_study
from gancore.studies.drafts import decode_known
from gancore.ui import carried, running, viewer
from gancore.ui.ablation import compare, run_dialog, verdicts
from gancore.ui.selection import Selection

ROOT = Path(__file__).parents[2]
MINE = load_study("first-fixes").to_toml().replace('name = "first-fixes"', 'name = "mine"')


def study_named(name: str) -> Study:
    return parse_study(MINE.replace('name = "mine"', f'name = "{name}"'))


def test_each_parameter_of_the_url_belongs_to_one_section() -> None:
    sections = [running, viewer, run_dialog, verdicts, compare]
    assert all(section.PARAMETERS for section in sections)
    for one, other in combinations(sections, 2):
        assert not set(one.PARAMETERS) & set(other.PARAMETERS), (one.__name__, other.__name__)


def test_a_selection_shows_all_variants_unless_some_are_named(tmp_path: Path) -> None:
    study = load_study("first-fixes")
    names = [variant.name for variant in study.variants]
    everything = Selection(Store(tmp_path), study, 2, pick="each")
    assert [variant.name for variant in everything.variants] == names
    assert everything.single == "median" and Selection(Store(tmp_path), study, 2, pick="1").single == "1"
    assert len(everything.configs) == 2 * len(names)
    assert Selection(Store(tmp_path), study, 2, shown=()).variants == []
    (one,) = Selection(Store(tmp_path), study, 2, shown=(names[1],)).variants
    assert one == study.variants[1]


# -- a link's study


def page() -> None:
    """A page that shows the study of its link."""
    import streamlit as st

    from gancore.ui import carried

    study = carried.study()
    st.text(study.name if study else "none")


@pytest.fixture
def decoded(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The links that were decoded, in order."""
    links: list[str] = []

    def decode(text: str) -> tuple[Study, list[str]]:
        links.append(text)
        return decode_known(text)

    monkeypatch.setattr(carried, "decode_known", decode)
    carried._decoded.cache_clear()
    yield links
    carried._decoded.cache_clear()


def opened(design: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=30)
    app.query_params["design"] = design
    return app.run()


def test_a_links_study_is_decoded_once_for_all_reruns_and_visits(decoded: list[str]) -> None:
    one, other = encode_study(study_named("one")), encode_study(study_named("other"))
    app = opened(one)
    for _ in range(2):
        app.run()
    assert opened(one).text[0].value == app.text[0].value == "one"
    assert decoded == [one]
    app.query_params["design"] = other
    assert app.run().text[0].value == "other" and decoded == [one, other]


def test_a_link_that_cannot_be_read_is_refused_at_every_visit(decoded: list[str]) -> None:
    for _ in range(2):
        app = opened("abc")
        assert app.text[0].value == "none" and "design" in app.warning[0].value
    assert decoded == ["abc", "abc"]


def test_a_server_remembers_few_links(decoded: list[str]) -> None:
    for number in range(carried.KEPT + 3):
        carried._decoded(encode_study(study_named(f"n-{number}")))
    assert carried._decoded.cache_info().currsize == carried.KEPT == 64


# -- a dropped study


def test_a_dropped_study_opens_before_the_old_ones_runs_are_read(
    own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "available", lambda: False)
    read: list[str] = []
    runs_of = gancore.analysis.runs_of

    def reading(store: Store, study: Study, seeds: int | None = None):
        read.append(study.name)
        return runs_of(store, study, seeds)

    monkeypatch.setattr(gancore.analysis, "runs_of", reading)
    dropped = SimpleNamespace(dropped={"name": "mine.toml", "size": len(MINE), "text": MINE})
    answers = iter([SimpleNamespace(dropped=None), dropped])
    nothing = SimpleNamespace(dropped=None)
    monkeypatch.setattr("gancore.ui.drop._component", lambda: lambda **kwargs: next(answers, nothing))
    app = AppTest.from_file(str(ROOT / "pages" / "ablation.py"), default_timeout=60)
    app.query_params["study"] = "circle-vs-parabola"
    app.run()
    assert not app.exception and read == ["circle-vs-parabola"]
    app.run()
    assert not app.exception and read == ["circle-vs-parabola", "mine"]
    assert app.selectbox(key="study").value == "own" and "design" in app.query_params
    app.run()
    assert app.selectbox(key="study").value == "own" and read[2:] == ["mine"]
