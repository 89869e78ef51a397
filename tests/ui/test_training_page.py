"""The Training page says whose picture it shows: a job's, whose settings it names, or another run's."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest
from support.untrained import untrained

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.metrics import METRICS
from gancore.store import Store
from gancore.ui import runs
from gancore.words import OTHER_CURVES

ROOT = Path(__file__).parents[2]
SHORT = {"steps": 400}


class PausedJob:
    """A job that somebody paused."""

    job_id = "0123456789ab"
    deadline = None
    label = "a job"

    def __init__(self, *configs: RunConfig) -> None:
        self.configs, self.run_ids = list(configs), [config.run_id for config in configs]

    def progress(self) -> jobs.Progress:
        return jobs.Progress("paused", len(self.configs), 1, 0, 0, 400, 1000, None, None, "paused")  # type: ignore[arg-type]

    def failures(self) -> dict[str, str]:
        return {}

    def pause(self) -> None: ...

    def resume(self) -> None: ...

    def cancel(self) -> None: ...


@pytest.fixture
def store(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> Store:
    monkeypatch.setattr(Store, "open", Store)
    for name, value in {
        "warm": lambda store: None,
        "live": lambda store, run_id: None,
        "list_jobs": lambda s: [],
    }.items():
        monkeypatch.setattr(jobs, name, value)
    monkeypatch.setattr(jobs, "available", lambda: True)
    monkeypatch.setattr(
        runs, "references_of", lambda *a: {key: {"mean": 0.1, "low": 0.0, "high": 0.2} for key in METRICS}
    )
    return Store(own_store)


def opened(**query: str) -> AppTest:
    app = AppTest.from_file(str(ROOT / "pages/training.py"), default_timeout=60)
    for name, value in query.items():
        app.query_params[name] = value
    app.run()
    assert not app.exception
    return app


def words(app: AppTest) -> str:
    elements = [*app.warning, *app.info, *app.markdown, *app.caption]
    return re.sub(r"\\(.)", r"\1", "\n".join(str(element.value) for element in elements))


def test_a_paused_job_names_its_settings_and_that_the_form_asks_for_others(
    store: Store, monkeypatch: pytest.MonkeyPatch
) -> None:
    base = with_changes(RunConfig(), {"batch_size": 64, "dataset.scale": 0.5})
    job = PausedJob(*(base.model_copy(update={"seed": seed}) for seed in range(3)))
    monkeypatch.setattr(jobs, "list_jobs", lambda store: [job])
    app = opened(**{"batch_size": "128", "dataset.scale": "0.5"})
    assert "This job trains:** scale 0.5, batch 64 :small[· 3 seeds (0 to 2)]" in words(app)
    assert "The settings in the form are not this job's. The job has batch_size 64 instead of 128." in words(app)
    same = opened(**{"batch_size": "64", "dataset.scale": "0.5"})
    assert "This job trains:** scale 0.5, batch 64" in words(same) and "not this job's" not in words(same)


def test_a_job_of_many_configurations_names_a_few(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    job = PausedJob(*(with_changes(RunConfig(), {"batch_size": size}) for size in (32, 64, 128, 256, 512)))
    monkeypatch.setattr(jobs, "list_jobs", lambda store: [job])
    assert "baseline; batch 64; batch 128; and 2 more :small[· seed 0]" in words(opened())


def test_the_nearest_run_is_said_over_its_own_picture(store: Store) -> None:
    store.put(untrained(with_changes(RunConfig(), SHORT | {"batch_size": 256})))
    app = opened(steps="400", batch_size="128")
    (box,) = [one for one in app.info if "Not your settings." in one.value]
    assert "batch\\_size 256 instead of 128" in box.value
    assert OTHER_CURVES in words(app), "beside the curves"
    order = [element.type for column in app.main.children.values() for element in walk(column)]
    assert order.index("info") < next(i for i, kind in enumerate(order) if "vega" in kind)
    (picture,) = (chart for chart in app.get("vega_lite_chart") if "Nearest finished run" in chart.proto.spec)
    assert "not the settings in the form" in picture.proto.spec
    exact = opened(steps="400", batch_size="256")
    assert "Not your settings" not in words(exact) and not any(
        "Nearest" in chart.proto.spec for chart in exact.get("vega_lite_chart")
    )


def walk(block):
    for child in getattr(block, "children", {}).values():
        yield from walk(child)
    if not getattr(block, "children", None):
        yield block


def test_a_rerun_of_the_page_reads_no_run_that_it_has_read(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    from gancore.store import files, folders

    for size in range(1, 41):
        store.put(
            untrained(with_changes(RunConfig(), {"steps": 4, "log_every": 2, "snapshot_every": 2, "batch_size": size}))
        )
    app = opened(batch_size="500")
    reads: list[str] = []

    def read(path: Path, limit: int) -> bytes:
        content = files.read_bounded(path, limit)  # raises where there is no such run, which reads nothing
        reads.append(path.name)
        return content

    monkeypatch.setattr(folders, "read_bounded", read)
    for size in ("600", "700"):
        app.text_input(key="batch_size").set_value(size).run()
        assert not app.exception and "Not your settings." in words(app)
    assert not reads
