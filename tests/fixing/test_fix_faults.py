"""What a search does on a full disk, without a process, and where two pages begin it in the same moment."""

from __future__ import annotations

import errno
import sys
from pathlib import Path
from types import TracebackType

import pytest
from support.fixed import LOCKED, few

from gancore.config import ConfigError, parse_config, with_changes
from gancore.fixing import Budget, Search, background, kept, question, read_question
from gancore.fixing.question import noted, write_question
from gancore.store import Store

SMALL = parse_config(
    {"steps": 400, "snapshot_every": 100, "generator": {"hidden": [4]}, "discriminator": {"hidden": [4]}}
)
ASKED = question(SMALL, LOCKED, rules=few(1))


@pytest.fixture
def search(tmp_path: Path) -> Search:
    """One that is to go on."""
    store = Store(tmp_path)
    return Search(store, noted(store, kept(store, ASKED), going=True))


def full(*others: object, **more: object) -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_process_that_cannot_be_started_is_said(search: Search, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(background.subprocess, "Popen", full)
    assert not background.carry_on(search)
    latest = read_question(search.store, search.question.question_id)
    assert latest is not None and not latest.going
    assert latest.stopped == "its process cannot be started (No space left on device)"


def test_on_a_full_disk_a_page_still_says_why_and_nothing_is_lost(search: Search, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(background.subprocess, "Popen", full)
    with monkeypatch.context() as patch:
        patch.setattr(background, "noted", full)
        assert not background.carry_on(search)
    assert not search.question.going and "No space left" in search.question.stopped
    latest = read_question(search.store, search.question.question_id)
    assert latest is not None and latest.going  # it goes on once there is room


def test_on_a_full_disk_the_process_ends_without_a_trace(search: Search, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(background, "_gone", full)
    monkeypatch.setattr(background, "noted", full)
    background.carry(search.store, search.question.question_id)
    assert not background.at_work(search)


def test_so_many_searches_go_on_at_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store, started = Store(tmp_path), list[Search]()
    monkeypatch.setattr(background, "carry_on", lambda search: bool(started.append(search)))
    for steps in range(100, 100 * (background.MOST_AT_WORK + 1), 100):
        asked = question(with_changes(SMALL, {"steps": steps, "snapshot_every": 100}), LOCKED, rules=few(1))
        background.begin(Search(store, kept(store, asked)), Budget())
    again = Search(store, kept(store, started[0].question))
    background.begin(again, Budget())  # one that goes on may be asked for again
    one_more = Search(store, kept(store, question(with_changes(SMALL, {"steps": 5000}), LOCKED, rules=few(1))))
    with pytest.raises(ConfigError, match=f"{background.MOST_AT_WORK} at most may do so at once; wait for one"):
        background.begin(one_more, Budget())
    assert not one_more.question.going and len(started) == background.MOST_AT_WORK + 1
    noted(store, again.question, going=False)
    background.begin(one_more, Budget())


def test_what_another_page_notes_meanwhile_stays(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    store = Store(tmp_path)

    class Later:
        """A lock that is free once the other page has begun the same search."""

        def __init__(self, path: Path) -> None:
            self.path = path

        def __enter__(self) -> None:
            write_question(store, ASKED.model_copy(update={"going": True}))

        def __exit__(
            self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
        ) -> None:
            pass

    monkeypatch.setattr(sys.modules[noted.__module__], "FileLock", Later)
    assert kept(store, ASKED).going
    latest = read_question(store, ASKED.question_id)
    assert latest is not None and latest.going
