"""The command line as a user meets it: exit codes, one-line errors, JSON lines, files written."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from support.command_line import call
from support.command_line import refused as wrong
from support.endless import ENDLESS
from support.tensorboard import ALONE

import gancore
from gancore.cli.common import wait
from gancore.jobs import Progress

ROOT = Path(__file__).parents[2]
TINY = ["latent.dim=4", "generator.hidden=8", "discriminator.hidden=8", "batch_size=8", "dataset.size=200"]
QUICK = [piece for setting in [*TINY, "log_every=20", "snapshot_every=20"] for piece in ("--set", setting)] + [
    "--steps",
    "40",
]


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["train", "--dataset", "helix"], "dataset.kind: 'helix' is unknown; use one of "),
        (["train", "--set", "generator.hidden=-3"], "generator.hidden: '-3' is not allowed"),
        (["train", "--set", "batch_size=0"], "batch_size: '0' is not allowed"),
        (["train", "--set", "g_optimizer.learning_rate=nan"], "g_optimizer.learning_rate: 'nan' is not allowed"),
        (["train", "--set", "batch_size"], "PATH=VALUE"),
        (["train", "--set", "nothing.here=1"], "nothing: there is no such setting"),
        (["train", "--steps", "0"], "steps: 0 is not allowed"),
        (["train", "--steps", "many"], "--steps: 'many' is not allowed; it must be a whole number"),
        (["train", "--seeds", "0"], "--seeds: '0' is not allowed; it must be greater than or equal to 1"),
        (["study", "run", "four-fixes", "--max-minutes", "long"], "'long' is not allowed; it must be a number"),
        (["train", "--set", "g_optimizer.learning_rate=slow"], "'slow' is not allowed; it must be a number"),
        (["train", "--seeds", "2", "--seed", "1"], "--seed and --seeds"),
        (["train", "--seeds", "2", "--set", "seed=1"], "--set seed"),
        (["train", "--sedes", "2"], "--sedes"),
        (["frobnicate"], "frobnicate"),
        (["runs", "show", "zz"], "'zz' is not a run id"),
        (["runs", "show", "0123456789"], "no stored run"),
        (["runs", "remove", "../../etc"], "not a run id"),
        (["study", "show", "../../etc/passwd"], "'../../etc/passwd' is not allowed"),
        (["study", "run", "first-fixes", "--set", "batch_size=256"], "batch_size"),
        (["train", "--set", "loss=3"], "loss: '3' is unknown; use one of hinge, "),
        (["train", "--set", "dataset=no_such_kind"], "dataset: 'no_such_kind' is unknown; use one of "),
        (
            ["train", "--set", "generator=wide"],
            "generator: 'wide' is not a group of settings; set one of generator.hidden",
        ),
        (["train", "--set", "generator.hidden=4096,4096"], "generator.hidden: [4096, 4096] makes 17,3"),
        (["gallery", "build", "nothing"], "'nothing' is not a shipped study; use one of atlas, circle-vs-parabola"),
    ],
)
def test_wrong_input_is_one_line_and_exit_code_2(capsys, arguments, said):
    assert said in wrong(capsys, *arguments)


def test_a_study_file_with_an_unknown_factor_names_it(capsys, tmp_path):
    study = tmp_path / "mine.toml"
    study.write_text(
        'name = "mine"\ntitle = "Mine"\nquestion = "Why?"\n[factors.width]\npath = "generator.width"\nlevels = [1, 2]\n'
    )
    assert "generator.width" in wrong(capsys, "study", "run", str(study))


def test_without_a_command_the_help_is_shown_as_it_is(capsys):
    for group in ([], ["runs"]):
        code, out, err = call(capsys, *group)
        assert (code, out) == (2, "") and err.startswith("Usage: gancore") and "Commands:\n" in err
    assert call(capsys, "--version") == (0, f"gancore {gancore.__version__}\n", "")


def test_a_misspelt_setting_gets_the_likely_one(capsys):
    assert "batchsize: there is no such setting (did you mean batch_size?); use one of" in wrong(
        capsys, "train", "--set", "batchsize=3"
    )
    assert "generator.hidden: 'x' is not allowed; it must be whole numbers, such as 16,32" in wrong(
        capsys, "train", "--set", "generator.hidden=x"
    )


def test_a_store_that_cannot_be_written_is_named(capsys, tmp_path):
    (tmp_path / "file").write_text("")
    line = wrong(capsys, "train", "--store", str(tmp_path / "file" / "store"), *QUICK)
    assert str(tmp_path / "file" / "store") in line


@pytest.mark.parametrize(
    ("option", "command"),
    [
        ("--tensorboard", ["train", *QUICK]),
        ("--images", ["train", *QUICK]),
        ("--out", ["gallery", "build", "first-fixes"]),
    ],
)
def test_a_folder_that_cannot_be_written_is_named_before_anything_trains(
    capsys, tmp_path, monkeypatch, option, command
):
    monkeypatch.setattr("gancore.jobs.submit", lambda *args, **kwargs: pytest.fail("it started to train"))
    (tmp_path / "file").write_text("")
    folder = str(tmp_path / "file" / "out")
    assert f"{option}: {folder!r} cannot be written" in wrong(capsys, *command, option, folder)


def test_tensorboard_logs_of_a_run_are_replaced_and_nothing_else(tmp_path, monkeypatch):
    from gancore.report import tensorboard
    from gancore.store import Store

    monkeypatch.setattr(tensorboard, "snapshot_images", lambda run, side, **options: [])
    (tmp_path / "events.out.tfevents.1.old").write_text("")
    (tmp_path / "notes.txt").write_text("mine")
    tensorboard.write_tensorboard(Store.open().runs()[0], tmp_path)
    (log,) = tmp_path.glob("events.out.tfevents*")
    assert log.stat().st_size > 0
    assert (tmp_path / "notes.txt").read_text() == "mine"


class Endless:
    """A job that sends its own process a signal whenever it is looked at."""

    label = "endless"

    def __init__(self, number: int) -> None:
        self.number, self.looked, self.cancelled = number, 0, False

    def progress(self) -> Progress:
        self.looked += 1
        if self.looked > 1:
            signal.raise_signal(self.number)
        return Progress("running", 1, 0, 0, 0, 0, 100, 0.0, None, "running")

    def cancel(self) -> None:
        signal.raise_signal(self.number)  # a second one changes nothing
        self.cancelled = True


@pytest.mark.parametrize("name", ["SIGTERM", "SIGHUP"])
def test_ending_the_command_or_closing_its_terminal_cancels_the_job(name):
    number = getattr(signal, name)
    outside, job = signal.getsignal(number), Endless(number)
    try:
        signal.signal(number, signal.SIG_DFL)  # a test started by nohup ignores SIGHUP, and so would the command
        with pytest.raises(KeyboardInterrupt):
            wait(job)  # type: ignore[arg-type]
        assert job.cancelled
        assert signal.getsignal(number) == signal.SIG_DFL
    finally:
        signal.signal(number, outside)


def test_what_ships_cannot_be_removed(capsys):
    code, out, _ = call(capsys, "runs", "list", "--json")
    shipped = json.loads(out.splitlines()[0])
    assert code == 0
    assert "ships with gancore" in wrong(capsys, "runs", "remove", shipped["run_id"])


def test_a_wrong_option_is_answered_with_its_own_commands_help(capsys):
    assert "(see 'gancore runs show --help')" in wrong(capsys, "runs", "show", "--frob")
    assert "(see 'gancore train --help')" in wrong(capsys, "train", "list", "show")
    assert "(see 'gancore --help')" in wrong(capsys, "frobnicate", "list")


def test_help_names_every_dataset(capsys):
    from gancore.config import Dataset

    _, out, _ = call(capsys, "train", "--help")
    assert all(kind in out for kind in Dataset.registry)


def test_env_says_what_is_here(capsys):
    code, out, _ = call(capsys, "env", "--json")
    facts = json.loads(out)
    assert code == 0
    assert {"python", "tensorflow", "keras", "numpy", "gancore", "store", "workers"} <= set(facts)


def test_shipped_studies_are_cached_in_an_empty_store(capsys, own_store):
    code, out, _ = call(capsys, "study", "run", "first-fixes", "--json")
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0
    assert len(rows) == 20
    assert {row["status"] for row in rows} == {"cached"}
    assert {
        "w1",
        "w1_excess",
        "swd",
        "curve_mean",
        "curve_p95",
        "near",
        "coverage",
        "max_gap",
        "learned",
        "d_acc",
    } <= set(rows[0]["metrics"])
    assert not own_store.exists()
    code, out, _ = call(capsys, "study", "list")
    assert "20/20" in out
    assert "16/16" in out
    code, out, _ = call(capsys, "study", "show", "circle-vs-parabola")
    assert "Parabola" in out


@pytest.mark.slow
def test_train_writes_json_images_and_logs_that_tensorboard_reads(capsys, own_store, tmp_path):
    pictures, logs = tmp_path / "png", tmp_path / "tb"
    # One process: what two share is tested with jobs, and each loads TensorFlow and compiles.
    arguments = ["train", "--dataset", "parabola", *QUICK, "--seeds", "2", "--workers", "1", "--json"]
    code, out, err = call(capsys, *arguments, "--images", str(pictures), "--tensorboard", str(logs))
    rows = [json.loads(line) for line in out.splitlines()]
    assert code == 0, err
    assert [(row["seed"], row["status"], row["steps"]) for row in rows] == [(0, "finished", 40), (1, "finished", 40)]
    assert set(rows[0]) == {"run_id", "seed", "status", "steps", "seconds", "config", "metrics", "metrics_version"}
    assert rows[0]["config"]["dataset"]["kind"] == "parabola"
    assert "tensorflow" in err  # the versions, as the question's script prints them

    code, out, _ = call(capsys, *arguments)
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["cached", "cached"]

    from PIL import Image

    images = sorted(pictures.rglob("*.png"))
    assert [path.name for path in images[:3]] == ["step-0000000.png", "step-0000020.png", "step-0000040.png"]
    assert len(images) == 6
    pixels = np.asarray(Image.open(images[-1]).convert("RGB")).astype(int)
    red = (pixels[..., 0] > pixels[..., 2] + 60).sum()
    blue = (pixels[..., 2] > pixels[..., 0] + 20).sum()
    assert red > 50
    assert blue > 50

    code, out, _ = call(capsys, "runs", "show", rows[0]["run_id"][:10])
    assert json.loads(out)["metrics"]["near"] == rows[0]["metrics"]["near"]
    code, out, _ = call(capsys, "runs", "verify")
    assert (code, out.strip()) == (0, "every stored run is sound")
    run_folder = next(own_store.glob(f"runs/*/{rows[0]['run_id']}"))
    with (run_folder / "weights.npz").open("r+b") as file:
        file.truncate(100)
    code, _, err = call(capsys, "runs", "verify")
    assert code == 1
    assert "weights.npz" in err
    code, out, _ = call(capsys, "runs", "remove", rows[1]["run_id"])
    assert code == 0
    code, out, _ = call(capsys, *arguments)
    assert [json.loads(line)["status"] for line in out.splitlines()] == ["finished", "finished"]

    tags = read_tensorboard(next(logs.glob("*seed0*")))
    questions = {f"loss/{name}" for name in ("D_loss", "Acc", "G_loss")}
    questions |= {f"D_loss/{name}" for name in ("D_loss_real", "D_loss_fake", "Acc_real", "Acc_fake")}
    assert set(tags["scalars"]) >= questions
    assert tags["images"] == ["fake"]
    assert tags["steps"] == [20, 40]


def read_tensorboard(folder: Path) -> dict:
    """Tags of an event file by TensorBoard's own reader, in a process of its own."""
    code = ALONE + (
        "import sys, json\nfrom tensorboard.backend.event_processing.event_accumulator import EventAccumulator\n"
        "log = EventAccumulator(sys.argv[1]); log.Reload(); tags = log.Tags()\n"
        "print('TAGS' + json.dumps({'scalars': tags['scalars'], 'images': tags['images'],"
        " 'steps': [e.step for e in log.Scalars('loss/D_loss')]}))"
    )
    out = subprocess.run([sys.executable, "-c", code, str(folder)], capture_output=True, text=True, check=True).stdout
    return json.loads(out.rsplit("TAGS", 1)[1])


@pytest.mark.slow
def test_a_study_file_of_ones_own_runs(capsys, tmp_path):
    study = tmp_path / "mine.toml"
    base = "".join(f"{s.split('=')[0]} = {s.split('=')[1] if 'hidden' not in s else '[8]'}\n" for s in TINY)
    study.write_text(
        'name = "mine"\ntitle = "Mine"\nquestion = "Why?"\nseeds = 2\n'
        f'[base]\n{base}[factors.update]\npath = "update.kind"\nlevels = ["separate", "combined"]\n'
    )
    code, out, err = call(capsys, "study", "run", str(study), "--steps", "30", "--workers", "1")
    assert code == 0, err
    assert "combined" in out
    assert "2/2" in out


def test_the_module_and_the_command_are_the_same():
    for start in ([sys.executable, "-m", "gancore"], [str(Path(sys.executable).with_name("gancore"))]):
        if not Path(start[0]).exists():
            pytest.fail(f"{start[0]} is not installed; install with: python -m pip install -e .")
        done = subprocess.run(
            [*start, "train", "--set", "batch_size=0"], capture_output=True, text=True, check=False, cwd=ROOT
        )
        assert done.returncode == 2
        assert done.stderr.startswith("gancore: batch_size")


@pytest.mark.slow
def test_an_interrupt_cancels_the_job_and_says_so(own_store):
    import signal
    import time

    from gancore import jobs
    from gancore.jobs import pool
    from gancore.store import Store

    settings = {path: ",".join(map(str, v)) if isinstance(v, list) else v for path, v in ENDLESS.items()}
    long = [piece for path, value in settings.items() for piece in ("--set", f"{path}={value}")]
    command = [sys.executable, "-m", "gancore", "train", *long]
    outside = signal.getsignal(signal.SIGINT)
    signal.signal(signal.SIGINT, signal.default_int_handler)  # tests started in the background ignore it
    try:
        process = subprocess.Popen(command, stderr=subprocess.PIPE, stdout=subprocess.PIPE, text=True, cwd=ROOT)
    finally:
        signal.signal(signal.SIGINT, outside)
    store = Store.open(own_store)
    deadline = time.monotonic() + 90
    while not (pool.workers(store.root) and jobs.list_jobs(store)) and time.monotonic() < deadline:
        time.sleep(0.1)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 1
    assert out == ""
    assert err.splitlines()[-1].startswith("gancore: stopped")
    assert jobs.list_jobs(store)[0].wish == "cancel"
    while pool.workers(store.root) and time.monotonic() < deadline:
        time.sleep(0.1)
    assert not pool.workers(store.root)  # they do not outlive the command by more than a moment
