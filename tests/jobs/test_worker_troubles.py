"""What goes wrong for one run or one job stays with it: the worker goes on, and so do the others."""

from __future__ import annotations

import json
import logging
from typing import Any

import numpy as np
import pytest
from support import queued

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.checkpoints import read_checkpoint, write_checkpoint
from gancore.jobs.folders import JobFolders, read_object
from gancore.jobs.job import Job
from gancore.jobs.worker import Worker
from gancore.recording.events import Row
from gancore.recording.recorder import Recorder
from gancore.training import engine
from gancore.training.step import measures_of

no_processes, store = queued.no_processes, queued.store


@pytest.fixture
def worker(store) -> Worker:
    return Worker(store.root, 63, 1.0)


def runs(count: int, first: int = 0) -> list[RunConfig]:
    settings = {"steps": 1000, "log_every": 100, "snapshot_every": 500, "latent.dim": 2, "dataset.size": 100}
    return [with_changes(RunConfig(), settings | {"seed": first + k}) for k in range(count)]


def recorded(configs: list[RunConfig], step: int) -> list[dict[str, np.ndarray]]:
    """Checkpoints of runs at a step, as far as a recorder makes them."""
    recorder = Recorder(configs, lambda dataset: {})
    for at in range(100, step + 1, 100):
        recorder.feed(Row(at, {name: np.zeros(len(configs)) for name in measures_of(RunConfig())}))
    for at in range(0, step + 1, 500):
        recorder.snapshots.append((at, np.zeros((len(configs), 2000, 2), np.float32)))
    recorder.close()
    # No snapshot has its scores yet, and a worker that goes on makes them again.
    state = {"step": np.array(step, np.int32), "row_start": np.array(step), "scored": np.zeros(step // 500 + 1, bool)}
    return [recorder.checkpoint(run) | state for run in range(len(configs))]


def claim(worker: Worker) -> list[str]:
    with worker.claim() as group:
        return [config.run_id for config in group]


@pytest.fixture
def trained(worker, monkeypatch) -> list[tuple[list[int], int]]:
    """Seeds and first step of each group that the worker trains; nothing is."""
    found: list[tuple[list[int], int]] = []
    monkeypatch.setattr(engine, "train", lambda configs, start=None: iter(()))

    def record(recorder: Recorder, events: Any, begun: int, configs: list[RunConfig], ids: list[str]) -> None:
        assert [config.run_id for config in configs] == ids
        assert len(recorder.rows) == begun // 100
        found.append(([config.seed for config in configs], begun))

    monkeypatch.setattr(worker, "_record", record)
    return found


@pytest.mark.parametrize("data", [b"", b"PK\3\4", b"\x93NUMPY"])
def test_a_damaged_checkpoint_does_not_keep_a_worker_from_any_run(store, worker, data):
    jobs.submit(store, runs(4), "four")
    path = worker.folders.checkpoint(runs(1)[0].run_id)
    path.parent.mkdir(parents=True)
    path.write_bytes(data)
    assert claim(worker) == [config.run_id for config in runs(2)]


def test_a_group_goes_on_from_its_checkpoints(worker, trained):
    configs = runs(2)
    for config, arrays in zip(configs, recorded(configs, 600), strict=True):
        write_checkpoint(worker.folders, config.run_id, arrays)
    worker.train(configs)
    assert trained == [([0, 1], 600)]


def test_one_unreadable_checkpoint_does_not_cost_another_runs_work(worker, trained):
    configs = runs(2)
    for config, arrays in zip(configs, recorded(configs, 600), strict=True):
        write_checkpoint(worker.folders, config.run_id, arrays)
    path = worker.folders.checkpoint(configs[0].run_id)
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 1  # its step can still be read, so both were claimed together
    path.write_bytes(data)
    worker.train(configs)
    assert trained == [([1], 600)]
    assert not path.exists() and read_checkpoint(worker.folders, configs[1].run_id) is not None
    assert not worker.folders.failure(configs[0].run_id).exists()


@pytest.mark.parametrize(
    "changes",
    [
        {"snapshots/points": np.zeros((2, 1000, 2), np.float32)},
        {"snapshots/step": np.array([0, 400])},
        {"history/step": np.array([100, 200])},
        {"step": np.array(5000)},
        {"step": np.array([600, 600])},
        {"row_start": np.array(-1)},
        {"scores/w1": None},
        {"seconds": None},
    ],
)
def test_a_checkpoint_that_does_not_fit_counts_as_none_for_its_run_alone(worker, trained, changes):
    configs = runs(2)
    saved = recorded(configs, 600)
    saved[0] = {name: value for name, value in (saved[0] | changes).items() if value is not None}
    for config, arrays in zip(configs, saved, strict=True):
        write_checkpoint(worker.folders, config.run_id, arrays)
    worker.train(configs)
    assert sorted(trained) == [([0], 0), ([1], 600)]
    assert all(not worker.folders.failure(config.run_id).exists() for config in configs)


def test_a_job_in_trouble_does_not_keep_a_worker_from_another(store, worker, monkeypatch, caplog):
    jobs.submit(store, runs(2), "in trouble")
    jobs.submit(store, runs(2, 10), "sound")
    left = Job.left

    def troubled(job: Job) -> frozenset[str]:
        if job.label == "in trouble":
            raise NotImplementedError("an unlucky disk")
        return left(job)

    monkeypatch.setattr(Job, "left", troubled)
    for _ in range(3):
        assert claim(worker) == [config.run_id for config in runs(2, 10)]
    lines = [record for record in caplog.records if "an unlucky disk" in record.message]
    assert len(lines) == 1 and lines[0].levelno == logging.ERROR


def test_a_look_for_work_that_fails_does_not_end_the_worker(worker, monkeypatch):
    def fails() -> None:
        raise OSError("the disk is away")

    monkeypatch.setattr(worker, "claim", fails)
    assert worker._work() is False


def test_a_job_that_is_damaged_is_left_out(store, worker):
    bad, good = jobs.submit(store, runs(2), "bad"), jobs.submit(store, runs(2, 10), "good")
    path = JobFolders(store.root).job(bad.job_id) / "job.json"
    content = read_object(path)
    for change in ({"run_ids": ["../../x"] * 2}, {"steps": [1]}, {"configs": []}):
        path.write_text(json.dumps(content | change))
        assert [job.job_id for job in jobs.list_jobs(store)] == [good.job_id]
    path.write_text("[" * 100_000)
    assert claim(worker) == [config.run_id for config in runs(2, 10)]


def test_a_worker_that_says_nonsense_counts_as_idle(store):
    folders = JobFolders(store.root)
    job = jobs.submit(store, runs(2), "watched")
    path = folders.slot_status(0)
    path.parent.mkdir(parents=True)
    for nonsense in ({"run_ids": 3}, {"run_ids": [[]], "step": "x"}, {"state": [], "pace": {}, "version": 1}):
        path.write_text(json.dumps(pool.identity() | nonsense))
        assert job.progress().state == "waiting"
    path.write_text("[" * 100_000)
    assert pool.workers(store.root) == []
