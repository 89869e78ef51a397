"""Settings that do not exist, in a file, a link or a design: each is named, and everything else is kept."""

from __future__ import annotations

import base64
import re
import zlib

import pytest
from streamlit.testing.v1 import AppTest
from support import building
from support.building import built

from gancore.config import ConfigError
from gancore.studies import load_study, parse_study
from gancore.studies.drafts import decode_known, decode_study, known_settings, known_study
from gancore.studies.drafts.links import WORDS

nothing_trains = building.nothing_trains

GOOD = load_study("four-fixes").to_toml().replace('"four-fixes"', '"mine"').replace("seeds = 40", "seeds = 2")
BAD = GOOD.replace("[base]\n", '[base]\nbatch_sise = 64\n"generator.width" = 3\n', 1)
FACTOR = """
[factors.clip]
path = "d_optimizer.noise_scale"
levels = [1, 2]
[[control]]
name = "clipped"
set = {clip = 1}
[[control]]
name = "small"
set = {clip = 1, "batch_size" = 16}
[[claim]]
text = "Clipping helps."
factor = "clip"
[[claim]]
text = "So does the control."
from = "clipped"
to = "small"
"""


def packed(text: str) -> str:
    packer = zlib.compressobj(9, zdict=WORDS)
    return "a" + base64.urlsafe_b64encode(packer.compress(text.encode()) + packer.flush()).decode().rstrip("=")


def test_a_study_keeps_all_but_the_settings_that_do_not_exist() -> None:
    study, left_out = known_study(BAD, "mine.toml")
    assert study == parse_study(GOOD)
    assert left_out == [
        "mine.toml: base: batch_sise: there is no such setting (did you mean batch_size?); it is left out",
        "mine.toml: base: generator.width: there is no such setting (did you mean generator.hidden?); it is left out",
    ]
    assert known_study(GOOD, "mine.toml") == (parse_study(GOOD), [])


def test_what_stands_on_such_a_setting_goes_with_it_and_is_named() -> None:
    study, left_out = known_study(GOOD + FACTOR, "file")
    good = parse_study(GOOD + '\n[[control]]\nname = "small"\nset = {"batch_size" = 16}\n')
    assert study == good
    said = "\n".join(left_out)
    for words in (
        "factors.clip.path: d_optimizer.noise_scale: there is no such setting; the factor is left out",
        "control.1: clip: there is no such setting",
        "control.1: it sets nothing else and is left out",
        "control.2: clip: there is no such setting",
        "claim.5: it is about what is left out",
        "claim.6: it is about what is left out",
    ):
        assert words in re.sub(r" \(did you mean [^)]*\)", "", said), words
    assert len(left_out) == 6


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (BAD.replace("seeds = 2", "seeds = 0"), "file: seeds: 0 is not allowed"),
        (BAD.replace('title = "', 'titel = "'), "file: titel: there is no such key"),
        (BAD.replace("[base]", "[base"), "file: it is not valid TOML"),
        (GOOD.replace("[base]\n", "[base]\nbatch_size = 0\n"), "file: base: batch_size: 0 is not allowed"),
        (GOOD.replace("[base]\n", "[base]\ngenerator = 3\n"), "file: "),
        (GOOD + '\n[factors.x]\npath = 3\nlevels = "no"\n', "file: factors.x"),
        ("base = 3\nname = 'a'", "file: "),
    ],
)
def test_everything_else_that_is_wrong_is_refused_as_before(text: str, said: str) -> None:
    with pytest.raises(ConfigError) as error:
        known_study(text, "file")
    assert str(error.value).startswith(said)


def test_a_design_and_a_link_say_it_too() -> None:
    study, left_out = decode_known(packed(BAD))
    assert study == parse_study(GOOD) and len(left_out) == 2 and left_out[0].startswith("design: base: batch_sise")
    with pytest.raises(ConfigError, match="batch_sise"):
        decode_study(packed(BAD))
    known, left_out = known_settings({"batch_size": "64", "bach": "1", "x" * 200: "2"}, "link")
    assert known == {"batch_size": "64"} and len(left_out) == 2
    assert left_out[0].startswith("link: bach: there is no such setting") and len(left_out[1]) < 200


# -- on the page


def page() -> None:
    """The parts of the Ablation page that read a study from outside, with the builder."""
    import streamlit as st

    from gancore.store import Store
    from gancore.studies import known_studies
    from gancore.ui import builder, running
    from gancore.ui.ablation import chooser

    store = Store.open()
    running.prepare()
    selection = chooser.choose(store, known_studies(store), False)
    st.text(selection.study.name)
    builder.section(selection)
    running.section(selection, main=not builder.is_open())


def opened(**query: str) -> AppTest:
    return built(page, query)


def words(app: AppTest) -> str:
    return re.sub(
        r"\\(.)", r"\1", "\n".join(str(element.value) for element in [*app.warning, *app.error, *app.markdown])
    )


def primaries(app: AppTest) -> list[str]:
    """The buttons that are the page's main action, of those that always stand on it."""
    kinds = {str(button.key): button.proto.type for button in app.button}
    return [key for key, kind in kinds.items() if kind == "primary" and key in ("start", "builder_open")]


def test_the_page_names_what_a_link_to_a_study_has_besides() -> None:
    app = opened(study="own", design=packed(BAD))
    assert app.text[0].value == "mine"
    assert "design: base: batch_sise: there is no such setting (did you mean batch_size?)" in words(app)


def test_the_builder_names_what_a_pasted_link_has_besides() -> None:
    app = opened(study="first-fixes")
    app.selectbox(key="builder_from").set_value("settings of the Training page").run()
    app.text_input(key="builder_link").set_value("http://x/training?batch_sise=64&batch_size=256&seeds=3").run()
    assert not app.error and "link: batch_sise: there is no such setting" in words(app)
    assert "2 variants × 3 seeds = 6 runs" in words(app)


def test_the_builder_names_what_a_dropped_file_has_besides() -> None:
    app = opened(study="first-fixes")
    app.selectbox(key="builder_from").set_value("a TOML file").run()
    app.file_uploader(key="builder_file").set_value(("mine.toml", BAD.encode(), "application/toml")).run()
    assert not app.error and "file: base: generator.width: there is no such setting" in words(app)
    assert "16 variants × 2 seeds = 32 runs" in words(app)


def test_a_page_has_one_main_action_and_the_builder_closes_over_the_study_it_opens() -> None:
    app = opened(study="four-fixes", seeds="42")
    assert primaries(app) == ["builder_open"]
    assert [button.key for button in app.button if button.key == "start"], "training the old study is still offered"
    app.button(key="builder_open").click().run()
    assert not app.exception
    assert app.session_state["builder"] is False and app.selectbox(key="study").value == "own"
    assert not [button for button in app.button if button.key == "builder_open"]
    app.slider(key="seeds").set_value(42).run()
    assert primaries(app) == ["start"]
