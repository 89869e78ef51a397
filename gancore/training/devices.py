"""What this machine trains on, and how many workers and lanes follow from it. Nothing here loads TensorFlow."""

from __future__ import annotations

import contextlib
import ctypes
import os
import shutil
import subprocess
from collections.abc import Iterable, Iterator
from functools import lru_cache
from importlib.metadata import distributions
from typing import Literal

from gancore.config import ConfigError

Kind = Literal["cpu", "gpu"]
KINDS: tuple[Kind, ...] = ("cpu", "gpu")
VARIABLE = "GANCORE_DEVICE"
"""Environment variable that names the kind, where the choice below is not wanted."""

LANES: dict[Kind, int] = {"cpu": 2, "gpu": 64}
"""Runs in one program. Measured with both of two cores at work, one step of one run cost 0.090 ms of a core with 2
lanes, 0.088 with 4 and 0.085 with 10 at batch 32, and 0.53, 0.54 and 0.60 at batch 256; with 1 lane it cost half as
much again. Few lanes fill all cores with few runs, and waste the least on a single one. On a GPU one program has it for
itself, and a small network's step costs little more for 64 runs than for one; that number was chosen, not measured."""


@lru_cache(maxsize=1)
def gpu_count() -> int:
    """NVIDIA GPUs that the installed TensorFlow can use: it needs CUDA's libraries beside it, and a driver."""
    visible = os.environ.get("CUDA_VISIBLE_DEVICES")
    program = shutil.which("nvidia-smi")
    if program is None or visible in ("", "-1"):
        return 0
    if not _has_cuda(str(found.metadata["Name"]) for found in distributions()):  # reads every package: 0.05 s
        return 0
    try:
        listed = subprocess.run([program, "-L"], capture_output=True, text=True, timeout=10, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return 0
    there = sum(line.startswith("GPU ") for line in listed.splitlines())
    return there if visible is None else min(there, len(visible.split(",")))


def _has_cuda(names: Iterable[str]) -> bool:
    """Whether ``pip install tensorflow[and-cuda]`` has been here."""
    installed = {name.lower() for name in names}
    return "tensorflow" in installed and any(name.startswith("nvidia-cudnn") for name in installed)


def kind() -> Kind:
    """What training uses here; ConfigError where GANCORE_DEVICE names something else than a kind."""
    chosen = os.environ.get(VARIABLE, "").strip().lower()
    if not chosen:
        return "gpu" if gpu_count() else "cpu"
    for known in KINDS:
        if chosen == known:
            return known
    raise ConfigError(f"{VARIABLE}: {chosen!r} is not allowed; use one of {', '.join(KINDS)}, or leave it unset")


def lanes() -> int:
    """Runs in one program on this machine's device."""
    return LANES[kind()]


def slots() -> int:
    """Workers that this machine's device can keep busy: one a GPU, or one a core that this process may use."""
    if kind() == "gpu":
        return max(1, gpu_count())
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def take(slot: int) -> str:
    """Give this process the GPU of its slot, or one thread on the core of its slot; returns the device's name.

    Call it before TensorFlow has computed anything. One single-threaded worker a core was measured twice as fast as
    one process with two threads; each on a core of its own, they do not push each other around.
    """
    from gancore.parts.backend import tf

    if kind() == "gpu":
        gpus = tf.config.list_physical_devices("GPU")
        if not gpus:
            raise RuntimeError(f"TensorFlow finds no GPU here; set {VARIABLE}=cpu to train on the processor")
        gpu = gpus[slot % len(gpus)]
        tf.config.set_visible_devices([gpu], "GPU")
        # Without this a worker takes all the memory of the device at once.
        tf.config.experimental.set_memory_growth(gpu, True)
        return name()
    if hasattr(os, "sched_setaffinity"):
        _cores.extend(sorted(os.sched_getaffinity(0)))
        os.sched_setaffinity(0, {_cores[slot % len(_cores)]})
    tf.config.set_visible_devices([], "GPU")
    tf.config.threading.set_intra_op_parallelism_threads(1)
    tf.config.threading.set_inter_op_parallelism_threads(1)
    return name()


_cores: list[int] = []
"""The cores this process had before it took one."""


@contextlib.contextmanager
def compiling() -> Iterator[None]:
    """Let this thread's compiler use every core that the process was given, and give back the memory it needed.

    Beside an idle core this halves the time to a graph shape's first step; the freed memory is 140 MB.
    """
    mine = os.sched_getaffinity(0) if _cores else ()
    try:
        if mine:
            os.sched_setaffinity(0, _cores)
        yield
    finally:
        if mine:
            os.sched_setaffinity(0, mine)
        with contextlib.suppress(OSError, AttributeError):  # glibc alone has it
            ctypes.CDLL(None).malloc_trim(0)


def warm() -> None:
    """Load Keras, and have TensorFlow and XLA set themselves up, which they do at first use: before a job waits."""
    import keras  # noqa: F401

    from gancore.parts.backend import tf

    # The compiler's threads start here and keep the cores of the thread that starts them: on one core alone,
    # a graph shape took 3 s rather than 2.
    with compiling():
        tf.function(lambda x: x + 1.0, jit_compile=True, autograph=False)(tf.zeros((1, 1))).numpy()


def roam() -> None:
    """Let this thread run on every core that the process was given."""
    if _cores:
        os.sched_setaffinity(0, _cores)


def name() -> str:
    """What this process trains on, in words: ``cpu``, or the GPU's model."""
    from gancore.parts.backend import tf

    visible = tf.config.get_visible_devices("GPU") if kind() == "gpu" else []
    return str(tf.config.experimental.get_device_details(visible[0]).get("device_name", "gpu")) if visible else "cpu"
