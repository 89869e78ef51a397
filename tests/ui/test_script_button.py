"""The download of a run's script on the pages: there for every run, also for those that ship."""

from __future__ import annotations

import io

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gancore.config import RunConfig
from gancore.datasets.points import EXAMPLE, digest
from gancore.export.script import script_text
from gancore.ui.training import export


def page() -> None:
    from gancore.config import RunConfig
    from gancore.ui.training.export import script_button

    script_button(RunConfig())


def test_the_button_gives_the_script_and_says_what_it_needs() -> None:
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception
    (button,) = app.get("download_button")
    assert button.proto.label == "Keras script" and "Keras 3 or newer" in button.proto.help
    assert export._script(RunConfig()) == script_text(RunConfig())  # type: ignore[arg-type]


def page_of_own_points() -> None:
    from gancore.config import parse_config
    from gancore.ui.training.export import script_button

    script_button(parse_config({"dataset": {"kind": "points"}}))


def test_points_of_ones_own_are_a_file_beside_the_script() -> None:
    app = AppTest.from_function(page_of_own_points, default_timeout=60).run()
    assert not app.exception
    assert [button.proto.label for button in app.get("download_button")] == ["Keras script", "Points for the script"]
    points = np.load(io.BytesIO(export._points(EXAMPLE)), allow_pickle=False)
    assert digest(points) == EXAMPLE


def test_there_is_no_button_where_a_setting_has_no_script(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(export, "_script", lambda config: None)
    app = AppTest.from_function(page, default_timeout=60).run()
    assert not app.exception and not app.get("download_button")
