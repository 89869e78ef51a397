"""Pages on made-up runs, whose jobs go nowhere."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from support.paths import ROOT
from support.results import make_result

from gancore import jobs
from gancore.config import RunConfig
from gancore.metrics import METRICS
from gancore.recording.result import RunResult
from gancore.store import Store
from gancore.studies import finished_studies, load_study

FIRST = "streamlit_app.py"
PAGES = ["pages/data.py", "pages/training.py", "pages/ablation.py", "pages/why_it_circles.py"]


def made_up(config: RunConfig) -> RunResult:
    """A run that nobody trained: real points moved by the seed, so that seeds and steps differ."""
    rng = np.random.default_rng(config.seed)
    steps, rows = np.array([0, config.steps // 2, config.steps]), np.array(config.log_steps)
    points = np.stack([config.dataset.sample(rng, 2000) + 0.1 * (2 - i) for i in range(3)])  # type: ignore[attr-defined]
    history = {name: np.linspace(90.0, 60.0, len(rows)) for name in ("d_acc", "d_acc_real", "d_acc_fake")}
    history |= {name: np.linspace(0.5, 0.7, len(rows)) for name in ("d_loss", "d_loss_real", "d_loss_fake", "g_loss")}
    return make_result(
        config,
        history={"step": rows, **history},
        snapshot_steps=steps,
        snapshots=points.astype(np.float32),
        metrics={key: np.array([0.1, 0.2, 0.3 + 0.01 * config.seed]) for key in METRICS},
        weights={"generator/0/kernel": np.zeros((2, 2), np.float32)},
    )


@pytest.fixture(scope="module")
def filled_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two seeds of every variant of the shipped studies, and nothing from the gallery."""
    store = Store(tmp_path_factory.mktemp("pages"))
    for config in {c.run_id: c for name in finished_studies() for c in load_study(name).configs(2)}.values():
        store.put(made_up(config))
    return store.root


class FakeJob:
    """A job that goes nowhere; remembers what was asked of it."""

    job_id = "0123456789ab"
    deadline: float | None = None

    def __init__(self, configs: list[RunConfig], label: str, state: str = "running") -> None:
        self.configs, self.label, self.state = configs, label, state
        self.run_ids = [config.run_id for config in configs]
        self.asked: list[str] = []

    def progress(self) -> jobs.Progress:
        total = len(self.configs)
        return jobs.Progress(self.state, total, 1, 0, 0, 400, 1000 * total, 123.0, 9.0, self.state)  # type: ignore[arg-type]

    def failures(self) -> dict[str, str]:
        return {}

    def pause(self) -> None:
        self.asked.append("pause")

    def cancel(self) -> None:
        self.asked.append("cancel")
        self.state = "cancelled"

    def dismiss(self) -> None:
        self.asked.append("dismiss")


@pytest.fixture(autouse=True)
def queue(monkeypatch: pytest.MonkeyPatch) -> list[FakeJob]:
    """No page of these tests starts a worker; submitted jobs land in this list."""
    submitted: list[FakeJob] = []

    def submit(store: Store, configs: list[RunConfig], label: str) -> FakeJob:
        submitted.append(FakeJob(list(configs), label))
        return submitted[-1]

    monkeypatch.setattr(jobs, "submit", submit)
    monkeypatch.setattr(jobs, "list_jobs", lambda store: submitted)
    monkeypatch.setattr(jobs, "get_job", lambda store, job_id: next((j for j in submitted if j.job_id == job_id), None))
    monkeypatch.setattr(jobs, "live", lambda store, run_id: None)
    monkeypatch.setattr(jobs, "warm", lambda store: None)
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: 42.0)
    return submitted


@pytest.fixture
def store(filled_root: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setenv("GANCORE_STORE", str(filled_root))
    monkeypatch.setattr(Store, "open", Store)
    return Store(filled_root)


@pytest.fixture
def empty_store(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(Store, "open", Store)
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path / "nothing"))
    return Store(tmp_path / "nothing")


def opened(page: str, query: dict[str, str] | None = None, through_first: bool = False) -> AppTest:
    """The page after its first run, as a cold link opens it."""
    app = AppTest.from_file(str(ROOT / (FIRST if through_first else page)), default_timeout=60)
    if through_first:
        app.run()
        app.switch_page(page)
    for name, value in (query or {}).items():
        app.query_params[name] = value
    return app.run()


def charts(app: AppTest) -> int:
    return len(app.get("vega_lite_chart"))


def words(app: AppTest) -> str:
    """Everything the page says in boxes, markdown and captions, without Markdown's backslashes."""
    elements = [*app.error, *app.warning, *app.info, *app.markdown, *app.caption]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in elements))


def boxes(app: AppTest) -> str:
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in [*app.error, *app.warning]))


def viewed(app: AppTest) -> dict[str, Any]:
    """What the comparison view on the page was given."""
    (view,) = (one for one in app.get("bidi_component") if "viewer" in one.proto.component_name)
    return json.loads(view.proto.json)
