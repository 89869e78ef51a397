"""A page on which the section that builds a study stands open, and which trains nothing."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from streamlit.testing.v1 import AppTest

from gancore import jobs


@pytest.fixture(autouse=True)
def nothing_trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "submit", lambda *args, **kwargs: pytest.fail("it started to train"))
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: 42.0 if list(configs) else 0.0)


def built(page: Callable[[], None], query: dict[str, str]) -> AppTest:
    """A page after its first run, with the builder open."""
    app = AppTest.from_function(page, default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.session_state["builder"] = True
    app.run()
    assert not app.exception, app.exception
    return app
