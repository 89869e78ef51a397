"""What a script or a notebook uses: train, Job.wait, and the names of the package itself."""

from __future__ import annotations

import re
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from support.endless import ENDLESS
from support.fake_workers import fake_workers  # noqa: F401
from support.untrained import untrained

import gancore
from gancore import jobs
from gancore.config import ConfigError, RunConfig, with_changes
from gancore.jobs import pool, queue
from gancore.store import Store

ROOT = Path(__file__).parents[2]
CONFIG = with_changes(RunConfig(), {"steps": 20, "log_every": 5, "snapshot_every": 10, "latent.dim": 4})
TINY = {"generator.hidden": [8], "discriminator.hidden": [8], "batch_size": 8, "dataset.size": 200}


def seeded(count: int, config: RunConfig = CONFIG) -> list[RunConfig]:
    return [with_changes(config, {"seed": seed}) for seed in range(count)]


@pytest.fixture
def no_workers(monkeypatch):
    """Nothing trains; what is asked for waits."""
    monkeypatch.setattr(pool, "ensure_workers", lambda *args, **kwargs: None)
    monkeypatch.setattr(pool, "unavailable", lambda: "")


@pytest.fixture
def trained(monkeypatch):
    """Whatever is asked for is trained at once; gives the seeds, in the order in which they were asked for."""
    asked: list[int] = []

    def ensure(self: jobs.Job) -> None:
        for config in self.configs:
            asked.append(config.seed)
            self.store.put(untrained(config))

    monkeypatch.setattr(jobs.Job, "ensure_workers", ensure)
    monkeypatch.setattr(pool, "unavailable", lambda: "")
    return asked


def test_train_gives_the_runs_in_order_and_trains_only_what_is_missing(own_store, trained, capsys):
    store = Store.open(own_store)
    first = gancore.train(CONFIG, seeds=3)
    assert [run.run_id for run in first] == [config.run_id for config in seeded(3)]
    assert trained == [0, 1, 2]
    assert "3/3 runs" in capsys.readouterr().err
    again = gancore.train(CONFIG, seeds=[2, 0], store=store)
    assert [run.config.seed for run in again] == [2, 0]
    assert trained == [0, 1, 2]
    assert capsys.readouterr().err == ""
    assert jobs.list_jobs(store) == []  # what has ended needs nobody's attention


def test_train_takes_several_configurations_and_their_own_seeds(own_store, trained, capsys):
    other = with_changes(CONFIG, {"batch_size": 64, "seed": 7})
    runs = gancore.train([CONFIG, other], seeds=np.int64(2), store=own_store, progress=False)
    assert [(run.config.batch_size, run.config.seed) for run in runs] == [(32, 0), (32, 1), (64, 0), (64, 1)]
    (run,) = gancore.train(other, seeds=None, store=str(own_store), progress=False)
    assert (run.config.batch_size, run.config.seed) == (64, 7)
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    ("config", "seeds", "said"),
    [
        (CONFIG, 0, "seeds: 0 is not allowed; it must be 1 to 4096"),
        (CONFIG, [], r"seeds: \[\] is not allowed"),
        (CONFIG, 2.5, "seeds: 2.5 is not allowed"),
        (CONFIG, True, "seeds: True is not allowed"),
        (CONFIG, [-1], "seed: -1 is not allowed"),
        ([], 4, "a job of 0 is not allowed"),
        ({"steps": 3}, 4, "config: {'steps': 3} is not allowed; it must be a RunConfig"),
        ([{"steps": 3}], 4, "config: {'steps': 3} is not allowed; it must be a RunConfig"),
        (None, 4, "config: None is not allowed; it must be a RunConfig"),
    ],
)
def test_wrong_input_is_named(trained, config, seeds, said):
    with pytest.raises(ConfigError, match=said):
        gancore.train(config, seeds=seeds, progress=False)
    assert trained == []


@pytest.fixture
def defined_here(monkeypatch):
    """A configuration with a loss that a test defines, as a script or a notebook would."""
    from gancore.parts import Loss, losses

    monkeypatch.setattr(Loss, "registry", dict(Loss.registry))

    class Mine(losses.NonSaturating):
        kind: Literal["mine"] = "mine"  # type: ignore[assignment]

    yield with_changes(CONFIG, {"loss.kind": "mine"})
    monkeypatch.undo()
    RunConfig.model_rebuild(force=True)


def test_what_a_script_defines_itself_is_refused_where_workers_cannot_know_it(own_store, no_workers, defined_here):
    """They would leave such a job alone, and the script would wait for ever."""
    said = "loss.kind: 'mine' is defined in .*test_python_api, which training processes do not load; put it into"
    with pytest.raises(ConfigError, match=said):
        gancore.train(defined_here, seeds=1)
    Store.open(own_store).put(untrained(defined_here))
    assert len(gancore.train(defined_here, seeds=1)) == 1  # what is stored can be read


def test_a_run_that_fails_is_named_with_its_seed_and_the_reason(own_store, monkeypatch):
    def ensure(self: jobs.Job) -> None:
        self.store.put(untrained(self.configs[0]))
        for config in self.configs[1:]:
            jobs.folders.write_json(self._folders.failure(config.run_id), {"message": "the disk is full"})

    monkeypatch.setattr(jobs.Job, "ensure_workers", ensure)
    monkeypatch.setattr(pool, "unavailable", lambda: "")
    with pytest.raises(gancore.TrainingFailed, match=r", seed 1: the disk is full \(and 1 more run\)$") as caught:
        gancore.train(CONFIG, seeds=3, progress=False)
    second, third = seeded(3)[1:]
    assert (caught.value.run_id, caught.value.seed, caught.value.reason) == (second.run_id, 1, "the disk is full")
    assert set(caught.value.failures) == {second.run_id, third.run_id}
    assert seeded(1)[0].run_id in Store.open(own_store)


def test_where_nothing_can_be_trained_stored_runs_are_given_all_the_same(own_store, monkeypatch):
    monkeypatch.setattr(pool, "unavailable", lambda: "Training needs TensorFlow, which is not installed here.")
    Store.open(own_store).put(untrained(CONFIG))
    assert [run.run_id for run in gancore.train(CONFIG, seeds=1)] == [CONFIG.run_id]
    with pytest.raises(gancore.TrainingFailed, match="seed 1: Training needs TensorFlow"):
        gancore.train(CONFIG, seeds=2)


def test_an_interrupt_cancels_and_keeps_what_finished(own_store, monkeypatch, no_workers):
    def interrupted(self: jobs.Job, watching: bool = True) -> jobs.Progress:
        self.store.put(untrained(self.configs[0]))
        raise KeyboardInterrupt

    with monkeypatch.context() as patched:
        patched.setattr(jobs.Job, "progress", interrupted)
        with pytest.raises(KeyboardInterrupt):
            gancore.train(CONFIG, seeds=2)
    (job,) = jobs.list_jobs(Store.open(own_store))
    assert (job.wish, job.progress().done) == ("cancel", 1)


def test_wait_gives_where_the_job_stands_when_it_has_ended(own_store, no_workers):
    store = Store.open(own_store)
    job, seen = jobs.submit(store, seeded(1), "waits"), []

    def train() -> None:
        time.sleep(0.3)
        store.put(untrained(CONFIG))

    thread = threading.Thread(target=train)
    thread.start()
    ended = job.wait(timeout=60, progress=seen.append)
    thread.join()
    assert (ended.state, ended.done) == ("finished", 1)
    assert seen[0].state == "waiting" and seen[-1] == ended


def test_wait_raises_when_the_time_is_over_and_the_job_goes_on(own_store, no_workers):
    job = jobs.submit(Store.open(own_store), seeded(2), "long")
    said = "job 'long': waiting for a worker after 0.1 s; 0 of 2 runs are stored, and it trains on"
    soon = 0.1
    with pytest.raises(TimeoutError, match=said):
        job.wait(soon)
    assert job.wish == "run"
    job.cancel()
    assert job.wait(soon).state == "cancelled"


def test_wait_ends_with_a_job_whose_workers_cannot_start(own_store, fake_workers, monkeypatch):  # noqa: F811
    monkeypatch.setattr("gancore.jobs.deaths.PAUSES", (0.0,))
    monkeypatch.setattr("gancore.jobs.job.ENSURE_EVERY", 0.0)
    fake_workers.do("echo \"ModuleNotFoundError: No module named 'tensorflow'\"; exit 1")
    with pytest.raises(gancore.TrainingFailed, match="No module named 'tensorflow'"):
        gancore.train(CONFIG, seeds=1, progress=False)


def test_every_public_name_is_there_and_listed():
    assert {"train", "submit", "Store", "load_study", "analyze", "RunConfig", "with_changes", "parse_config"} <= set(
        gancore.__all__
    )
    assert set(gancore.__all__) <= set(dir(gancore))
    assert gancore.train is jobs.train and gancore.submit is queue.submit and gancore.Store is Store
    with pytest.raises(AttributeError, match="no attribute 'trian'"):
        gancore.trian  # noqa: B018


def test_importing_gancore_loads_nothing_heavy():
    heavy = ["numpy", "pandas", "pydantic", "tensorflow", "streamlit", "tqdm"]
    code = f"import sys, gancore; print([name for name in {heavy} if name in sys.modules])"
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True, cwd=ROOT)
    assert out.stdout.strip() == "[]"


def small(text: str) -> str:
    """The README's example with few steps and small networks."""
    settings = TINY | {"steps": 20, "log_every": 5, "snapshot_every": 10}
    assert '"steps": 2000' in text
    return text.replace('"steps": 2000', ", ".join(f'"{path}": {value}' for path, value in settings.items()))


NOTEBOOK = """
import threading, time
from jupyter_client.manager import start_new_kernel
from gancore import jobs
from gancore.store import Store

kernel, client = start_new_kernel(kernel_name="python3", startup_timeout=300)

def interrupt():
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if any(job.progress(watching=False).steps_done for job in jobs.list_jobs(Store.open())):
            break
        time.sleep(0.1)
    kernel.interrupt_kernel()

threading.Thread(target=interrupt).start()
code = "import gancore; gancore.train(gancore.with_changes(gancore.RunConfig(), SETTINGS), seeds=1)"
reply = client.execute_interactive(code, timeout=600, output_hook=lambda message: None, allow_stdin=False)
print(reply["content"]["status"], reply["content"].get("ename"))
client.stop_channels()
kernel.shutdown_kernel(now=True)
"""
"""A cell that trains for long, and its interrupt once the training is under way; a process of its own, since
jupyter_client leaves sockets and an event loop open."""


@pytest.mark.slow
def test_a_notebook_trains_and_an_interrupt_stops_what_it_asked_for(tmp_path, own_store, monkeypatch):
    pytest.importorskip("jupyter_client")
    pytest.importorskip("ipykernel")
    for name in ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR"):
        monkeypatch.setenv(name, str(tmp_path / name.lower()))
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    script = NOTEBOOK.replace("SETTINGS", str(ENDLESS).replace('"', "'"))
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.stdout.strip() == "error KeyboardInterrupt", done.stderr
    (job,) = jobs.list_jobs(Store.open(own_store))
    assert job.progress(watching=False).state == "cancelled"
    assert not any(status["run_ids"] for status in pool.workers(own_store))


@pytest.mark.slow
def test_the_readmes_example_runs_as_a_plain_script(tmp_path, monkeypatch):
    """A file without ``if __name__ == "__main__"``, started somewhere else than in the repository."""
    train, score = re.findall(r"```python\n(.*?)```", (ROOT / "README.md").read_text(), re.DOTALL)
    (tmp_path / "first_look.py").write_text(f"{small(train)}\nsamples = runs[0].final\n{score}\nprint(found.learned)\n")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    done = subprocess.run(
        [sys.executable, "first_look.py"], cwd=tmp_path, capture_output=True, text=True, check=False, timeout=900
    )
    assert done.returncode == 0, done.stderr
    assert "4/4 runs, finished" in done.stderr
    assert done.stdout.count("(2000, 2)") == 4 and "combined update, batch 256" in done.stdout
    assert done.stdout.splitlines()[-1] == "False"
    assert len([path for path in (tmp_path / "store" / "runs").glob("*/*")]) == 4
