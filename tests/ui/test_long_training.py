"""What a page says of the time that training takes, and that it asks before it starts what takes days."""

from __future__ import annotations

import pytest
from streamlit.testing.v1 import AppTest
from support import pages
from support.pages import FakeJob, opened, words

from gancore import jobs
from gancore.config import RunConfig
from gancore.store import Store
from gancore.ui.training.progress import cost, standing

empty_store, queue = pages.empty_store, pages.queue
DAYS = 15 * 86_400.0


@pytest.fixture
def long(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: DAYS)


def asking() -> None:
    """The inside of the dialog, which AppTest cannot press: a click there runs the whole page."""
    from gancore.config import RunConfig
    from gancore.store import Store
    from gancore.ui.training import progress

    progress._ask(Store.open(), [RunConfig(seed=seed) for seed in range(4)], "a job", 15 * 86_400.0)


@pytest.mark.usefixtures("long")
@pytest.mark.parametrize(
    ("page", "query", "sentence"),
    [
        ("pages/training.py", {"steps": "90000"}, "0 of 4 runs finished; :orange[all 4 take about 15 days here]."),
        ("pages/ablation.py", {"study": "first-fixes", "seeds": "3"}, "all 15 take about 15 days here"),
    ],
)
def test_a_training_of_days_is_asked_for(
    empty_store: Store, queue: list[FakeJob], page: str, query: dict[str, str], sentence: str
) -> None:
    app = opened(page, query)
    assert sentence in words(app)
    app.button(key="start").click().run()
    (dialog,) = app.get("dialog")
    assert dialog.proto.dialog.title == "Training takes days" and "**about 15 days**" in words(app)
    assert not queue and not app.exception


@pytest.mark.parametrize(("key", "started"), [("start_days", 4), ("start_not", 0)])
def test_it_starts_only_at_the_second_yes(empty_store: Store, queue: list[FakeJob], key: str, started: int) -> None:
    app = AppTest.from_function(asking, default_timeout=60).run()
    assert "Training 4 runs takes **about 15 days** here." in words(app)
    app.button(key=key).click().run()
    assert [len(job.configs) for job in queue] == [started] * bool(started) and not app.exception
    assert ("job" in app.query_params) == bool(started)


@pytest.mark.parametrize(
    ("total", "missing", "sentence"),
    [
        (4, 4, "0 of 4 runs finished; all 4 take about 40 s here."),
        (4, 3, "1 of 4 runs finished; the other 3 take about 40 s here."),
        (4, 1, "3 of 4 runs finished; the other one takes about 40 s here."),
        (1, 1, "0 of 1 run finished; it takes about 40 s here."),
    ],
)
def test_the_time_is_told_of_what_is_missing(empty_store: Store, total: int, missing: int, sentence: str) -> None:
    assert standing(empty_store, total, [RunConfig(seed=seed) for seed in range(missing)]) == sentence


def test_a_time_that_nobody_knows_is_not_told(empty_store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: None)
    assert cost(empty_store, [RunConfig()] * 2, 3) == "how long the other 2 take here is not known"
