"""A search that goes on by itself: its process, what stops it, and that it goes on after a kill."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import pytest
from support.fixed import LOCKED, came_to, few
from support.pages import FakeJob

from gancore import jobs
from gancore.config import ConfigError, RunConfig, parse_config
from gancore.fixing import Budget, Search, background, conclusion, drive, kept, question, read_question
from gancore.fixing.forecast import ahead, forecast
from gancore.fixing.trials import Answer
from gancore.jobs import Progress, process
from gancore.jobs.folders import write_json
from gancore.store import Store

SMALL = parse_config(
    {"steps": 400, "snapshot_every": 100, "generator": {"hidden": [4]}, "discriminator": {"hidden": [4]}}
)
RULES = few(1)


class Queue(list[FakeJob]):
    """Jobs whose runs are there at once; ``before`` is called with each as it is asked for."""

    def __init__(self, store: Store) -> None:
        super().__init__()
        self.store = store
        self.before: Callable[[FakeJob], object] = lambda job: None
        self.learns: Callable[[RunConfig], bool] = lambda config: config.batch_size == 256

    def submit(self, store: Store, configs: list[RunConfig], label: str, *others: object) -> FakeJob:
        job = FakeJob(list(configs), label)
        job.job_id = f"{len(self):012x}"
        self.append(job)
        self.before(job)
        if job.state == "running":
            for config in configs:
                self.store.put(came_to(config, self.learns(config)))
            job.state = "finished"
        return job


@pytest.fixture
def queue(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Queue:
    found = Queue(Store(tmp_path))
    monkeypatch.setattr(jobs, "submit", found.submit)
    monkeypatch.setattr(jobs, "list_jobs", lambda store: [job for job in found[::-1] if "dismiss" not in job.asked])
    monkeypatch.setattr(jobs, "estimate", lambda *others: 1.0)
    return found


def begun(store: Store, budget: Budget | None = None, monkeypatch: pytest.MonkeyPatch | None = None) -> Search:
    """A search that is to go on, whose process nobody has started."""
    search = Search(store, kept(store, question(SMALL, LOCKED, rules=RULES)))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(background, "carry_on", lambda search: True)
        background.begin(search, budget or Budget())
    return search


def asked(search: Search):
    """Its question as the store has it now."""
    found = read_question(search.store, search.question.question_id)
    assert found is not None
    return found


def test_it_goes_on_to_its_answer_and_then_stands_still(queue: Queue):
    search = begun(queue.store)
    background.carry(queue.store, search.question.question_id)
    answer = search.standing().answer
    assert answer is not None and answer.winner == "batch-256"
    assert not asked(search).going and not asked(search).stopped and not background.at_work(search)


def test_a_kill_between_any_two_rounds_changes_nothing(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    class Killed(BaseException):
        pass

    def kill(job: FakeJob) -> None:
        queue.remove(job)
        for config in job.configs[::2]:  # what its workers got done
            queue.store.put(came_to(config, queue.learns(config)))
        raise Killed

    search = begun(queue.store)
    rounds = 0
    while asked(search).going and rounds < 20:  # each process is killed as it asks for its second round
        first = len(queue)
        queue.before = lambda job, first=first: kill(job) if len(queue) > first + 1 else None
        try:
            background.carry(Store(queue.store.root), search.question.question_id)
        except Killed:
            rounds += 1
    assert rounds > 3
    answers = [search.standing().answer]
    other = Queue(Store(queue.store.root / "other"))
    monkeypatch.setattr(jobs, "submit", other.submit)
    uncut = begun(other.store)
    background.carry(other.store, uncut.question.question_id)
    answers.append(uncut.standing().answer)
    assert answers[0] == answers[1] == Answer("fix", "batch-256", answers[0].runner_up if answers[0] else "")
    assert search.standing().events == uncut.standing().events


def test_stopping_it_cancels_its_job_and_no_other(queue: Queue):
    search = begun(queue.store)
    other = queue.submit(queue.store, [SMALL], "another")
    other.state = "running"
    queue.before = lambda job: background.stop(Search(queue.store, asked(search)))
    background.carry(queue.store, search.question.question_id)
    assert asked(search).stopped == background.STOPPED and len(queue) == 2
    assert "cancel" in queue[-1].asked or "dismiss" in queue[-1].asked
    assert "cancel" not in other.asked
    background.carry(queue.store, search.question.question_id)
    assert len(queue) == 2  # it stands still


def test_a_cancelled_job_stops_it(queue: Queue):
    search = begun(queue.store)
    queue.before = lambda job: job.cancel()
    background.carry(queue.store, search.question.question_id)
    assert asked(search).stopped == "its job was cancelled" and len(queue) == 1


def test_a_job_that_is_at_it_is_taken_rather_than_a_second_one(queue: Queue):
    search = begun(queue.store)
    stand = search.standing()
    queue.before = lambda job: setattr(job, "state", "paused")
    first = drive.submit(search, stand)
    monkey = Progress("paused", 1, 0, 0, 0, 0, 1, 0.0, None, "")
    first.progress = lambda watching=True: monkey  # type: ignore[method-assign]
    assert drive.submit(search, stand) is first and len(queue) == 1


@pytest.mark.parametrize(("budget", "words"), [({"run_steps": 7000}, "steps in all"), ({"seconds": 60.0}, "are left")])
def test_a_budget_ends_it_and_says_so(queue: Queue, monkeypatch: pytest.MonkeyPatch, budget: dict, words: str):
    search = begun(queue.store, Budget(**budget))
    if "seconds" in budget:
        assert asked(search).until is not None
        monkeypatch.setattr(jobs, "estimate", lambda *others: 100.0)
    background.carry(queue.store, search.question.question_id)
    assert words in asked(search).stopped and not asked(search).going
    assert search.run_steps(search.standing().known) <= 7000
    assert f"Stopped before there was an answer: {asked(search).stopped}." in conclusion(
        search, search.standing(), asked(search).stopped
    )


def test_too_small_a_budget_begins_nothing(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    with pytest.raises(ConfigError, match="run_steps: 10 is too few; one race takes"):
        begun(queue.store, Budget(run_steps=10))
    assert not queue


def test_a_time_that_is_over_is_not_gone_on_with(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    search = begun(queue.store, Budget(seconds=1000))
    later = time.time() + 2000
    monkeypatch.setattr(time, "time", lambda: later)
    background.carry(queue.store, search.question.question_id)
    assert asked(search).stopped == "the time is over" and not queue


def test_what_one_change_lacks_does_not_end_a_search(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    def refusal(store: Store, configs: list[RunConfig]) -> str:
        return "too large" if any(config.batch_size == 256 for config in configs) else ""

    monkeypatch.setattr(jobs, "refusal", refusal)
    search = begun(queue.store)
    background.carry(queue.store, search.question.question_id)
    search = Search(queue.store, asked(search))
    answer = search.standing().answer
    assert (
        answer is not None and answer.verdict == "nothing" and set(search.question.failures.values()) == {"too large"}
    )


def test_a_start_that_cannot_be_trained_stops_it(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    search = begun(queue.store)
    monkeypatch.setattr(jobs, "refusal", lambda *others: "too large")
    background.carry(queue.store, search.question.question_id)
    assert asked(search).stopped == "too large" and not queue


def test_a_search_has_one_process_at_a_time(queue: Queue):
    search = begun(queue.store)
    with background.working(search) as alone:
        assert alone and background.at_work(search)
        with background.working(search) as second:
            assert not second
        background.carry(queue.store, search.question.question_id)
        assert not queue
    assert not background.at_work(search)


def test_a_mark_of_a_process_that_is_gone_says_nothing(queue: Queue):
    search = begun(queue.store)
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    mark = {**process.mark(), "pid": child.pid, "ticks": 1}
    child.communicate(b"\n")
    path = queue.store.root / "fixes" / f"{search.question.question_id}.at-work.json"
    write_json(path, mark)
    assert not background.at_work(search)


@pytest.mark.skipif(os.name == "nt", reason="a stand-in for the process is a shell's")
def test_a_process_that_ends_unasked_is_started_again_a_few_times(queue: Queue, monkeypatch: pytest.MonkeyPatch):
    started: list[list[str]] = []

    class Ended:
        def poll(self) -> int:
            return 1

    def popen(command: list[str], **others: object) -> Ended:
        started.append(command)
        return Ended()

    search = begun(queue.store)
    monkeypatch.setattr(background.subprocess, "Popen", popen)
    assert [background.carry_on(search) for _ in range(4)] == [True, True, True, False]
    assert len(started) == background.MOST_STARTS and started[0][-1] == search.question.question_id
    assert "ended unasked 3 times" in asked(search).stopped


def test_what_is_left_is_told_for_two_cases(queue: Queue):
    search = begun(queue.store)
    few_left, many_left = sorted(map(len, ahead(Search(queue.store, search.question))))
    assert 0 < few_left <= many_left
    told = forecast(search, search.standing())
    assert told is not None and told.low <= told.high
