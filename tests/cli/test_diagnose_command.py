"""gancore runs diagnose: in words and as JSON, of stored runs and of those in training."""

from __future__ import annotations

import io
import json
from pathlib import Path

import numpy as np
import pytest
from support.command_line import call, wrong
from support.results import make_result

from gancore import jobs
from gancore.config import RunConfig, parse_config
from gancore.jobs.checkpoints import write_checkpoint
from gancore.jobs.folders import JobFolders
from gancore.store import Store

BASELINE = RunConfig().run_id
SHORT = parse_config({"steps": 1000, "snapshot_every": 50, "log_every": 100})


def test_a_shipped_run_is_diagnosed_in_words_with_what_helps(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, err = call(capsys, "runs", "diagnose", BASELINE[:12])
    assert (code, err) == (0, "")
    assert out.startswith(f"{BASELINE[:12]}, step 10,000 of 10,000")
    assert "Oscillation" in out and "(where it learns: 0.1 or less, and falling)" in out
    assert "What helps: combined update, batch 256. In four-distributions" in out
    assert f"to search for a fix: gancore fix {BASELINE[:12]}" in out


def test_as_json_it_is_one_object_and_show_names_the_kinds(capsys: pytest.CaptureFixture[str]) -> None:
    code, out, _ = call(capsys, "runs", "diagnose", BASELINE[:12], "--json")
    found = json.loads(out)
    assert code == 0 and found["run_id"] == BASELINE and found["failing"] and not found["learned"]
    first = found["diagnoses"][0]
    assert first["kind"] == "oscillation" and first["quantity"]["name"] == "wander"
    assert len(first["quantity"]["steps"]) == len(first["quantity"]["values"]) > 10
    best, other = found["help"]["oscillation"][:2]  # what learned most often first
    assert best["label"] == "NS + R1 (fast)" and best["changes"]["penalty.kind"] == "r1"
    assert other["changes"] == {"update.kind": "combined", "batch_size": 256}
    _, shown, _ = call(capsys, "runs", "show", BASELINE[:12], "--json")
    assert json.loads(shown)["diagnosis"] == [one["kind"] for one in found["diagnoses"]]


def test_a_run_in_training_is_diagnosed_by_its_checkpoint(
    capsys: pytest.CaptureFixture[str], own_store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    result, store = make_result(SHORT), Store(own_store)
    half = len(result.snapshot_steps) // 2
    angle = np.linspace(0, 2 * np.pi, 2000) + np.arange(half)[:, None]
    arrays = {
        "step": np.array(480),
        "snapshots/step": result.snapshot_steps[:half],
        "snapshots/points": np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float32),
        "scored": np.full(half, True),
        **{f"history/{name}": column[:4] for name, column in result.history.items()},
        **{f"scores/{name}": np.full(half, 0.5) for name in result.metrics},
    }
    folders = JobFolders(store.root)
    folders.checkpoint(SHORT.run_id).parent.mkdir(parents=True)
    write_checkpoint(folders, SHORT.run_id, arrays)

    class Job:
        configs = (RunConfig(seed=99), SHORT)

    monkeypatch.setattr(jobs, "list_jobs", lambda store: [Job()])
    code, out, _ = call(capsys, "runs", "diagnose", SHORT.run_id[:12])
    assert code == 0 and "step 480 of 1,000" in out and "Oscillation" in out
    buffer = io.BytesIO()
    np.savez(buffer, step=np.array(3))
    folders.checkpoint(SHORT.run_id).write_bytes(buffer.getvalue())  # no checkpoint of a run
    assert jobs.so_far(store, SHORT) is None
    assert "no stored run's id starts with" in wrong(capsys, "runs", "diagnose", SHORT.run_id[:12])


def test_what_is_no_run_is_named(capsys: pytest.CaptureFixture[str]) -> None:
    assert "run: 'xyz' is not a run id" in wrong(capsys, "runs", "diagnose", "xyz")
