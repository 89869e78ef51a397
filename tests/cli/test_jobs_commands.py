"""gancore jobs: what is being trained, without its page or its command."""

from __future__ import annotations

import json
import shutil
import threading
import time

import pytest
from support.command_line import call, wrong
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool, turns
from gancore.jobs.folders import JobFolders, write_json
from gancore.store import Store

CONFIGS = [with_changes(RunConfig(), {"seed": seed, "steps": 30, "log_every": 10}) for seed in range(3)]


@pytest.fixture(autouse=True)
def started(monkeypatch) -> list[None]:
    """No worker is started; a list that grows whenever one would be."""
    found: list[None] = []
    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: found.append(None))
    monkeypatch.setattr(pool, "unavailable", lambda: "")
    monkeypatch.setattr(jobs, "unavailable", lambda: "")
    return found


@pytest.fixture
def store(own_store) -> Store:
    return Store.open(own_store)


def listed(capsys) -> list[dict]:
    code, out, err = call(capsys, "jobs", "list", "--json")
    assert code == 0, err
    return [json.loads(line) for line in out.splitlines()]


def test_jobs_are_listed_newest_last_and_looking_changes_nothing(capsys, store, started):
    assert "no jobs are kept" in call(capsys, "jobs", "list")[1]
    first = jobs.submit(store, CONFIGS, "the first <one>")
    store.put(untrained(CONFIGS[0]))
    second = jobs.submit(Store(store.root), CONFIGS[:1], "second")
    started.clear()
    (first.folder / "watched").unlink()
    found = listed(capsys)
    assert [job["job_id"] for job in found] == [first.job_id, second.job_id]
    head = {
        key: found[0][key]
        for key in ("label", "state", "watched", "runs", "done", "steps_done", "steps_total", "counts")
    }
    assert head == {
        "label": "the first <one>", "state": "waiting", "watched": False, "runs": 3, "done": 1, "steps_done": 30,
        "steps_total": 90, "counts": "shipped",
    }  # fmt: skip
    assert (found[1]["state"], found[1]["counts"]) == ("finished", "own")
    assert not started and not first.watched
    code, out, _ = call(capsys, "jobs", "list")
    assert code == 0
    assert [line.split()[0] for line in out.splitlines()[1:]] == [first.job_id, second.job_id]
    assert "unwatched" in out and "1/3" in out and "33%" in out


def test_a_job_whose_command_was_killed_is_cancelled_resumed_and_removed(capsys, store, started):
    job = jobs.submit(store, CONFIGS, "orphan")
    short = job.job_id[:6]
    assert f"{job.job_id} is waiting; cancel it first: gancore jobs cancel {job.job_id}" in wrong(
        capsys, "jobs", "remove", short
    )
    code, out, _ = call(capsys, "jobs", "cancel", short)
    assert (code, out) == (0, f"{job.job_id} is cancelled: 0 of 3 runs are stored (orphan)\n")
    assert f"{job.job_id} is cancelled; there is nothing to cancel" in wrong(capsys, "jobs", "cancel", short)
    started.clear()
    code, out, _ = call(capsys, "jobs", "resume", short, "--json")
    assert code == 0 and started
    assert json.loads(out)["state"] == "waiting"
    call(capsys, "jobs", "cancel", short)
    code, out, _ = call(capsys, "jobs", "remove", short, "--json")
    assert (code, json.loads(out)) == (0, {"job_id": job.job_id, "removed": True})
    assert listed(capsys) == []
    assert "no job's id starts with" in wrong(capsys, "jobs", "resume", short)


def test_a_failed_job_is_tried_again(capsys, store):
    job = jobs.submit(store, CONFIGS[:1], "failing")
    write_json(JobFolders(store.root).failure(CONFIGS[0].run_id), {"message": "no luck"})
    assert listed(capsys)[0]["state"] == "failed"
    code, out, _ = call(capsys, "jobs", "resume", job.job_id)
    assert code == 0 and "is waiting" in out
    assert job.failures() == {}


@pytest.mark.parametrize("command", ["cancel", "resume", "remove"])
@pytest.mark.parametrize(
    ("job_id", "said"),
    [
        ("ab", "job: 'ab' is not a job's id; give 4 to 12 of its digits (0-9, a-f)"),
        ("../../..", "is not a job's id"),
        ("abcd", "job: no job's id starts with 'abcd'; see: gancore jobs list"),
    ],
)
def test_wrong_ids_are_refused(capsys, store, command, job_id, said):
    assert said in wrong(capsys, "jobs", command, job_id)
    assert "ID" in wrong(capsys, "jobs", command)


def test_an_ambiguous_id_and_an_ended_job_are_refused_before_anything_is_done(capsys, store, monkeypatch):
    ids = iter(("abcd00000000", "abcd11111111", "ffff00000000"))
    monkeypatch.setattr("gancore.jobs.queue.uuid.uuid4", lambda: type("Id", (), {"hex": next(ids)})())
    first, _ = jobs.submit(store, CONFIGS, "one"), jobs.submit(store, CONFIGS, "two")
    assert "'abcd' starts the ids of 2 jobs; give more digits" in wrong(capsys, "jobs", "cancel", "abcd")
    shipped = jobs.submit(store, [RunConfig()], "ships")
    for command, said in (("cancel", "there is nothing to cancel"), ("resume", "there is nothing left to train")):
        refused = wrong(capsys, "jobs", command, first.job_id, shipped.job_id)
        assert f"{shipped.job_id} is finished; {said}" in refused
    assert first.wish == "run"


def test_a_job_out_of_time_is_not_resumed(capsys, store):
    job = jobs.submit(store, CONFIGS, "late", deadline=time.time() - 1)
    assert "the time that" in wrong(capsys, "jobs", "resume", job.job_id)


def test_a_command_whose_store_is_deleted_ends_with_a_sentence(capsys, store, started):
    def delete() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not started:
            time.sleep(0.02)
        shutil.rmtree(store.root)

    thread = threading.Thread(target=delete)
    thread.start()
    code, _, err = call(capsys, "train", "--steps", "123", "--store", str(store.root))
    thread.join()
    assert code == 1
    assert f"gancore: a run failed: the job is gone: its folder {store.root}" in err
    assert not store.root.exists()


def test_a_command_whose_job_is_cancelled_elsewhere_says_so(capsys, store, started):
    def cancel() -> None:
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and not started:
            time.sleep(0.02)
        jobs.list_jobs(store)[0].cancel()

    thread = threading.Thread(target=cancel)
    thread.start()
    code, _, err = call(capsys, "train", "--steps", "123")
    thread.join()
    assert code == 1
    assert "gancore: a run failed: cancelled; 0 of 1 runs are stored" in err


def test_watching_is_noted_and_forgotten(store, monkeypatch):
    job = jobs.submit(store, CONFIGS, "watched")
    assert job.watched  # who asks is about to look
    (job.folder / "watched").unlink()
    turns._noted.clear()
    job.progress(watching=False)
    assert not job.watched
    job.progress()
    assert job.watched
    now = time.time()
    monkeypatch.setattr(turns.time, "time", lambda: now + turns.WATCHED + 1)
    assert not job.watched
