"""A rerun of the Training page over 3,000 own runs opens none of their files again."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.copied_runs import copied_runs
from support.paths import ROOT

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.store import Store, files, folders
from gancore.ui import runs

RUNS = 3_000
SHORT = {"steps": 4, "log_every": 2, "snapshot_every": 2}


@pytest.mark.slow
def test_a_rerun_reads_nothing_of_3000_runs(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    base = with_changes(RunConfig(), SHORT)
    copied_runs(Store(own_store), [base.model_copy(update={"batch_size": size}) for size in range(1, RUNS + 1)])
    monkeypatch.setattr(Store, "open", Store)
    monkeypatch.setattr(jobs, "available", lambda: False)
    monkeypatch.setattr(runs, "references_of", lambda *a: {})
    reads: list[Path] = []

    def read(path: Path, limit: int) -> bytes:
        content = files.read_bounded(path, limit)  # raises where there is no such file, which reads nothing
        reads.append(path)
        return content

    monkeypatch.setattr(folders, "read_bounded", read)
    app = AppTest.from_file(str(ROOT / "pages" / "training.py"), default_timeout=300)
    app.query_params["batch_size"] = "5000"
    app.run()
    assert not app.exception and len([path for path in reads if path.name == "run.json"]) == RUNS, "each once"
    reads.clear()
    for size in ("6000", "7000"):
        app.text_input(key="batch_size").set_value(size).run()
        assert not app.exception and any("Not your settings." in box.value for box in app.info)
    assert not reads
