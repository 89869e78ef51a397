"""The download of a run's script on the pages: there for every run, also for those that ship."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support import pages
from support.pages import FakeJob, opened
from support.untrained import untrained

from gancore.config import RunConfig, with_changes
from gancore.datasets.points import EXAMPLE, digest
from gancore.export.script import script_text
from gancore.store import Store
from gancore.ui import runs
from gancore.ui.training import export

empty_store, queue = pages.empty_store, pages.queue


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


@pytest.fixture
def downloads(monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    """Label → text of the scripts that the page offers in its last run."""
    offered: dict[str, str] = {}
    real = export.st.download_button

    def button(label: str, data: object, *args: object, **kwargs: object) -> bool:
        offered[label] = str(data)
        return real(label, data, *args, **kwargs)  # type: ignore[arg-type]

    monkeypatch.setattr(export.st, "download_button", button)
    return offered


def folded(app: AppTest) -> dict[str, bool]:
    """Label of each download → whether it stands inside something to be opened first."""
    found: dict[str, bool] = {}

    def walk(block: Any, inside: bool) -> None:
        inside = inside or getattr(block, "type", "") in ("expander", "tab", "popover", "dialog")
        for child in getattr(block, "children", {}).values():
            walk(child, inside)
        if getattr(block, "type", "") == "download_button":
            found[block.proto.label] = inside

    walk(app.main, False)
    return found


def test_the_script_of_the_forms_settings_is_one_click_away_before_anything_is_trained(
    empty_store: Store, queue: list[FakeJob], downloads: dict[str, str]
) -> None:
    app = opened("pages/training.py", {"batch_size": "77"})
    assert not app.exception and folded(app) == {"Keras script": False}
    assert downloads["Keras script"] == script_text(with_changes(RunConfig(), {"batch_size": 77}))
    queue.append(FakeJob([RunConfig()], "another"))
    app.text_input(key="batch_size").set_value("78").run()
    assert folded(app)["Keras script"] is False, "also while a job runs"
    assert downloads["Keras script"] == script_text(with_changes(RunConfig(), {"batch_size": 78}))
    app.text_input(key="batch_size").set_value("nonsense").run()
    assert not folded(app), "of what is not allowed there is no script"


def test_the_nearest_runs_script_is_called_that_runs(
    empty_store: Store, downloads: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runs, "references_of", lambda *a: {})
    near = with_changes(RunConfig(), {"steps": 400, "batch_size": 64, "seed": 2})
    empty_store.put(untrained(near))
    app = opened("pages/training.py", {"steps": "400", "batch_size": "77"})
    assert not app.exception and folded(app)["Keras script"] is False
    assert downloads["Keras script"] == script_text(with_changes(near, {"batch_size": 77, "seed": 0}))
    assert downloads["Keras script of this run, seed 2"] == script_text(near)
