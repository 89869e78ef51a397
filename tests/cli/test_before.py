"""Before it trains, a command says how long that takes; what takes days needs a yes."""

from __future__ import annotations

import pytest
import typer
from support.command_line import call, refused

from gancore import jobs

TRAIN = ["train", "--steps", "90000", "--seeds", "4"]
DAYS = "training 4 runs takes about 15 days here"


@pytest.fixture
def trained(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """How many runs each job was asked for; none is trained."""
    asked: list[int] = []

    def obtain(store, configs, label, workers=None, progress=True) -> dict[str, str]:
        asked.append(len(configs))
        return {config.run_id: "not in this test" for config in configs}

    monkeypatch.setattr(jobs, "obtain", obtain)
    monkeypatch.setattr(jobs, "estimate", lambda store, configs, workers=None: 15 * 86_400.0)
    return asked


def answered(monkeypatch: pytest.MonkeyPatch, answer: bool) -> list[str]:
    """Has a terminal answer; gives what was asked."""
    asked: list[str] = []

    def confirm(text: str, abort: bool, err: bool) -> bool:
        asked.append(text)
        if not answer and abort:
            raise typer.Abort
        return answer

    monkeypatch.setattr("gancore.cli.before.typer.confirm", confirm)
    monkeypatch.setattr("gancore.cli.before._terminal", lambda: True)
    return asked


def test_a_script_must_say_that_it_means_days(capsys, trained: list[int]):
    assert refused(capsys, *TRAIN, "--json") == f"gancore: --yes: {DAYS}; add --yes to start it all the same"
    assert not trained
    code, _, err = call(capsys, *TRAIN, "--yes")
    assert DAYS in err and trained == [4] and code == 1  # this test's runs fail


@pytest.mark.parametrize("answer", [True, False])
def test_a_terminal_is_asked(capsys, monkeypatch: pytest.MonkeyPatch, trained: list[int], answer: bool):
    asked = answered(monkeypatch, answer)
    code, _, err = call(capsys, *TRAIN)
    assert asked == [f"{DAYS}. Start it?"] and trained == [4] * answer and code == 1
    assert answer or "stopped" in err


def test_minutes_are_told_and_not_asked_for(capsys, monkeypatch: pytest.MonkeyPatch, trained: list[int]):
    counts: list[int | None] = []
    monkeypatch.setattr(jobs, "estimate", lambda store, configs, workers=None: counts.append(workers) or 240.0)
    _, _, err = call(capsys, "study", "run", "first-fixes", "--steps", "77", "--workers", "1")
    assert "training 20 runs takes about 4 min here" in err and trained == [20] and counts == [1]


def test_nothing_is_said_where_nothing_is_left_to_train(capsys, trained: list[int]):
    _, _, err = call(capsys, "train", "--seeds", "4")
    assert "takes about" not in err and not trained
