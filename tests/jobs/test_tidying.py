"""What stopped workers and earlier versions left in a store's jobs folder goes when that is safe."""

from __future__ import annotations

import os
import threading
import time
from pathlib import Path

import numpy as np
from filelock import FileLock
from support import queued
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import locks, pool
from gancore.jobs.folders import JobFolders, write_json
from gancore.jobs.live import write_live
from gancore.jobs.locks import RunLock
from gancore.jobs.tidy import tidy
from gancore.jobs.worker import Worker
from gancore.store import Store

no_processes, store = queued.no_processes, queued.store


def runs(count: int) -> list[RunConfig]:
    settings = {"steps": 10, "log_every": 10, "snapshot_every": 10, "dataset.size": 100, "latent.dim": 5}
    return [with_changes(RunConfig(), settings | {"seed": seed}) for seed in range(count)]


def show(folders: JobFolders, run_id: str) -> Path:
    write_live(folders, run_id, 1, {"step": np.array([1])}, np.zeros((2000, 2), np.float32), 0)
    return folders.live(run_id)


def age(path: Path, seconds: float = 7200.0) -> None:
    os.utime(path, (time.time() - seconds,) * 2)


def test_free_locks_go_and_held_ones_stay(own_store):
    folder = JobFolders(own_store).root / "locks"
    folder.mkdir(parents=True)
    for number in range(20):  # as earlier versions left one a run
        (folder / f"{number:064x}.lock").touch()
    with FileLock(folder / f"{7:064x}.lock"):
        locks.sweep(folder)
        assert [path.name for path in folder.iterdir()] == [f"{7:064x}.lock"]
        assert not RunLock(folder / f"{7:064x}.lock").take()
    locks.sweep(folder)
    assert list(folder.iterdir()) == []
    locks.sweep(folder / "missing")


def test_a_lock_leaves_no_file(tmp_path):
    path = tmp_path / "locks" / "x.lock"
    first, second = RunLock(path), RunLock(path)
    assert first.take() and path.exists()
    assert not second.take()
    first.release()
    assert not path.exists()
    assert second.take()
    assert not RunLock(path).take()
    second.release()


def test_a_lock_whose_file_was_removed_meanwhile_is_not_taken(tmp_path, monkeypatch):
    """Two processes would hold it: one the file that is there, one the file that is gone."""
    import fcntl

    path = tmp_path / "x.lock"
    holder, waiting, third = RunLock(path), RunLock(path), RunLock(path)
    assert holder.take()
    flock, between = fcntl.flock, [holder]

    def late(handle: int, operation: int) -> None:
        if between and operation & fcntl.LOCK_EX:  # it has opened the file, and the holder is done with it now
            between.pop().release()
            assert third.take()
        flock(handle, operation)

    monkeypatch.setattr(fcntl, "flock", late)
    assert not waiting.take()
    monkeypatch.undo()
    third.release()


def test_never_two_hold_a_lock_while_others_sweep(tmp_path):
    path, inside, most, takes = tmp_path / "x.lock", [0], [0], [0]
    latest = time.monotonic() + 60

    def going_on() -> bool:
        return takes[0] < 50 and time.monotonic() < latest

    def work() -> None:
        while going_on():
            lock = RunLock(path)
            if lock.take():
                inside[0] += 1
                most[0] = max(most[0], inside[0])
                takes[0] += 1
                time.sleep(0)
                inside[0] -= 1
                lock.release()

    def sweep() -> None:
        while going_on():
            locks.sweep(tmp_path)

    threads = [threading.Thread(target=target) for target in (work, work, work, sweep)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert most == [1] and takes[0] >= 50


def test_views_go_with_what_made_them_and_stay_where_someone_waits(store):
    folders = JobFolders(store.root)
    wanted, failed, stored, training, forgotten, fresh = runs(6)
    job = jobs.submit(store, [wanted, failed, stored], "kept")
    job.pause()
    write_json(folders.failure(failed.run_id), {"message": "out of luck"})
    store.put(untrained(stored))
    write_json(folders.slot_status(0), pool.identity() | {"run_ids": [training.run_id], "state": "training"})
    views = {config.seed: show(folders, config.run_id) for config in (wanted, failed, stored, training, forgotten)}
    for config in runs(5):
        write_json(folders.attempt(config.run_id), {"attempts": 1})
        age(folders.attempt(config.run_id))
        age(views[config.seed])
    show(folders, fresh.run_id)
    tidy(store)
    left = {config.seed for config in runs(6) if folders.live(config.run_id).exists()}
    assert left == {wanted.seed, training.seed, fresh.seed}
    assert {c.seed for c in runs(6) if folders.attempt(c.run_id).exists()} == {wanted.seed, training.seed}
    assert stored.run_id in store and job.failures() == {failed.run_id: "out of luck"}


def test_half_written_and_forgotten_files_go(store):
    folders = JobFolders(store.root)
    half, new = (folders.root / "live" / name for name in (".abc.part", ".new.part"))
    old, kept = folders.checkpoint("a" * 64), folders.checkpoint("b" * 64)
    for path in (half, new, old, kept):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(b"x")
    age(half)
    age(old, 8 * 86_400)
    age(kept, 6 * 86_400)
    tidy(store)
    assert [path.exists() for path in (half, new, old, kept)] == [False, True, False, True]


def test_a_store_without_jobs_is_tidy(own_store):
    tidy(Store(own_store))
    assert not own_store.exists()


def test_a_run_that_fails_leaves_its_reason_alone(store, monkeypatch):
    (config,) = runs(1)
    worker, folders = Worker(store.root, 63, 1.0), JobFolders(store.root)
    jobs.submit(store, [config], "fails")

    def fails(configs: list[RunConfig], ids: list[str]) -> None:
        show(folders, ids[0])
        raise RuntimeError("out of luck")

    monkeypatch.setattr(worker, "_train", fails)
    with worker.claim() as group:
        worker.train(group)
    assert folders.failure(config.run_id).exists()
    for folder in ("live", "locks", "attempts"):
        assert list((folders.root / folder).iterdir()) == [], folder
