"""The memory that training takes: what is refused and says what would fit, and how many workers have room."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from support.command_line import call

from gancore import jobs
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.jobs import pool
from gancore.jobs.folders import write_json
from gancore.jobs.memory import SMALL, buffers, extra, needed
from gancore.jobs.worker import Worker
from gancore.store import Store

ROOT = Path(__file__).parents[2]
WIDE = [512, 512, 512, 512]
LARGE = {"batch_size": 8192, "generator.hidden": [4096], "discriminator.hidden": [4096], "update.d_steps": 20}
LARGE_RUN = with_changes(RunConfig(), LARGE)
CASES = [
    {},
    {"discriminator.hidden": [4096]},
    {"generator.hidden": WIDE, "discriminator.hidden": WIDE, "update.kind": "combined"},
    {"generator.hidden": WIDE, "update.d_steps": 8},
    {"batch_size": 32, "generator.hidden": [1300, 1300], "discriminator.hidden": [1300, 1300]},
]
COUNT = """
import json, sys
from gancore.config import RunConfig, with_changes
from gancore.training.program import LANES, Program
from gancore.training.shapes import GraphShape
from gancore.parts.backend import tf
for changes in json.loads(sys.argv[1]):
    configs = [with_changes(RunConfig(), changes)] * LANES
    program = Program(GraphShape.of(configs[0]))
    program.advance(program.lane_inputs(configs), program.initial_state(configs), tf.constant(0)).step.numpy()
"""


@pytest.fixture(autouse=True)
def free(monkeypatch):
    """Sets how much memory is free, and starts nothing."""

    def leave(gigabytes: float) -> None:
        monkeypatch.setattr(pool, "free_memory", lambda: gigabytes * 1e9)

    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)
    leave(3.0)
    return leave


@pytest.mark.slow
def test_the_estimate_is_what_xla_counts(tmp_path):
    """Each program's buffers as XLA assigns them; at a batch of 2048, as all that matters here grows with it."""
    cases = [{"batch_size": 2048} | case for case in CASES]
    flags = f"--xla_dump_to={tmp_path} --xla_dump_hlo_as_text --xla_dump_hlo_module_re=.*advance.*"
    # Buffers are assigned before LLVM writes machine code, which takes half of the time and nobody runs here.
    flags += " --xla_backend_optimization_level=0"
    done = subprocess.run(
        [sys.executable, "-c", COUNT, json.dumps(cases)],
        env=os.environ | {"XLA_FLAGS": flags, "PYTHONPATH": str(ROOT), "CUDA_VISIBLE_DEVICES": ""},
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-2000:]
    counts = [
        float(re.search(r"Total bytes used: (\d+)", path.read_text())[1])  # type: ignore[index]
        for path in sorted(tmp_path.glob("module_*buffer-assignment.txt"))
    ]
    assert len(counts) == len(cases)
    for case, count in zip(cases, counts, strict=True):
        estimated = buffers(with_changes(RunConfig(), case))
        print(case, f"XLA {count / 1e6:.0f} MB, estimated {estimated / 1e6:.0f} MB")
        assert 0.9 * count - 1e7 <= estimated <= 1.6 * count + 1e7


def test_batch_width_and_rounds_are_bounded_together(own_store):
    store = Store.open(own_store)
    with pytest.raises(ConfigError) as refused:
        jobs.submit(store, [RunConfig(steps=7), LARGE_RUN], "large")
    said = str(refused.value)
    gigabytes = float(re.search(r"takes? (\d+\.\d) GB", said)[1])  # type: ignore[index]
    assert gigabytes == pytest.approx(needed([LARGE_RUN]) / 1e9, abs=0.1) and gigabytes > 5
    assert said.startswith("batch_size: 8192 with these networks and update.d_steps of 20 makes a worker take ")
    assert "3.0 GB of memory are free here" in said
    fits = int(re.search(r"use (\d+) or less", said)[1])  # type: ignore[index]
    assert jobs.list_jobs(store) == []
    jobs.submit(store, [with_changes(LARGE_RUN, {"batch_size": fits})], "fits")
    assert jobs.too_large(store, [with_changes(LARGE_RUN, {"batch_size": fits + 1})])


def test_what_no_batch_makes_fit_needs_narrower_layers(own_store, free):
    free(1.3)
    wide = {"generator.hidden": [1300, 1300], "discriminator.hidden": [1300, 1300]}
    assert jobs.too_large(Store.open(own_store), [with_changes(RunConfig(), wide)]).endswith(
        "use narrower or fewer layers"
    )


def test_the_command_line_and_the_page_refuse_it_alike(own_store, capsys):
    from gancore.ui.training import progress

    settings = [f"{path}={','.join(map(str, v)) if isinstance(v, list) else v}" for path, v in LARGE.items()]
    said = wrong_last(capsys, "train", *(word for setting in settings for word in ("--set", setting)))
    assert said == f"gancore: {progress.reason_not_to_train(Store.open(own_store), [LARGE_RUN])}"
    assert not own_store.joinpath("jobs").exists()


def wrong_last(capsys, *arguments: str) -> str:
    """The sentence of a command that has said its versions before."""
    code, out, err = call(capsys, *arguments)
    assert (code, out) == (2, "")
    return err.splitlines()[-1]


def test_usual_configurations_are_never_asked_for_memory(own_store, free):
    free(0.1)
    assert extra(RunConfig()) < SMALL
    assert jobs.too_large(Store.open(own_store), [RunConfig(), with_changes(RunConfig(), {"batch_size": 2048})]) == ""


def test_as_many_workers_start_as_have_room(own_store, free, monkeypatch):
    counts = []
    monkeypatch.setattr(pool, "ensure_workers", lambda root, count=None, idle=None: counts.append(count))
    monkeypatch.setattr(pool.devices, "slots", lambda: 8)
    store = Store.open(own_store)
    free(2.5 * needed([LARGE_RUN]) / 1e9)
    jobs.submit(store, [RunConfig(steps=7)], "small")
    jobs.submit(store, [RunConfig(steps=7), LARGE_RUN], "large")
    jobs.submit(store, [LARGE_RUN], "as wanted", workers=5)
    assert counts == [8, 2, 5]


def test_a_worker_leaves_alone_what_has_no_room_beside_what_others_train(own_store, free):
    store = Store.open(own_store)
    free(2 * needed([LARGE_RUN]) / 1e9)
    jobs.submit(store, [with_changes(LARGE_RUN, {"seed": seed}) for seed in range(4)], "large")
    small = RunConfig(steps=7)
    jobs.submit(store, [small], "small")
    one, two = Worker(own_store, 61, 1.0), Worker(own_store, 62, 1.0)
    with one.claim() as group:
        assert len(group) == 2  # alone it takes anything, and says so at once
        free(needed([LARGE_RUN]) / 1e9)
        with two.claim() as others:
            assert others == [small]
    write_json(one.folders.slot_status(61), {**pool.identity(), "state": "idle"})
    with two.claim() as group:
        assert group != [small]
