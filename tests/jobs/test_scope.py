"""Which layers of a store a job counts: those that the store had that it was submitted to, for all who ask."""

from __future__ import annotations

import pytest
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig
from gancore.jobs import pool
from gancore.jobs.worker import Worker
from gancore.store import Store, import_bundle, references_key, write_bundle

SHIPPED = RunConfig(seed=0)


@pytest.fixture(autouse=True)
def no_processes(monkeypatch):
    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)
    monkeypatch.setattr(pool, "available", lambda: True)


def test_a_scope_is_what_a_store_was_opened_with(own_store):
    whole = Store.open(own_store)
    assert (whole.scope, Store(own_store).scope) == ("shipped", "own")
    assert SHIPPED.run_id in whole and SHIPPED.run_id not in whole.within("own")
    assert SHIPPED.run_id not in Store.open(own_store, "imported") and SHIPPED.run_id not in whole.within("imported")
    assert SHIPPED.run_id in Store(own_store).within("shipped")
    assert whole.within("shipped") is whole and whole.within("own") is whole.within("own")


def test_a_job_for_own_runs_counts_no_bundle_whoever_asks(own_store):
    own, whole = Store(own_store), Store.open(own_store)
    job = jobs.submit(own, [SHIPPED], "again")
    for store in (own, whole, Store.open(own_store)):
        found = jobs.get_job(store, job.job_id)
        assert found is not None
        progress = found.progress()
        assert (progress.state, progress.done, progress.steps_done) == ("waiting", 0, 0)
    assert (jobs.estimate(own, [SHIPPED]) or 0) > 0 and jobs.estimate(whole, [SHIPPED]) == 0
    assert jobs.submit(whole, [SHIPPED], "as it is").progress().state == "finished"


def test_a_worker_takes_what_a_job_lacks_and_no_more(own_store):
    worker = Worker(own_store, 63, 1.0)
    jobs.submit(Store.open(own_store), [SHIPPED], "as it is")
    with worker.claim() as group:
        assert group == []
    job = jobs.submit(Store(own_store), [SHIPPED], "again")
    with worker.claim() as group:
        assert group == [SHIPPED]
    assert job.progress().state == "waiting"  # looking for work settled nothing


def test_training_again_that_fails_says_why(own_store, monkeypatch):
    monkeypatch.setattr(Worker, "_train", lambda *args: 1 / 0)
    job = jobs.submit(Store(own_store), [SHIPPED], "again")
    worker = Worker(own_store, 63, 1.0)
    with worker.claim() as group:
        worker.train(group)
    assert job.progress().state == "failed"
    assert "ZeroDivisionError" in job.failures()[SHIPPED.run_id]


def test_a_worker_sees_what_is_imported_while_it_lives(own_store, tmp_path):
    config = RunConfig(seed=7, steps=3, batch_size=2)
    worker = Worker(own_store, 63, 1.0)
    other = Store(tmp_path / "other")
    run = other.put(untrained(config))
    text = 'name = "moved"\ntitle = "Moved"\nquestion = "Is it?"\nseeds = 1\n'
    path = tmp_path / "moved.gancore"
    write_bundle(path, text, "moved", [run], {references_key(config.dataset): other.references(config.dataset)})
    import_bundle(own_store, path)
    jobs.submit(Store(own_store), [config], "own").cancel()
    jobs.submit(Store.open(own_store, "imported"), [config], "imported")
    with worker.claim() as group:
        assert group == []
    (own_store / "bundles" / "moved.gancore").unlink()
    jobs.submit(Store.open(own_store), [config], "deleted")
    with worker.claim() as group:
        assert group == [config]
