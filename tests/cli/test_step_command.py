"""gancore step: rows, parts and refusals."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import call, wrong
from support.results import make_result

from gancore.config import RunConfig, with_changes
from gancore.stepping import beginning, slow_motion
from gancore.store import Store

SETTINGS = {"generator.hidden": "8", "discriminator.hidden": "8", "latent.dim": "4", "batch_size": "16"}
SMALL = [word for path, value in SETTINGS.items() for word in ("--set", f"{path}={value}")]


@pytest.fixture
def store(tmp_path: Path) -> Store:
    return Store(tmp_path / "store")


def test_a_row_before_and_after_each_step(capsys):
    code, out, _ = call(capsys, "step", *SMALL, "--steps", "3")
    head, *lines = out.splitlines()
    assert code == 0 and head.split()[:2] == ["D's", "steps"]
    assert [line.split()[:2] for line in lines] == [[str(n)] * 2 for n in range(4)]
    alone = call(capsys, "step", *SMALL, "--steps", "2", "--only", "generator")[1].splitlines()[1:]
    assert [line.split()[:2] for line in alone] == [["0", "0"], ["0", "1"], ["0", "2"]]


def test_parts_in_sentences_and_as_data(capsys):
    start = beginning(with_changes(RunConfig(), SETTINGS | {"seed": 2}))
    parts, _ = slow_motion(start.machine, start.standing)
    code, out, _ = call(capsys, "step", *SMALL, "--seed", "2", "--steps", "2", "--explain")
    lines = out.splitlines()
    assert code == 0 and lines[0] == "Step 1" and lines[10] == "Step 2"
    assert lines[1:10] == [f"  {i}. {part.title}. {part.sentence}" for i, part in enumerate(parts, 1)]
    code, out, _ = call(capsys, "step", *SMALL, "--seed", "2", "--explain", "--json")
    found = [json.loads(line) for line in out.splitlines()]
    assert [one.pop("step") for one in found] == [1] * 9
    assert found == [part.plain() for part in parts]


def test_json_of_steps(capsys):
    _, out, _ = call(capsys, "step", *SMALL, "--json")
    first, second = map(json.loads, out.splitlines())
    assert (first["g_step"], second["g_step"], second["d_step"]) == (0, 1, 1)
    assert "d_loss_real" in second and "d_loss_real" not in first
    assert first["reading"]["points"] == 192 and 0 <= first["reading"]["fake_for_real"] <= 1


def test_help_teaches(capsys):
    code, out, _ = call(capsys, "step", "--help")
    said = " ".join(out.split())
    assert code == 0
    for words in ("D is the discriminator", "needs no TensorFlow", "gancore step --explain", "--only generator"):
        assert words in said


def test_from_a_stored_run(capsys, store):
    config = with_changes(RunConfig(), SETTINGS | {"steps": 300})
    store.put(make_result(config))
    code, out, _ = call(capsys, "step", "--from", config.run_id[:8], "--store", str(store.root))
    assert code == 0 and [line.split()[:2] for line in out.splitlines()[1:]] == [["300"] * 2, ["301"] * 2]
    said = wrong(capsys, "step", "--from", config.run_id[:8], "--set", "batch_size=4", "--store", str(store.root))
    assert "--from: it has a run's own settings" in said


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--only", "x"], "--only: 'x' is not allowed; use "),
        (["--only", "generator", "--explain"], "--explain: it is of steps of both networks"),
        (["--set", "generator.hidden=1000,600"], "generator.hidden: both networks have "),
        (["--set", "seed=1", "--seed", "2"], "--set seed: give the seed once"),
        (["--set", "batch_size=x"], "batch_size: 'x' is not allowed"),
        (
            ["--only", "discriminator", "--set", "loss.kind=supervised", "--set", "latent.kind=stratified"]
            + ["--set", "update.kind=combined"],
            "loss.kind: supervised trains no discriminator",
        ),
    ],
    ids=lambda value: value[1] if isinstance(value, list) else "",
)
def test_refused(capsys, arguments, sentence):
    assert sentence in wrong(capsys, "step", *SMALL, *arguments)
