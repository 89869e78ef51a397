"""A rate that changes while a worker trains, and runs that go on where others ended: bit for bit what they say."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import numpy as np
import pytest
from support import queued

from gancore import jobs
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.jobs import changing
from gancore.jobs.worker import Worker
from gancore.recording.events import Tick
from gancore.store import Store, StoredRun
from gancore.training import engine

no_processes, store = queued.no_processes, queued.store

RATE = "d_optimizer.learning_rate"
TINY = {
    "latent.dim": 4,
    "generator.hidden": [8],
    "discriminator.hidden": [8],
    "batch_size": 8,
    "dataset.size": 200,
    "steps": 40,
    "log_every": 10,
    "snapshot_every": 20,
}


def runs(count: int = 2, **changes) -> list[RunConfig]:
    return [with_changes(RunConfig(), TINY | changes | {"seed": seed}) for seed in range(count)]


@pytest.fixture(autouse=True)
def each_step(monkeypatch) -> None:
    """Training stops after every step, and the worker looks about then."""
    monkeypatch.setattr("gancore.jobs.worker.CHANGED_EVERY", 0.0)
    whole = engine.train
    monkeypatch.setattr(engine, "train", lambda *args, **how: whole(*args, **how, tick=1e-9))


def at_steps(monkeypatch, acts: dict[int, Callable[[], object]]) -> None:
    """Have things happen while the worker trains, each once, when training has reached its step."""
    whole = engine.train

    def train(*args, **how) -> Iterator:
        for event in whole(*args, **how):
            if isinstance(event, Tick) and event.step in acts:
                acts.pop(event.step)()
            yield event

    monkeypatch.setattr(engine, "train", train)


def foremost_at(monkeypatch, step: int) -> None:
    """The step that a job's runs are about to reach, which on a slower or faster machine is another one."""
    monkeypatch.setattr(changing, "_reached", lambda job, configs: dict.fromkeys(configs, step))


def work(store: Store) -> None:
    """Take a worker's part until there is nothing left to train."""
    worker = Worker(store.root, 0, 1.0)
    while worker._work():
        pass


def trained(root, configs) -> list[StoredRun]:
    store = Store.open(root)
    jobs.submit(store, configs, "from the start")
    work(store)
    found = [store.get(config.run_id) for config in configs]
    assert all(found)
    return found  # type: ignore[return-value]


def check_same_run(ours: StoredRun, theirs: StoredRun) -> None:
    assert ours.config == theirs.config
    assert ours.history.equals(theirs.history) and ours.scores.equals(theirs.scores)
    assert ours.snapshot_steps == theirs.snapshot_steps and np.array_equal(ours.snapshots, theirs.snapshots)
    assert np.array_equal(ours.final, theirs.final) and ours.weights.keys() == theirs.weights.keys()
    assert all(np.array_equal(ours.weights[name], theirs.weights[name]) for name in ours.weights)
    assert ours.metrics == theirs.metrics


def test_a_rate_that_changed_while_it_trained_is_trained_again_bit_for_bit(store, tmp_path, monkeypatch):
    job = jobs.submit(store, runs(), "two seeds")
    foremost_at(monkeypatch, 15)
    at_steps(monkeypatch, {13: lambda: jobs.change(job, RATE, "0.01")})
    begun = begins(monkeypatch)
    work(store)
    again = jobs.get_job(store, job.job_id)
    assert again.configs == runs(changes=f"15:{RATE}=0.01") and again.progress().state == "finished"
    assert begun == [0, 13], "handed over where it was"
    assert not any(config.run_id in store for config in runs()), "what it was before is not stored as finished"
    for config, theirs in zip(again.configs, trained(tmp_path / "again", again.configs), strict=True):
        check_same_run(store.get(config.run_id), theirs)


def test_two_changes_and_what_is_not_allowed_in_between(store, tmp_path, monkeypatch):
    job = jobs.submit(store, runs(), "two seeds")

    def wrong() -> None:
        with pytest.raises(ConfigError, match="less than or equal to 1"):
            jobs.change(job, RATE, "3")

    def second() -> None:
        foremost_at(monkeypatch, 29)  # which training is past by then
        jobs.change(job, "g_optimizer.beta_1", 0.9)

    foremost_at(monkeypatch, 12)
    acts = {11: lambda: jobs.change(job, RATE, 0.01), 25: wrong, 31: second}
    at_steps(monkeypatch, acts)
    work(store)
    changes = f"12:{RATE}=0.01,29:g_optimizer.beta_1=0.9"
    assert not acts and job.configs == runs(changes=changes)
    for config, theirs in zip(job.configs, trained(tmp_path / "again", job.configs), strict=True):
        check_same_run(store.get(config.run_id), theirs)


class Killed(BaseException):
    """What ends a process between two of its acts."""


@pytest.mark.parametrize("killed", [12, 18])
def test_a_change_survives_a_worker_that_is_killed(store, tmp_path, monkeypatch, killed):
    """Killed once the change is written, before it was noticed: short of the step of the change, or past it."""
    job = jobs.submit(store, runs(1), "one seed")
    foremost_at(monkeypatch, 15)

    def kill() -> None:
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr("gancore.jobs.worker.successors", lambda *_: [])
        patched.setattr("gancore.jobs.worker.wanted_among", lambda store, ids, *_: set(ids))
        patched.setattr("gancore.jobs.worker.EVERY", 0.0)
        patched.setattr("gancore.jobs.worker.LIVE_EVERY", 0.0)
        at_steps(patched, {11: lambda: jobs.change(job, RATE, 0.01), killed: kill})
        with pytest.raises(Killed):
            work(store)
    assert job.configs == runs(1, changes=f"15:{RATE}=0.01")
    begun = begins(monkeypatch)
    work(store)
    assert begun and 0 < begun[0] <= 15
    check_same_run(store.get(job.run_ids[0]), trained(tmp_path / "again", job.configs)[0])


def begins(monkeypatch) -> list[int]:
    """The step at which each group begins to train."""
    found: list[int] = []
    whole = engine.train

    def train(configs, start=None, **how):
        found.append(int(start[0]["step"]) if start else 0)
        return whole(configs, start=start, **how)

    monkeypatch.setattr(engine, "train", train)
    return found


def test_a_longer_run_goes_on_where_a_stored_one_ended(store, tmp_path, monkeypatch):
    short = runs(steps=50)  # which ends between two snapshots of the longer one
    jobs.submit(store, short, "short")
    work(store)
    longer = [jobs.continued(config, 90) for config in short]
    assert [jobs.kept_until(store, config) for config in longer] == [50, 50]
    assert jobs.submit(store, longer, "longer").progress().steps_done == 100
    begun = begins(monkeypatch)
    work(store)
    assert begun == [50]
    for config, theirs in zip(longer, trained(tmp_path / "again", longer), strict=True):
        check_same_run(store.get(config.run_id), theirs)


def test_a_branch_begins_with_a_kept_state_and_else_from_the_start(store, tmp_path, monkeypatch):
    (config,) = runs(1)
    jobs.submit(store, [config], "short")
    work(store)
    (longer,) = runs(1, steps=60)
    late, early = (jobs.branched(longer, step, RATE, "0.01") for step in (40, 30))
    assert (jobs.kept_until(store, late), jobs.kept_until(store, early), jobs.kept_until(store, late, 39)) == (40, 0, 0)
    jobs.submit(store, [late], "branch")
    jobs.submit(store, [early], "another")
    begun = begins(monkeypatch)
    work(store)
    assert sorted(begun) == [0, 40]
    for ours, theirs in zip((late, early), trained(tmp_path / "again", [late, early]), strict=True):
        check_same_run(store.get(ours.run_id), theirs)


@pytest.mark.parametrize("damage", [b"", b"PK\3\4", None])
def test_where_no_state_can_be_read_a_longer_run_is_trained_whole(store, monkeypatch, damage):
    (config,) = runs(1)
    jobs.submit(store, [config], "short")
    work(store)
    (path,) = (store.root / "states").glob("*/*.npz")
    if damage is None:
        store.remove(config.run_id)
        assert not path.exists()
    else:
        path.write_bytes(damage)
    longer = jobs.continued(config, 60)
    jobs.submit(store, [longer], "longer")
    begun = begins(monkeypatch)
    work(store)
    assert begun == [0] and longer.run_id in store
