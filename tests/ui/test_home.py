"""The first page on the shipped runs: what to do, why, what holds of each claim; and a claim's link to its pair."""

from __future__ import annotations

import json
import re
from pathlib import Path
from urllib.parse import parse_qsl

import pytest
from streamlit.testing.v1 import AppTest

from gancore.analysis import conclusions
from gancore.analysis.answer import shipped_answer
from gancore.config import RunConfig, with_changes
from gancore.store import Store
from gancore.studies import load_study
from gancore.studies.labels import dataset_words
from gancore.ui.ablation import verdicts
from gancore.words import percent

ROOT = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def page(tmp_path_factory) -> AppTest:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GANCORE_STORE", str(tmp_path_factory.mktemp("home")))
        return AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()


def words(app: AppTest) -> str:
    elements = [*app.markdown, *app.caption, *app.info, *app.warning]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in elements))


def test_it_opens_on_the_answer_with_its_rates_and_ways_to_use_it(page: AppTest) -> None:
    assert not page.exception
    answer = shipped_answer()
    assert answer and answer.best and answer.smallest
    said = words(page)
    assert f"What works: {answer.best.title}" in said
    for before, after in zip(answer.baseline.rates, answer.best.rates, strict=True):
        row = f"| {before.learned} of {before.runs} | **{after.learned} of {after.runs}** "
        assert f"| {dataset_words(after.dataset)} {row}" in said
        for rate in (before, after, answer.smallest.on(after.dataset)):
            assert f"{rate.learned} of {rate.runs} :small[({percent(rate.low)} to {percent(rate.high)})]" in said
    links = [link.proto for link in page.get("page_link") if link.proto.label == "Use it"]
    for way, link in zip((answer.best, answer.smallest), links, strict=True):
        settings = dict(parse_qsl(link.query_string))
        assert with_changes(RunConfig(), settings) == way.config  # the link trains these very runs
        run = Store.open().get(way.on("circle").run_id)
        assert run and run.config == way.config.model_copy(update={"seed": run.config.seed})
    (fix,) = [link.proto for link in page.get("page_link") if link.proto.label == "Fix mine"]
    assert dict(parse_qsl(fix.query_string)) == {"fix": "ask"}
    assert f"gancore train --recipe {answer.best.recipe}" in page.code[0].value


def test_the_failing_circle_stands_beside_the_fixed_one(page: AppTest) -> None:
    answer = shipped_answer()
    assert answer and answer.best
    drawn = [json.loads(chart.proto.spec)["description"] for chart in page.get("vega_lite_chart")]
    assert len(drawn) == 2
    for text, way in zip(drawn, (answer.baseline, answer.best), strict=True):
        run = Store.open().get(way.on("circle").run_id)
        assert run and f"seed {run.config.seed} at step {run.steps:,}" in text


def test_the_script_is_made_when_it_is_asked_for(page: AppTest) -> None:
    before = len(page.code)
    page.button(key="script_best").click().run()
    assert not page.exception
    code = page.code[-1]
    assert len(page.code) == before + 1
    assert re.search(r"^BATCH\w*\b.* = 256", code.value, re.MULTILINE)
    compile(code.value, "script.py", "exec")


def test_settings_that_no_script_can_do_are_trained_by_a_command(monkeypatch) -> None:
    def script() -> None:
        from gancore.config import RunConfig, with_changes
        from gancore.ui import home

        home._script(with_changes(RunConfig(), {"batch_size": 64}), "Batch 64")

    from gancore.config import ConfigError

    def refuse(config: RunConfig) -> str:
        raise ConfigError("--script: batch_size is 64, which the script cannot do")

    monkeypatch.setattr("gancore.export.script.script_text", refuse)
    app = AppTest.from_function(script, default_timeout=60).run()
    assert not app.exception and "which the script cannot do" in words(app)
    assert "batch_size=64" in app.code[0].value


def test_a_page_without_an_answer_says_how_to_make_one(monkeypatch, own_store) -> None:
    monkeypatch.setattr("gancore.analysis.answer.shipped_answer", lambda: None)
    app = AppTest.from_file(str(ROOT / "streamlit_app.py"), default_timeout=60).run()
    assert not app.exception
    assert "gancore gallery answer" in words(app) and "**1. Combine real and fake points" in words(app)


def test_it_says_why_and_names_the_question_and_the_answer(page: AppTest) -> None:
    said = words(page)
    assert "the points surround it and do not settle on it" in said and "slow to learn rather than out of reach" in said
    assert "“A basic GAN in Keras learns samples from a parabola but fails on a circle" in said
    assert "learned the parabola in **10 of 10** runs and the circle in **0 of 40**" in said
    assert "**The answer** posted to it takes the discriminator for the bottleneck" in said
    assert "says the answer" not in said and "references" not in said and "either side" not in said
    first = load_study("four-fixes").claims[0].text
    assert f"“{first}”" in said  # quoted as it stands


def test_every_card_has_its_sentence_and_its_runs(page: AppTest) -> None:
    study, said = load_study("four-fixes"), words(page)
    content = verdicts.analysis(Store.open(), study)
    for claim, one in zip(content.claims, conclusions(study, content), strict=True):
        assert one.text in said
        with_it, without = (claim.learned_after, claim.runs_after), (claim.learned_before, claim.runs_before)
        assert "{} of {} runs learned with it, {} of {} without".format(*with_it, *without) in said
    assert "**3. Use fewer generator neurons: 16 and 32**" in said  # what is advised, not a reason


def choices() -> None:
    """Two boxes whose defaults another choice decides."""
    import streamlit as st

    from gancore.ui import url

    asked = st.selectbox("about", ["a", "b"], key="about")
    defaults = {"first": "x", "second": "y"} if asked == "a" else {"first": "y", "second": "z"}
    url.renew(defaults)
    for key in defaults:
        url.follow(key, ["x", "y", "z"], defaults[key])
    shown = {key: str(st.selectbox(key, ["x", "y", "z"], key=key)) for key in defaults}
    url.carry(shown, defaults, ["x", "y", "z"])


def both(app: AppTest) -> tuple[str, str]:
    return app.selectbox(key="first").value, app.selectbox(key="second").value


def test_another_choice_brings_its_own_pair_and_a_link_has_its_way() -> None:
    app = AppTest.from_function(choices, default_timeout=60).run()
    assert both(app) == ("x", "y")
    app.selectbox(key="about").set_value("b").run()
    assert both(app) == ("y", "z") and "first" not in app.query_params
    app.selectbox(key="first").set_value("x").run()
    assert both(app) == ("x", "z") and app.query_params["first"] == "x"
    app.selectbox(key="about").set_value("a").run()  # what was chosen for the other is not kept
    assert both(app) == ("x", "y") and "first" not in app.query_params
    app.query_params["first"], app.query_params["second"] = "z", "x"  # as the browser's Back does
    app.selectbox(key="about").set_value("b").run()
    assert both(app) == ("z", "x")


@pytest.mark.slow
def test_a_cards_link_opens_the_pair_that_its_sentence_is_about(own_store) -> None:
    study = load_study("four-fixes")
    said = conclusions(study, verdicts.analysis(Store.open(), study))
    app = AppTest.from_file(str(ROOT / "pages/ablation.py"), default_timeout=60)
    app.query_params["study"], app.query_params["claim"] = study.name, "2"
    app.run()
    assert not app.exception
    assert both(app) == said[1].pair and said[1].text in words(app)
    (control,) = [group for group in app.get("button_group") if group.key == "claim"]
    control.set_value("4").run()
    assert not app.exception and both(app) == said[3].pair
