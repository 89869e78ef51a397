"""``gancore env`` says whether runs can be stored where the store is, and leaves no folder behind."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from support.command_line import call

from gancore.jobs import pool


@pytest.fixture(autouse=True)
def trains(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pool, "unavailable", lambda: "")


def training(capsys: pytest.CaptureFixture[str], store: Path) -> str:
    code, out, _ = call(capsys, "env", "--json", "--store", str(store))
    assert code == 0
    return json.loads(out)["training"]


def test_a_store_that_cannot_be_written_is_said_with_its_folder(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "file").write_text("")
    store = tmp_path / "file" / "store"
    said = training(capsys, store)
    assert said != "available" and str(store) in said


def test_a_store_that_is_not_there_yet_stays_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert training(capsys, tmp_path / "new" / "store") == "available"
    assert not list(tmp_path.iterdir())
