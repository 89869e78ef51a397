"""The form's folded settings: closed also where a link sets one, which is then named; and no false alarm in the log."""

from __future__ import annotations

import logging
from types import SimpleNamespace

import pytest
from streamlit import config
from streamlit.elements.lib import policies
from streamlit.testing.v1 import AppTest


def page() -> None:
    from gancore.ui.form import config_form

    config_form()


def arrived() -> None:
    """The form where a link from another page has set a value, as ``gancore.ui.arrival`` does."""
    import streamlit as st

    from gancore.ui.form import config_form

    st.session_state["batch_size"] = "64"
    config_form()


def opened(**query: str) -> AppTest:
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def captions(app: AppTest) -> list[str]:
    return [caption.value.replace("\\", "") for caption in app.caption]


def test_a_link_with_a_folded_setting_leaves_the_box_closed_and_names_it() -> None:
    app = opened(**{"latent.dim": "8", "batch_size": "64"})
    (box,) = [one for one in app.expander if one.label == "More settings"]
    assert not box.proto.expanded
    assert captions(app) == ["Changed in More settings: Latent dim 8."]
    assert app.text_input(key="latent.dim").value == "8"
    assert not captions(opened(batch_size="64")), "what stands above the box needs no naming"


@pytest.mark.parametrize("quiet", [True, False])
def test_what_a_link_within_the_app_sets_is_no_mistake_in_the_log(
    quiet: bool, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(policies, "_shown_default_value_warning", False)
    monkeypatch.setattr(policies, "runtime", SimpleNamespace(exists=lambda: True))  # as on a server
    monkeypatch.setattr(policies._LOGGER, "propagate", True)
    option = "global.disableWidgetStateDuplicationWarning"
    asked = config.get_option
    assert asked(option), "of .streamlit/config.toml"
    if not quiet:
        monkeypatch.setattr(config, "get_option", lambda name: name != option and asked(name))
    app = AppTest.from_function(arrived, default_timeout=60)
    with caplog.at_level(logging.WARNING):
        app.run()
    assert app.text_input(key="batch_size").value == "64"
    assert ("was created with a default value" in caplog.text) is not quiet
