"""The bar of a job on standard error: in place on a terminal, a line now and then in a log."""

from __future__ import annotations

import io
import sys

import pytest

from gancore.jobs import bar as bars
from gancore.jobs.progress import Progress
from gancore.jobs.waiting import progress_line


class Clock:
    """The seconds that ``bar`` sees, which only this test moves on."""

    def __init__(self) -> None:
        self.now = 0.0

    def monotonic(self) -> float:
        return self.now


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


def watched(stream: io.StringIO, seconds: float, monkeypatch: pytest.MonkeyPatch) -> str:
    """What a job of so many seconds leaves on standard error, looked at every 0.2 s."""
    clock = Clock()
    monkeypatch.setattr(bars, "time", clock)
    monkeypatch.setattr(sys, "stderr", stream)
    looks = round(seconds / 0.2)
    with progress_line("four-fixes") as show:
        for look in range(looks + 1):
            clock.now = 0.2 * look
            state = "finished" if look == looks else "running"
            show(Progress(state, 4, 4 * look // looks, 0, 0, look, looks, 5.0, None, state))
    return stream.getvalue()


def test_a_log_gets_a_line_every_ten_seconds_and_the_last_word(monkeypatch: pytest.MonkeyPatch):
    text = watched(io.StringIO(), 60.0, monkeypatch)
    lines = text.splitlines()
    assert text.endswith("\n") and "\r" not in text
    assert len(lines) == 1 + 6 + 1  # at once, each ten seconds, and at the end
    assert "0/4 runs" in lines[1] and "2/4 runs" in lines[4] and "4/4 runs, finished" in lines[-1]


def test_a_terminal_gets_one_line_drawn_at_every_look(monkeypatch: pytest.MonkeyPatch):
    text = watched(Terminal(), 6.0, monkeypatch)
    assert text.count("\n") == 1 and text.count("\r") >= 30
    assert "4/4 runs, finished" in text.rsplit("\r", 1)[1]


def test_a_notebook_counts_as_a_terminal(monkeypatch: pytest.MonkeyPatch):
    notebook = type("OutStream", (io.StringIO,), {"__module__": "ipykernel.iostream"})()
    text = watched(notebook, 6.0, monkeypatch)
    assert text.count("\n") == 1 and text.count("\r") >= 30


def test_a_loop_over_little_work_leaves_two_lines(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(sys, "stderr", io.StringIO())
    assert list(bars.Bar(range(3), desc="pictures and logs", unit="run")) == [0, 1, 2]
    first, last = sys.stderr.getvalue().splitlines()  # type: ignore[attr-defined]
    assert "0/3" in first and "3/3" in last
