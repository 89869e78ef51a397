"""Commands whose runs are all stored: they say so, and what they suggest trains."""

from __future__ import annotations

import json
import re
import shlex
from pathlib import Path

import pytest
from support.command_line import call

ROOT = Path(__file__).parents[2]
README = re.findall(r"^    (gancore train .*)$", (ROOT / "README.md").read_text(), re.MULTILINE)


def suggested(err: str) -> list[list[str]]:
    return [shlex.split(line.split(": gancore ", 1)[1]) for line in err.splitlines() if ": gancore " in line]


@pytest.mark.parametrize("line", [line for line in README if "--seeds 4" in line and "--again" not in line])
def test_lines_of_the_readme_that_train_nothing_say_why_and_what_would(capsys, own_store, line):
    code, _, err = call(capsys, *shlex.split(line)[1:])
    assert code == 0
    assert "nothing was trained: all 4 runs came finished with gancore (in " in err
    same, other = suggested(err)
    assert sorted(same) == sorted([*shlex.split(line)[1:], "--again"])
    assert other[-2:] == ["--seed", "40" if "batch_size=256" in line else "10"]  # so many ship
    assert not own_store.exists()


def test_the_store_that_was_named_is_in_what_is_suggested(capsys, tmp_path):
    _, _, err = call(capsys, "train", "--store", str(tmp_path / "a store"))
    assert all(words[-2:] == ["--store", str(tmp_path / "a store")] for words in suggested(err))


def test_a_shipped_study_says_the_same(capsys, own_store):
    code, _, err = call(capsys, "study", "run", "first-fixes")
    assert code == 0
    assert "all 20 runs came finished with gancore (in circle-vs-parabola, first-fixes)" in err
    assert suggested(err) == [
        ["study", "run", "first-fixes", "--again"],
        ["study", "run", "first-fixes", "--seeds", "8"],
    ]


@pytest.mark.slow
def test_what_is_suggested_trains(capsys, own_store):
    _, _, err = call(capsys, "train", "--dataset", "parabola", "--seeds", "2")
    commands = suggested(err)
    assert len(commands) == 2
    for words in commands:
        code, out, err = call(capsys, *words, "--workers", "1", "--json")
        assert code == 0, err
        assert "nothing was trained" not in err
        rows = [json.loads(row) for row in out.splitlines()]
        assert {(row["status"], row["steps"]) for row in rows} == {("finished", 10_000)}
    _, _, err = call(capsys, *commands[0])  # once more: nothing is left
    assert "nothing was trained: all 2 runs came finished in your own store" in err
    assert suggested(err) == [["train", "--dataset", "parabola", "--seed", "2"]] or suggested(err)[0][-1] == "11"


def test_a_shipped_runs_weights_are_had_by_training_it_again(capsys, tmp_path):
    from gancore.config import RunConfig

    run_id = RunConfig().run_id
    code, _, err = call(capsys, "runs", "export", run_id, "--keras", str(tmp_path))
    assert code == 2
    assert "add --train, which trains exactly this run (10,000 steps) into your own store" in err
