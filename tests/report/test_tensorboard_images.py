"""TensorBoard shows all images of a run with the option that is named wherever logs are offered."""

from __future__ import annotations

import re
import sys
from pathlib import Path
from types import ModuleType

import pytest

from gancore.cli import run
from gancore.report import FORMATS
from gancore.report.tensorboard import OPTIONS, opened_with, write_tensorboard
from gancore.store import Store
from gancore.words import OTHER_CURVES

ROOT = Path(__file__).parents[2]


@pytest.mark.slow
def test_the_option_is_one_that_tensorboard_knows_and_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    # As where no TensorFlow is installed, which takes 5 s to load.
    monkeypatch.setitem(sys.modules, "tensorboard.compat.notf", ModuleType("tensorboard.compat.notf"))
    accumulator = pytest.importorskip("tensorboard.backend.event_processing.event_accumulator")
    runs = [run for run in Store.open(tmp_path / "store").runs() if len(run.snapshot_steps) > 4]
    stored = min(runs, key=lambda run: len(run.snapshot_steps))
    write_tensorboard(stored, tmp_path / "logs")
    kept = {}
    most = int(re.fullmatch(r"--samples_per_plugin images=(\d+)", OPTIONS)[1])  # type: ignore[index]
    for limit in (None, most):
        guidance = {} if limit is None else {"images": limit, "tensors": limit}
        log = accumulator.EventAccumulator(str(tmp_path / "logs"), size_guidance=guidance).Reload()
        kept[limit] = len(log.Images("fake"))
    assert kept[most] == len(stored.snapshot_steps) > kept[None]


def test_it_is_named_wherever_logs_are_offered(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    words = FORMATS["tensorboard"].help  # the page's caption, and the README.txt of an archive
    assert OPTIONS in words and OTHER_CURVES in words
    assert OPTIONS in (ROOT / "README.md").read_text("utf-8")
    assert opened_with(Path("a b")) == f"tensorboard --logdir 'a b' {OPTIONS}"
    out = tmp_path / "logs"
    arguments = ["--format", "tensorboard", "--seeds", "1", "--store", str(tmp_path / "store")]
    assert run(["report", "circle-vs-parabola", "--out", str(out), *arguments]) == 0
    offered = capsys.readouterr().out
    assert opened_with(out) in offered and OTHER_CURVES in offered


@pytest.mark.slow
def test_training_with_logs_names_it(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A run that is stored already (with a bundle) is not trained again, so this is quick."""
    store = ["--store", str(tmp_path / "store")]
    assert run(["train", "--dataset", "circle", "--tensorboard", str(tmp_path / "logs"), *store]) == 0
    offered = capsys.readouterr().err
    assert opened_with(tmp_path / "logs") in offered and OTHER_CURVES in offered
