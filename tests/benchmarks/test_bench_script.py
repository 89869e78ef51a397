"""The measurement of the exported script alone; what it measures is held in a quick round of everything."""

from __future__ import annotations

import json

import pytest
from support.command_line import call

from gancore.benchmarks import suite


def test_the_scripts_measurement_is_a_row_for_each_figure(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    commands: list[list[str]] = []
    figures = [["script", 0.5, "ms"], ["engine", 0.1, "ms"], ["ratio", 5.0, "×"]]
    monkeypatch.setattr(suite, "started", commands.append)
    monkeypatch.setattr(suite, "answer_of", lambda process: {"facts": figures})
    code, out, _ = call(capsys, "bench", "--script", "--json")
    assert code == 0 and [json.loads(line)["name"] for line in out.splitlines()] == ["script", "engine", "ratio"]
    assert commands[0][2] == "gancore.benchmarks.exported_script"
    _, out, _ = call(capsys, "bench", "--script", "--quick")
    assert "| ratio | 5.00 × |" in out
    full, quick = ([int(number) for number in command[5:8]] for command in commands)
    assert full[0] == quick[0] == 1, "one run"
    assert quick[1] < full[1]
