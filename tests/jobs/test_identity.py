"""A worker is told from others by what does not move with the wall clock."""

from __future__ import annotations

import subprocess
import sys

import psutil
import pytest

from gancore.jobs import pool, process
from gancore.jobs.folders import JobFolders, write_json

linux = pytest.mark.skipif(not (process.PROC / "self" / "stat").exists(), reason="needs a process file system")


@pytest.fixture
def other():
    """A process that is not this one."""
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    yield child
    child.kill()
    child.wait()
    assert child.stdin is not None
    child.stdin.close()


def set_clock(monkeypatch, seconds: float) -> None:
    """The wall clock is set by NTP, or a virtual machine is resumed: psutil's start times move with it."""
    create_time = psutil.Process.create_time
    monkeypatch.setattr(psutil.Process, "create_time", lambda self: create_time(self) + seconds)


@linux
@pytest.mark.parametrize("seconds", [2.0, -2.0, 86_400.0])
def test_a_living_worker_is_known_after_the_clock_was_set(own_store, monkeypatch, seconds):
    write_json(JobFolders(own_store).slot_status(0), pool.identity() | {"state": "idle"})
    (before,) = pool.workers(own_store)
    set_clock(monkeypatch, seconds)
    assert pool.workers(own_store) == [before]


@linux
def test_a_process_id_that_was_given_away_again_is_another_process(other):
    mine = process.mark()
    assert process.lives(mine)
    assert not process.lives(mine | {"ticks": mine["ticks"] - 1})
    assert not process.lives(mine | {"pid": other.pid})
    assert not process.lives(mine | {"boot": "another"})


def test_a_process_that_ended_does_not_live_though_nobody_has_waited_for_it(other):
    started = psutil.Process(other.pid).create_time()
    marks = [{"pid": other.pid, "started": started}]
    if (process.PROC / "self" / "stat").exists():
        marks.append({"pid": other.pid, "ticks": process._ticks(other.pid), "boot": process.boot()})
    assert all(process.lives(mark) for mark in marks)
    other.kill()
    while psutil.Process(other.pid).status() != psutil.STATUS_ZOMBIE:
        pass
    assert not any(process.lives(mark) for mark in marks)
    other.wait()
    assert not any(process.lives(mark) for mark in marks)


def test_where_only_the_clock_tells_the_start_decides(monkeypatch, tmp_path):
    monkeypatch.setattr(process, "PROC", tmp_path)
    process.boot.cache_clear()
    try:
        mine = process.mark()
        assert "ticks" not in mine and process.lives(mine)
        assert not process.lives(mine | {"started": mine["started"] - 2})
    finally:
        process.boot.cache_clear()


def test_a_worker_of_an_earlier_version_is_known_by_its_start():
    mine = process.mark()
    assert process.lives({"pid": mine["pid"], "started": mine["started"]})
    assert not process.lives({"pid": mine["pid"], "started": mine["started"] - 5})


@pytest.mark.parametrize(
    "status", [{}, {"pid": "x"}, {"pid": -1, "started": 0}, {"pid": 2**70, "ticks": 1, "boot": ""}, {"ticks": 1}]
)
def test_nonsense_does_not_live(status):
    assert not process.lives(status)
    pool.end_worker(status)  # and ends nothing
