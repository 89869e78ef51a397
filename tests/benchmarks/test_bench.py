"""The benchmark works; what it measures is no test."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from support.cpu import cpu_of_children

from gancore.benchmarks.case import Case
from gancore.benchmarks.suite import BARE, ENGINE, PEERS, WHOLE

ROOT = Path(__file__).parents[2]
ON_ONE_CORE = """
import os, runpy
if hasattr(os, "sched_setaffinity"):
    os.sched_setaffinity(0, [min(os.sched_getaffinity(0))])
runpy.run_module("gancore", run_name="__main__")
"""
"""gancore with one worker, which loads and compiles what two would each for itself."""


def test_every_peer_is_a_short_file_of_its_own():
    for peer in PEERS:
        path = ROOT / "gancore" / "benchmarks" / f"{peer.module}.py"
        assert len(path.read_text().splitlines()) < 110, path


@pytest.mark.parametrize(
    ("rest", "core", "recipe"),
    [([], None, "question"), (["1"], 1, "question"), (["-", "r3gan"], None, "r3gan")],
)
def test_a_peer_reads_its_core_and_its_recipe_where_they_are_given(monkeypatch, rest, core, recipe):
    monkeypatch.setattr(sys, "argv", ["peer", "32", "64,128", "4", "10", "1", *rest])
    monkeypatch.setattr(os, "sched_setaffinity", lambda *args: None, raising=False)
    case = Case.from_arguments()
    assert (case.core, case.recipe) == (core, recipe)


@pytest.mark.slow
def test_a_quick_round_gives_times_and_ratios(tmp_path):
    before = cpu_of_children()
    subprocess.run([sys.executable, "-c", "import tensorflow, keras"], capture_output=True, check=True)
    loading = cpu_of_children() - before
    command = [sys.executable, "-c", ON_ONE_CORE, "bench", "--quick", "--json", "--out", str(tmp_path / "table.md")]
    before = cpu_of_children()
    done = subprocess.run(command, capture_output=True, text=True, check=False, cwd=ROOT)
    assert done.returncode == 0, done.stderr[-2000:]
    # A minute on two quiet cores, on which loading TensorFlow takes 5.5 s of processor time.
    assert cpu_of_children() - before <= 22 * loading
    found = [json.loads(line) for line in done.stdout.splitlines()]
    facts = {line["name"]: line for line in found if "name" in line}
    assert len(facts) == 15
    assert facts["the exported script against the engine"]["value"] <= 15
    assert all(fact["value"] > 0 and fact["unit"] for fact in facts.values())
    lines = {line["peer"]: line for line in found if "peer" in line}
    assert {BARE, ENGINE, WHOLE, "the question's Keras loop"} <= set(lines)
    for line in lines.values():
        assert 0 < line["low"] <= line["median"] <= line["high"]
        assert line["machine"]
        assert line["device"]
    assert lines[BARE]["against_products"] == 1
    assert lines[ENGINE]["against_engine"] == 1
    assert ENGINE in (tmp_path / "table.md").read_text()
