"""Watching a job, and looking for work in it, costs what changed and not what there is."""

from __future__ import annotations

import shutil

import pytest
from support.calls import file_system_calls
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.checkpoints import write_checkpoint
from gancore.jobs.folders import JobFolders, write_json
from gancore.jobs.worker import Worker
from gancore.store import Store, listing

MANY = 300


def runs(count: int, first: int = 0) -> list[RunConfig]:
    settings = {"steps": 10, "log_every": 10, "snapshot_every": 10, "dataset.size": 100, "latent.dim": 2}
    return [with_changes(RunConfig(), settings | {"seed": first + k}) for k in range(count)]


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)
    # What changed is then known at the next look, with no seconds of care for a coarse clock.
    monkeypatch.setattr(listing, "SETTLE", 0.0)


@pytest.fixture
def store(own_store) -> Store:
    return Store.open(own_store)


def calls_of(look, looks: int = 3) -> int:
    """File system calls of the last of some looks in which nothing changed."""
    for _ in range(looks):
        with file_system_calls() as counted:
            look()
    return counted.total()


def claim(worker: Worker) -> list[str]:
    with worker.claim() as group:
        return [config.run_id for config in group]


def test_a_look_at_a_job_costs_the_same_however_many_runs_it_has(store):
    few, many = jobs.submit(store, runs(3), "few"), jobs.submit(store, runs(MANY, 100), "many")
    for config in runs(20, 100):  # on about as many shelves
        store.put(untrained(config))
    assert many.progress().done == 20
    assert calls_of(many.progress) <= calls_of(few.progress) + 1 <= 16
    with file_system_calls() as counted:
        many.progress()
    assert counted["os.listdir"] <= 1  # the workers' folder


def test_a_page_that_asks_anew_pays_no_more_than_one_that_kept_the_job(store):
    """A page's rerun gets its job from the folder; what was read of the store serves it too."""
    job = jobs.submit(store, runs(MANY), "many")

    def rerun() -> None:
        assert jobs.get_job(store, job.job_id).progress().done == 0

    assert calls_of(rerun) <= calls_of(job.progress) + 2


def test_a_look_for_work_costs_the_same_however_many_runs_wait(store):
    jobs.submit(store, runs(3), "few")
    worker = Worker(store.root, 63, 1.0)
    few = calls_of(lambda: claim(worker))
    jobs.submit(store, runs(MANY, 100), "many")
    assert calls_of(lambda: claim(worker)) <= few + 8 <= 60
    assert claim(worker) == [config.run_id for config in runs(2)]


def test_jobs_that_are_done_cost_a_look_for_work_no_reading(store):
    for number in range(20):
        jobs.submit(store, runs(1, number), "done").cancel()
    worker = Worker(store.root, 63, 1.0)
    claim(worker)
    with file_system_calls() as counted:
        assert claim(worker) == []
    assert counted["open"] == 0
    assert counted.total() <= 60


def test_what_changes_is_seen_at_the_next_look(store):
    job, folders = jobs.submit(store, runs(MANY), "many"), JobFolders(store.root)
    wanted = job.configs
    assert job.progress().done == 0
    with file_system_calls() as counted:
        store.put(untrained(wanted[7]))
        of_storing = counted.total()
        assert job.progress().done == 1
    assert counted.total() - of_storing < 40  # the new run is read, and none of the others
    write_json(folders.failure(wanted[8].run_id), {"message": "out of luck"})
    progress = job.progress()
    assert (progress.done, progress.failed, job.failures()) == (1, 1, {wanted[8].run_id: "out of luck"})
    write_checkpoint(folders, wanted[9].run_id, {"step": 4})
    assert job.progress().steps_done == 10 + 4
    write_checkpoint(folders, wanted[9].run_id, {"step": 6})
    assert job.progress().steps_done == 10 + 6
    folders.failure(wanted[8].run_id).unlink()
    store.remove(wanted[7].run_id)
    progress = job.progress()
    assert (progress.done, progress.failed, progress.steps_done) == (0, 0, 6)


def test_the_folders_are_the_truth_also_where_gancore_did_not_change_them(store, monkeypatch):
    from gancore.store import known

    monkeypatch.setattr(known, "SWEEP", 0.0)  # otherwise every few seconds
    job = jobs.submit(store, runs(4), "many")
    first, second = job.configs[:2]
    store.put(untrained(first))
    assert job.progress().done == 1
    folder = store.root / "runs" / first.run_id[:2] / first.run_id
    shutil.move(folder, store.root / "elsewhere")
    assert job.progress().done == 0
    shutil.move(store.root / "elsewhere", folder)
    assert job.progress().done == 1
    (folder / "run.json").write_text("{}")
    assert first.run_id not in store  # whoever reads it puts it into quarantine,
    assert job.progress().done == 0  # and those who watch see that
    assert second.run_id not in store


def test_a_run_that_is_damaged_when_it_is_first_seen_does_not_count(store):
    (config,) = runs(1)
    store.put(untrained(config))
    (store.root / "runs" / config.run_id[:2] / config.run_id / "weights.npz").write_bytes(b"")
    fresh = Store.open(store.root)
    assert fresh.statuses({config.run_id}) == {}
    assert not (store.root / "runs" / config.run_id[:2] / config.run_id).exists()


def test_runs_of_bundles_count_as_stored(store):
    (shipped,) = (layer for layer in store.layers if layer.name == "four-fixes")
    wanted = frozenset(shipped.run_ids[:5])
    assert store.statuses(wanted) == dict.fromkeys(wanted, "finished")
    assert Store(store.root).statuses(wanted) == {}


def test_what_is_stored_and_asked_for_agree_with_the_store_itself(store):
    wanted = runs(40)
    for config in wanted[::3]:
        store.put(untrained(config))
    ids = frozenset(config.run_id for config in wanted)
    assert store.statuses(ids).keys() == {run_id for run_id in ids if run_id in store}
