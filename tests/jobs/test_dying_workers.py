"""Workers that end before they can train: started again a few times, then not, and the reason is shown."""

from __future__ import annotations

import time

import pytest
from support.fake_workers import fake_workers

from gancore import jobs
from gancore.cli.common import obtain
from gancore.config import RunConfig, with_changes
from gancore.jobs import deaths, pool
from gancore.jobs.folders import JobFolders, write_json
from gancore.store import Store

__all__ = ["fake_workers"]


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(deaths, "PAUSES", (0.0,))
    monkeypatch.setattr(jobs.job, "ENSURE_EVERY", 0.0)


@pytest.fixture
def store(own_store) -> Store:
    return Store.open(own_store)


def runs(count: int) -> list[RunConfig]:
    return [with_changes(RunConfig(), {"steps": 1000, "latent.dim": 3, "seed": seed}) for seed in range(count)]


def until(condition, seconds: float = 30.0):
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline
        time.sleep(0.02)
    return value


DIES = "echo loading >&2; echo \"ModuleNotFoundError: No module named 'tensorflow'\" >&2; exit 1"


def test_workers_that_end_at_once_are_given_up_and_the_reason_is_shown(store, fake_workers):
    fake_workers.do(DIES)
    job = jobs.submit(store, runs(2), "in vain")
    seen = []

    def failed() -> bool:
        progress = job.progress()
        seen.append((progress.state, progress.message))
        return progress.state == "failed"

    until(failed)
    assert sorted(fake_workers.starts) == [0, 0, 0, 1, 1, 1]
    assert "No module named 'tensorflow'" in seen[-1][1] and "end before they can train" in seen[-1][1]
    assert any("starting another" in message for state, message in seen if state != "failed")
    for _ in range(5):
        assert job.progress().state == "failed"
    jobs.warm(store)  # A page that opens does not try once more either.
    assert len(fake_workers.starts) == 6
    assert set(job.failures()) == set(job.run_ids)
    assert all("No module named 'tensorflow'" in reason for reason in job.failures().values())
    job.dismiss()
    assert jobs.get_job(store, job.job_id) is None


def test_asking_again_is_a_new_chance(store, fake_workers):
    fake_workers.do(DIES)
    job = jobs.submit(store, runs(2), "in vain")
    until(lambda: job.progress().state == "failed")
    fake_workers.do("sleep 60")
    job.resume()
    assert job.progress().state == "waiting"
    assert len(fake_workers.starts) in (6, 7, 8)  # the new ones may not have written their line yet
    until(lambda: len(fake_workers.starts) == 8)
    assert job.failures() == {}


def test_the_command_line_ends_with_the_reason(store, fake_workers, capsys):
    fake_workers.do(DIES)
    (found,) = obtain(store, runs(1), "in vain", None)
    _, status, run, reason = found
    assert (status, run) == ("failed", None)
    assert "No module named 'tensorflow'" in reason
    assert "No module named 'tensorflow'" in capsys.readouterr().err


def test_a_signal_is_named(store, fake_workers):
    fake_workers.do("kill -9 $$")
    job = jobs.submit(store, runs(1), "in vain", workers=1)
    until(lambda: job.progress().state == "failed")
    assert "signal 9; is memory short?" in job.progress().message
    assert fake_workers.starts == [0, 0, 0]


def test_a_worker_that_was_ready_is_started_again_however_often_it_is_killed(store, fake_workers):
    """What kills a worker that trains is the run's trouble, which counts its attempts."""
    folders = JobFolders(store.root)
    job = jobs.submit(store, runs(1), "killed", workers=1)
    for number in range(1, 6):
        until(lambda count=number: len(fake_workers.starts) == count)
        child = pool._children[(store.root, 0)]
        write_json(folders.slot_status(0), {"pid": child.pid, "ready": True, "state": "training"})
        child.kill()
        child.wait()
        assert job.progress().state == "waiting"
    assert pool.trouble(store.root) == ""


def test_a_worker_that_finds_its_slot_taken_is_no_trouble(store, fake_workers):
    fake_workers.do("exit 0")
    job = jobs.submit(store, runs(1), "shared", workers=1)
    until(lambda: (job.progress(), len(fake_workers.starts) > 5)[1])
    assert job.progress().state == "waiting"
    assert pool.trouble(store.root) == ""


def test_the_reason_is_the_last_line_of_this_workers_own_output(tmp_path):
    log = tmp_path / "0.log"
    log.write_bytes(b"an earlier trouble\n")
    found = deaths.Deaths()
    found.note(3, log, log.stat().st_size)
    assert found.reason == "exit code 3"
    log.write_bytes(log.read_bytes() + b"Traceback\n  line\nValueError: \xff no\n\n")
    found.note(1, log, 19)
    assert found.reason == "ValueError: \ufffd no"
    assert not found.hopeless
    found.note(1, tmp_path / "missing", 0)
    assert found.hopeless and found.reason == "exit code 1"
