"""What a command refuses before it trains, or reads what it was not asked for."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.command_line import wrong
from support.results import make_result

from gancore import jobs
from gancore.config import RunConfig
from gancore.diagnosis import Seen


@pytest.mark.parametrize("option", ["--script", "--study"])
def test_a_place_where_no_file_can_be_written_is_refused_before_a_search(
    own_store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, option: str
) -> None:
    file = own_store.parent / "file"
    file.write_text("")
    monkeypatch.setattr(jobs, "unavailable", lambda: "it would have searched")
    assert f"{option}: " in wrong(capsys, "fix", option, str(file / "fixed"))


def test_a_run_in_training_is_named_by_four_digits_at_least(
    own_store: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    config = RunConfig(seed=99)

    class Job:
        configs = (config,)

    monkeypatch.setattr(jobs, "list_jobs", lambda store: [Job()])
    monkeypatch.setattr(jobs, "so_far", lambda store, config: Seen.of_result(make_result(config)))
    for prefix in ("", config.run_id[:3]):
        assert "is not a run id" in wrong(capsys, "runs", "diagnose", prefix)
