"""gancore train --change and gancore jobs change: settings that change on the way."""

from __future__ import annotations

import json

import numpy as np
import pytest
from support import queued
from support.command_line import call, wrong

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.jobs.checkpoints import write_checkpoint
from gancore.jobs.folders import JobFolders

no_processes, store = queued.no_processes, queued.store

RATE = "d_optimizer.learning_rate"


@pytest.fixture
def asked(monkeypatch) -> list[RunConfig]:
    """What a command asks to be trained; nothing is."""
    found: list[RunConfig] = []

    def obtain(store, configs, *others):
        found.extend(configs)
        return []

    monkeypatch.setattr("gancore.cli.train.obtain", obtain)
    return found


def test_settings_change_at_steps(capsys, store, asked):
    changes = ["--change", f"3000:{RATE}=1e-4", "--change", "5000:instance_noise.sigma=0.1"]
    call(capsys, "train", *changes, "--seeds", "2")
    wanted = {"changes": [f"3000:{RATE}=0.0001", "5000:instance_noise.sigma=0.1"]}
    assert asked == [with_changes(RunConfig(), wanted | {"seed": seed}) for seed in range(2)]


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--change", f"3000:{RATE}=7"], f"changes: from step 3000: {RATE}: 7 is not allowed; it must be less than"),
        (["--change", f"{RATE}=1e-4"], "it must be STEP:SETTING=VALUE, such as 3000:"),
        (["--change", f"300:{RATE}=1e-4", "--steps", "200"], "is not within the run's 200 steps; use a step from 1"),
        (["--change", f"300:{RATE}=1e-4", "--set", f"changes=400:{RATE}=1e-4"], "--change: changes is set as well"),
    ],
)
def test_what_is_not_allowed_is_said_in_a_sentence(capsys, store, asked, options, says):
    assert says in wrong(capsys, "train", *options)
    assert not asked


def test_a_job_is_changed_and_says_what_it_became(capsys, store):
    job = jobs.submit(store, [with_changes(RunConfig(), {"steps": 1000})], "one")
    write_checkpoint(JobFolders(store.root), job.run_ids[0], {"step": np.array(400)})
    before = (job.folder / "job.json").read_bytes()
    for setting, says in (
        (f"{RATE}=7", "less than or equal to 1"),
        ("batch_size=3", "use one of"),
        (RATE, "must be such"),
    ):
        assert says in wrong(capsys, "jobs", "change", job.job_id[:6], setting)
    assert (job.folder / "job.json").read_bytes() == before
    code, out, _ = call(capsys, "jobs", "change", job.job_id[:6], f"{RATE}=1e-4")
    assert (code, out) == (0, f"{job.job_id}: discriminator learning rate 0.0001 from step 400\n")
    out = call(capsys, "jobs", "change", job.job_id, f"{RATE}=0.001", "--json")[1]
    assert json.loads(out)["change"] == f"400:{RATE}=0.001"
    assert json.loads(out)["run_ids"] == jobs.get_job(store, job.job_id).run_ids
    job.cancel()
    assert "there is nothing left to change" in wrong(capsys, "jobs", "change", job.job_id, f"{RATE}=1e-4")
