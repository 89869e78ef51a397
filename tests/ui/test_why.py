"""Why? on the Training page: what is measured of a run, in sentences, with what helps and the way to a fix."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.results import make_result

from gancore import jobs
from gancore.config import RunConfig, parse_config
from gancore.diagnosis import Seen
from gancore.metrics import METRICS
from gancore.recording.result import RunResult
from gancore.store import Store
from gancore.ui import runs

ROOT = Path(__file__).parents[2]
CONFIG = parse_config({"steps": 1000, "snapshot_every": 50, "log_every": 100})
QUERY = {"steps": "1000", "snapshot_every": "50", "log_every": "100", "seeds": "1"}


@pytest.fixture
def store(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(Store, "open", Store)
    for name, value in {"warm": lambda store: None, "live": lambda *a: None, "list_jobs": lambda s: []}.items():
        monkeypatch.setattr(jobs, name, value)
    monkeypatch.setattr(jobs, "available", lambda: True)
    reference = {key: {"mean": 0.1, "low": 0.0, "high": 0.2} for key in METRICS}
    monkeypatch.setattr(runs, "references_of", lambda *a: reference)
    return Store(own_store)


def turning(config: RunConfig, learned: float) -> RunResult:
    """Points that go round the circle, with what they scored."""
    times = len(config.snapshot_steps)
    angle = np.linspace(0, 2 * np.pi, 2000) + np.arange(times)[:, None]
    points = np.stack([np.cos(angle), np.sin(angle)], axis=-1).astype(np.float32)
    scores = {key: np.full(times, learned) for key in ("learned", "near", "coverage")}
    return make_result(config, snapshots=points, metrics=scores | {"swd": np.full(times, 0.3)})


def page(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages/training.py"), default_timeout=120)
    for name, value in (QUERY | query).items():
        app.query_params[name] = value
    app.run()
    assert not app.exception, app.exception
    return app


def texts(app: AppTest) -> str:
    return "\n".join(str(one.value) for one in [*app.header, *app.subheader, *app.markdown, *app.caption])


def test_what_is_wrong_stands_under_the_run_with_its_quantity_and_what_helps(store: Store) -> None:
    store.put(turning(CONFIG, 0.0))
    shown = texts(page())
    assert "Why?" in shown and "Oscillation" in shown
    assert "turn by 57°" in shown and "Where it learns: 0.1 or less" in shown  # a radian between snapshots
    assert "What helps" in shown and "10 of 10 runs had it before" in shown
    assert "What fixes this?" in shown or "fix=ask" in shown


def test_a_run_that_learned_is_told_so_and_nothing_is_offered(store: Store) -> None:
    store.put(turning(CONFIG, 1.0))
    shown = texts(page())
    assert "Learned" in shown and "Oscillation" not in shown and "What helps" not in shown


def test_of_the_nearest_run_the_heading_says_so(store: Store) -> None:
    store.put(turning(CONFIG, 0.0))
    assert "Why? The nearest run, diagnosed" in texts(page(batch_size="64"))


def test_runs_in_training_are_diagnosed_so_far(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from gancore.ui.training import progress

    class Job:
        job_id, label, deadline, configs, run_ids = "0123456789ab", "a job", None, [CONFIG], [CONFIG.run_id]

        def progress(self) -> jobs.Progress:
            return jobs.Progress("running", 1, 0, 0, 0, 400, 1000, 99.0, 9.0, "running")  # type: ignore[arg-type]

    monkeypatch.setattr(progress, "current_job", lambda store: Job())
    monkeypatch.setattr(progress, "watch", lambda *a, **k: None)
    monkeypatch.setattr(jobs, "so_far", lambda store, config: Seen.of_result(turning(CONFIG, 0.0)))
    assert "Seed 0, step 1,000: Oscillation" in texts(page())
    monkeypatch.setattr(jobs, "so_far", lambda store, config: None)
    assert "So far" not in texts(page())
