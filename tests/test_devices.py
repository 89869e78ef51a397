"""Which device trains, and what follows from it."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

from gancore.config import ConfigError, RunConfig, with_changes
from gancore.jobs import pool
from gancore.training import devices


@pytest.fixture
def two_gpus(monkeypatch):
    monkeypatch.delenv(devices.VARIABLE, raising=False)
    monkeypatch.setattr(devices, "gpu_count", lambda: 2)
    monkeypatch.setattr(pool, "free_memory", lambda: 1e12)


def test_a_machine_with_gpus_gets_a_worker_a_gpu_and_many_lanes(two_gpus):
    assert devices.kind() == "gpu"
    assert devices.lanes() == devices.LANES["gpu"] > devices.LANES["cpu"]
    assert pool.default_workers() == 2


def test_the_variable_decides_over_what_was_found(two_gpus, monkeypatch):
    monkeypatch.setenv(devices.VARIABLE, "cpu")
    assert devices.kind() == "cpu"
    assert devices.lanes() == devices.LANES["cpu"]
    monkeypatch.setenv(devices.VARIABLE, "tpu")
    with pytest.raises(ConfigError, match=r"GANCORE_DEVICE: 'tpu' is not allowed; use one of cpu, gpu"):
        devices.kind()


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        (["tensorflow", "nvidia-cudnn-cu12"], True),
        (["tensorflow"], False),
        (["tensorflow-cpu", "nvidia-cudnn-cu12"], False),  # PyTorch brings CUDA's libraries as well
    ],
)
def test_a_gpu_counts_where_tensorflow_can_use_it(names, expected):
    assert devices._has_cuda(names) is expected


THREADS = """
import os
from gancore.training import devices
devices.take(0)
os.environ["TF_CPP_MIN_LOG_LEVEL"] = "3"
before = set(os.listdir("/proc/self/task"))
devices.warm()
started = set(os.listdir("/proc/self/task")) - before
print(len(os.sched_getaffinity(0)), *(len(os.sched_getaffinity(int(thread))) for thread in started))
"""


@pytest.mark.slow
@pytest.mark.skipif(not os.path.isdir("/proc/self/task") or devices.kind() != "cpu", reason="this needs Linux, no GPU")
def test_training_has_one_core_and_its_compiler_has_all():
    """With the compiler's threads on one core, a graph shape took half as long again."""
    mine = {name: value for name, value in os.environ.items() if name != devices.VARIABLE}
    done = subprocess.run([sys.executable, "-c", THREADS], capture_output=True, text=True, check=True, env=mine)
    main, *others = map(int, done.stdout.split())
    assert main == 1
    assert others
    assert set(others) == {len(os.sched_getaffinity(0))}


@pytest.mark.slow
@pytest.mark.skipif(devices.kind() != "gpu", reason="there is no GPU here")
def test_on_a_gpu_a_run_does_not_depend_on_its_company():
    from gancore.recording.events import Finished
    from gancore.training.engine import train

    small = {"generator.hidden": [16], "discriminator.hidden": [16], "batch_size": 32, "steps": 200}
    runs = [with_changes(RunConfig(), small | {"seed": seed}) for seed in range(4)]

    def weights(group):
        (end,) = [event for event in train(group) if isinstance(event, Finished)]
        return end.weights

    assert devices.name() != "cpu"
    alone, together = weights(runs[3:])[0], weights(runs)[3]
    for name, value in alone.items():
        np.testing.assert_array_equal(value, together[name])
