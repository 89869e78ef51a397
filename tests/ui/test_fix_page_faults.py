"""What a link, a study's words or a full disk could break on the pages that lead to a fix, and on the Dirac GAN's."""

from __future__ import annotations

import errno
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.fixed import LOCKED, came_to, few
from support.results import make_result

from gancore import jobs
from gancore.config import RunConfig, parse_config
from gancore.diagnosis import Seen
from gancore.dirac import dirac
from gancore.fixing import Question, background, question
from gancore.fixing.candidates import Candidate
from gancore.fixing.question import noted, write_question
from gancore.store import Store
from gancore.studies import parse_study
from gancore.ui import heavy, theory
from gancore.ui.ablation import fixes
from gancore.ui.selection import Selection
from gancore.ui.training import fixing, why

SMALL = parse_config(
    {"steps": 400, "snapshot_every": 100, "generator": {"hidden": [4]}, "discriminator": {"hidden": [4]}}
)


@pytest.fixture
def store(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(Store, "open", Store)
    return Store(own_store)


def section() -> None:
    """A page with nothing but the section."""
    from gancore.store import Store
    from gancore.ui.training import fixing

    fixing.section(Store.open(), None, "")


def shown(asked: Question) -> AppTest:
    app = AppTest.from_function(section, default_timeout=60)
    app.query_params["fix"] = asked.question_id
    app.run()
    assert not app.exception, app.exception
    return app


def test_a_search_with_a_change_that_is_not_known_here_says_so(store: Store):
    gone = Candidate(key="gone", label="gone", kind="setting", changes={"loss.kind": "gone"}, source="A plug-in")
    asked = question(SMALL, LOCKED, rules=few(1)).model_copy(update={"candidates": [gone]})
    write_question(store, asked)
    assert "loss.kind: 'gone' is unknown" in shown(asked).error[0].value.replace("\\", "")


def test_a_full_disk_is_said_where_a_search_is_to_go_on(store: Store, monkeypatch: pytest.MonkeyPatch):
    asked = question(SMALL, LOCKED, rules=few(1))
    write_question(store, asked)

    def full(*others: object, **more: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    app = shown(asked)
    monkeypatch.setattr(background, "noted", full)
    app.button("fix_go_on").click().run()
    assert not app.exception and "No space left on device" in app.error[0].value


def test_words_of_a_study_and_of_points_are_no_markdown_in_links(store: Store, monkeypatch: pytest.MonkeyPatch):
    study = parse_study(
        'name = "mine"\ntitle = "Mine"\nquestion = "Does it?"\nseeds = 1\n[base]\nsteps = 400\nsnapshot_every = 100\n'
        '[[variant]]\nname = "fails"\nlabel = "![](http://x.y/z)"\n'
    )
    variant = study.variants[0]
    run = store.put(came_to(study.configs_of(variant, 1)[0], False))
    links: list[str] = []
    monkeypatch.setattr(fixing, "link", lambda page, label, query: links.append(label))
    fixes.section(Selection(store, study, 1), {variant.name: [run]}, ())
    assert links == [r"What fixes “\!\[\](http\://x.y/z)”?"]
    asked = question(SMALL, ["batch_size"], rules=few(1))
    noted(store, asked, stopped="*starred*")
    fixing._earlier(store)  # pyright: ignore[reportPrivateUsage]
    assert r"\*starred\*" in links[-1]


def test_of_a_large_job_no_more_runs_are_diagnosed_than_are_shown(store: Store, monkeypatch: pytest.MonkeyPatch):
    looked_at: list[RunConfig] = []

    def so_far(store: Store, config: RunConfig) -> Seen:
        looked_at.append(config)
        return Seen.of_result(make_result(config))

    monkeypatch.setattr(jobs, "so_far", so_far)
    job: Any = SimpleNamespace(configs=[SMALL.model_copy(update={"seed": seed}) for seed in range(30)])
    why._live(store, job)  # pyright: ignore[reportPrivateUsage]
    assert looked_at == job.configs[: why.SHOWN]


def test_steps_of_many_updates_wait_for_their_turn():
    assert theory.weight(dirac({})) == 1
    assert theory.weight(dirac({"update.d_steps": 20})) > heavy.LARGE
    assert theory.weight(dirac({"update.unrolled": 20})) > heavy.LARGE
