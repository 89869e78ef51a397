"""Every page, alone and through the first page, on made-up runs: what is drawn, what links carry, what is refused."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from gancore import jobs
from gancore.config import RunConfig, flatten, with_changes
from gancore.metrics import METRICS
from gancore.recording.result import RunResult
from gancore.store import Store
from gancore.studies import load_study, shipped_studies

ROOT = Path(__file__).parents[1]
FIRST = "streamlit_app.py"
PAGES = ["pages/data.py", "pages/training.py", "pages/ablation.py"]


def made_up(config: RunConfig) -> RunResult:
    """A run that nobody trained: real points moved by the seed, so that seeds and steps differ."""
    rng = np.random.default_rng(config.seed)
    steps, rows = np.array([0, config.steps // 2, config.steps]), np.array(config.log_steps)
    points = np.stack([config.dataset.sample(rng, 2000) + 0.1 * (2 - i) for i in range(3)])  # type: ignore[attr-defined]
    history = {name: np.linspace(90.0, 60.0, len(rows)) for name in ("d_acc", "d_acc_real", "d_acc_fake")}
    history |= {name: np.linspace(0.5, 0.7, len(rows)) for name in ("d_loss", "d_loss_real", "d_loss_fake", "g_loss")}
    return RunResult(
        config=config,
        status="finished",
        steps=config.steps,
        diverged_at=None,
        seconds=1.0,
        history={"step": rows, **history},
        snapshot_steps=steps,
        snapshots=points.astype(np.float32),
        metrics={key: np.array([0.1, 0.2, 0.3 + 0.01 * config.seed]) for key in METRICS},
        weights={"generator/0/kernel": np.zeros((2, 2), np.float32)},
        versions={"gancore": "0"},
        device="cpu",
    )


@pytest.fixture(scope="module")
def filled_root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two seeds of every variant of the shipped studies, and nothing from the gallery."""
    store = Store(tmp_path_factory.mktemp("pages"))
    for config in {c.run_id: c for name in shipped_studies() for c in load_study(name).configs(2)}.values():
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


@pytest.mark.parametrize("through_first", [False, True])
@pytest.mark.parametrize("page", PAGES)
def test_page_opens_on_something_finished(store: Store, page: str, through_first: bool) -> None:
    app = opened(page, through_first=through_first)
    assert not app.exception and not app.error and not app.warning
    assert app.title[0].value.lower() in page
    assert charts(app) >= 1


def test_first_page_reads_its_numbers_from_the_runs(store: Store) -> None:
    app = opened(FIRST)
    assert not app.exception and not boxes(app)
    assert charts(app) == 6
    assert "0 of 2" in words(app)  # learned is 0.3 in every made-up run
    assert "**30%** near the curve" in words(app)


@pytest.mark.parametrize("page", [FIRST, *PAGES])
def test_page_on_an_empty_store_says_what_to_do(empty_store: Store, page: str) -> None:
    app = opened(page)
    assert not app.exception
    assert charts(app) >= 1 or "gancore " in words(app)


def test_top_bar_links_every_page(store: Store) -> None:
    app = opened(PAGES[0], through_first=True)
    labels = [link.proto.label.strip("*") for link in app.get("page_link")]
    assert labels[:4] == ["Home", "Data", "Training", "Ablation"]


@pytest.mark.parametrize(
    ("page", "query", "said"),
    [
        (
            "pages/ablation.py",
            {"study": "../../etc"},
            "study: '../../etc' is not allowed; use one of circle-vs-parabola",
        ),
        ("pages/ablation.py", {"seeds": "1e9"}, "seeds: '1e9' is not allowed; use a whole number from 1 to 64"),
        ("pages/ablation.py", {"seeds": "inf"}, "seeds: 'inf' is not allowed"),
        ("pages/ablation.py", {"seed": "<script>"}, "seed: '<script>' is not allowed; use one of median, best, worst"),
        ("pages/ablation.py", {"step": "-1"}, "step: '-1' is not allowed"),
        ("pages/ablation.py", {"color": "red"}, "color: there is no such parameter on this page"),
        ("pages/training.py", {"dataset.kind": "banana"}, "dataset.kind: 'banana' is not allowed; use one of circle"),
        ("pages/training.py", {"batch_size": "0"}, "batch_size: '0' is not allowed"),
        ("pages/training.py", {"batch_size": "inf"}, "batch_size: 'inf' is not allowed"),
        ("pages/training.py", {"g_optimizer.learning_rate": "nan"}, "g_optimizer.learning_rate: 'nan' is not allowed"),
        ("pages/training.py", {"generator.hidden": "64,-3"}, "generator.hidden: '-3' is not allowed"),
        ("pages/training.py", {"job": "../../../x"}, "job: '../../../x' is not known here"),
        ("pages/data.py", {"dataset.scale": "1e400"}, "dataset.scale: '1e400' is not allowed"),
        ("pages/data.py", {"batch_size": "64"}, "batch_size: there is no such parameter on this page"),
        (FIRST, {"__proto__": "1"}, "__proto__: there is no such parameter on this page"),
    ],
)
def test_bad_parameter_gets_a_sentence_and_a_view(store: Store, page: str, query: dict[str, str], said: str) -> None:
    app = opened(page, query)
    assert not app.exception
    assert said in words(app)
    assert charts(app) >= 1


def viewed(app: AppTest) -> dict[str, Any]:
    """What the comparison view on the page was given."""
    (view,) = (one for one in app.get("bidi_component") if "viewer" in one.proto.component_name)
    return json.loads(view.proto.json)


def test_a_link_opens_the_same_ablation(store: Store) -> None:
    query = {"study": "first-fixes", "seeds": "2", "seed": "1", "step": "5000", "left": "d_acc_fake", "smooth": "5"}
    app = opened("pages/ablation.py", query | {"layers": "field,density", "range": "0,4000", "x": "samples"})
    assert not boxes(app)
    assert (app.selectbox(key="study").value, app.slider(key="seeds").value) == ("first-fixes", 2)
    assert app.selectbox(key="seed").value == "1"
    view = viewed(app)
    assert view["state"] == {
        "step": 5000,
        "left": "d_acc_fake",
        "smooth": 5,
        "x": "samples",
        "layers": ["field", "density"],
        "range": [0, 4000],
    }
    (pick,) = view["payload"]["picks"]
    assert [shown["seed"] for shown in pick["shown"]] == [1] * len(load_study("first-fixes").variants)
    assert all(shown["values"]["near"][shown["steps"].index(5000)] == 0.2 for shown in pick["shown"])


def test_a_change_on_the_page_changes_what_the_view_is_given(store: Store) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes", "seeds": "2"})
    before = viewed(app)
    app.selectbox(key="seed").select("all").run()
    after = viewed(app)
    assert not app.exception and before["key"] != after["key"]
    assert after["payload"]["picks"][0]["shown"][0]["seeds"] == [0, 1]
    app.selectbox(key="seed").select("each").run()
    assert len(viewed(app)["payload"]["panels"]) == 2 * len(load_study("first-fixes").variants)


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ({"step": "4999"}, "step: no points were kept at 4,999; step 0 is shown instead"),
        ({"off": "nobody"}, "off: 'nobody' is not a variant of this study"),
        ({"highlight": "nobody"}, "highlight: 'nobody' is not a variant of this study; nothing is highlighted"),
        ({"curves": "one"}, "curves: 'one' is not allowed; use one of auto, shared, rows, own"),
        ({"layers": "field,x"}, "layers: 'field,x' is not allowed; use one of field, arrows, manifold, density"),
        ({"range": "5,1"}, "range: '5,1' is not allowed; use two numbers from low to high"),
        ({"left": "<b>"}, "left: '<b>' is not allowed"),
        ({"design": "x" * 40}, "design"),
        ({"run": "0123456789ab"}, "run: '0123456789ab' is not among the runs of first-fixes"),
        ({"first": "nobody"}, "first: 'nobody' is not allowed"),
        ({"rows": "update"}, "rows: 'update' is not allowed; use one of automatic"),
        ({"claim": "7"}, "claim: '7' is not allowed; use one of all"),
        ({"seed": "7"}, "seed: '7' is not allowed; use one of median, best, worst, each, all, 0, 1"),
        ({"dataset": "<i>"}, "dataset: '<i>' is not allowed; use one of circle"),
        ({"metric": "learned"}, "metric: 'learned' is not allowed"),
        ({"study": "four-fixes", "factor": "zz"}, "factor: 'zz' is not allowed; use one of update, batch"),
        ({"study": "four-fixes", "against": "update"}, "against: 'update' is not allowed; use one of batch"),
        ({"study": "four-fixes", "rows": "update"}, ""),
        ({"embed": "true", "seed": "33"}, "seed: '33' is not allowed"),
        ({"embed": "true", "claim": "9"}, "claim: '9' is not allowed; use one of all"),
        ({"embed": "true", "rows": "zz"}, "rows: 'zz' is not allowed"),
    ],
)
def test_a_link_to_what_is_not_there_names_it_and_shows_the_nearest_view(store: Store, query, said) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes", "seeds": "2"} | query)
    assert not app.exception
    assert viewed(app)["payload"]["panels"]
    assert said in words(app) if said else "not allowed" not in words(app)


def test_a_button_at_the_top_opens_the_builder_there(store: Store) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes"})
    assert not [box for box in app.selectbox if box.key == "builder_from"]
    app.button(key="build").click().run()
    assert not app.exception
    assert [box.key for box in app.selectbox].index("builder_from") < [box.key for box in app.selectbox].index("metric")


def test_a_study_in_the_link_opens_on_a_cold_server(store: Store) -> None:
    from gancore.studies import encode_study, parse_study

    text = load_study("first-fixes").to_toml().replace("seeds = 4", "seeds = 2")
    study = parse_study(text.replace('name = "first-fixes"', 'name = "mine"'))
    app = opened("pages/ablation.py", {"study": "own", "design": encode_study(study)})
    assert not app.exception and not boxes(app)
    assert len(viewed(app)["payload"]["panels"]) == len(study.variants)
    assert viewed(app)["study"] == "mine"


def test_ablation_trains_only_after_asking(store: Store, queue: list[FakeJob]) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes", "seeds": "3"})
    assert "10 of 15 runs finished" in words(app) and "about 40 s" in words(app) and not queue
    app.button(key="start").click().run()
    assert [config.seed for config in queue[0].configs] == [0, 1, 2] * 5
    assert app.query_params["job"] == FakeJob.job_id
    assert app.get("progress") and not app.exception


def test_a_job_of_another_study_is_not_shown_and_leaves_the_url(store: Store, queue: list[FakeJob]) -> None:
    queue.append(FakeJob(load_study("first-fixes").configs(3), "the other study"))
    app = opened("pages/ablation.py", {"study": "first-fixes", "seeds": "3", "job": FakeJob.job_id})
    assert "the other study" in app.get("progress")[0].proto.text
    assert app.query_params["job"] == FakeJob.job_id and not [b for b in app.button if b.key == "start"]
    queue[0].configs = [RunConfig(seed=99)]
    queue[0].run_ids = [RunConfig(seed=99).run_id]
    app.run()
    assert not app.get("progress") and not boxes(app)
    assert "job" not in app.query_params and not app.button(key="start").disabled


def test_runs_that_a_shared_job_does_not_train_can_be_started(store: Store, queue: list[FakeJob]) -> None:
    study = load_study("first-fixes")
    queue.append(FakeJob(study.configs_of(study.variants[0], 3), "one variant"))
    app = opened("pages/ablation.py", {"study": "first-fixes", "seeds": "3"})
    assert "one variant" in app.get("progress")[0].proto.text
    assert app.button(key="start").label == "Train the other 4 runs"
    app.button(key="start").click().run()
    assert queue[1].configs == study.configs(3)


def test_the_data_link_carries_the_choice(store: Store) -> None:
    app = opened("pages/data.py", {"dataset.kind": "moons", "dataset.scale": "0.5"}, through_first=True)
    (link,) = [link for link in app.get("page_link") if "Train" in link.proto.label and "GAN" in link.proto.label]
    assert set(link.proto.query_string.split("&")) == {"dataset.kind=moons", "dataset.scale=0.5"}


def test_the_form_has_every_setting_and_keeps_to_the_url(store: Store) -> None:
    app = opened("pages/training.py", {"update.kind": "combined", "batch_size": "256"})
    keys = {widget.key for widget in [*app.text_input, *app.selectbox]}
    assert keys >= set(flatten(RunConfig())) - {"seed"}
    assert app.selectbox(key="update.kind").value == "combined" and app.text_input(key="batch_size").value == "256"
    assert (app.query_params["update.kind"], app.query_params["batch_size"]) == ("combined", "256")


def test_start_submits_one_config_a_seed(store: Store, queue: list[FakeJob]) -> None:
    app = opened("pages/training.py", {"dataset.kind": "moons", "generator.hidden": "8, 8", "steps": "50"})
    app.slider(key="seeds").set_value(3).run()
    app.button(key="start").click().run()
    wanted = with_changes(RunConfig(), {"dataset.kind": "moons", "generator.hidden": [8, 8], "steps": 50})
    assert queue[0].configs == [wanted.model_copy(update={"seed": seed}) for seed in range(3)]
    assert app.button(key="start").disabled  # these runs are on their way


@pytest.mark.parametrize(
    ("query", "field"),
    [
        ({"batch_size": "0"}, "batch_size"),
        ({"generator.hidden": "64,x"}, "generator.hidden"),
        ({"steps": "1000000"}, "snapshot_every"),
        ({"dataset.noise": "2", "batch_size": "1.5"}, "dataset.noise"),
    ],
)
def test_bad_settings_are_named_and_nothing_starts(
    store: Store, queue: list[FakeJob], query: dict[str, str], field: str
) -> None:
    app = opened("pages/training.py", query)
    assert f"{field}: " in boxes(app)
    assert app.button(key="start").disabled and not queue


def test_settings_that_are_only_right_together(store: Store) -> None:
    app = opened("pages/training.py", {"steps": "1000000", "snapshot_every": "50000", "log_every": "10000"})
    assert not boxes(app) and not app.button(key="start").disabled


def test_without_tensorflow_start_is_disabled_with_the_reason(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(jobs, "available", lambda: False)
    monkeypatch.setattr(jobs, "unavailable", lambda: "Training needs TensorFlow.")
    monkeypatch.setattr(jobs, "estimate", lambda store, configs: None)
    for page in ("pages/training.py", "pages/ablation.py"):
        app = opened(page, {"seeds": "3"})
        assert app.button(key="start").disabled and "Training needs TensorFlow." in words(app)


def test_a_running_job_is_found_again_and_can_be_paused_and_cancelled(store: Store, queue: list[FakeJob]) -> None:
    configs = [RunConfig(seed=seed, steps=1000) for seed in range(2)]
    queue.append(FakeJob(configs, "my job"))
    app = opened("pages/training.py")  # a new session: nothing in the URL, nothing in the session
    assert "my job" in app.get("progress")[0].proto.text
    assert (
        "1 of 2 runs done" in app.get("progress")[0].proto.text
        and "about 10 s left" in app.get("progress")[0].proto.text
    )
    next(button for button in app.button if button.label == "Pause").click().run()
    next(button for button in app.button if button.label == "Cancel").click().run()
    assert queue[0].asked == ["pause", "cancel"]
    assert "my job: cancelled; 1 finished run of 2 is kept" in words(app)
    next(button for button in app.button if button.label == "Dismiss").click().run()
    assert queue[0].asked[-1] == "dismiss"


def test_the_nearest_run_is_shown_and_named_when_settings_are_not_trained(store: Store) -> None:
    app = opened("pages/training.py", {"batch_size": "128"})
    assert "batch_size 256 instead of 128" in words(app) or "batch_size 32 instead of 128" in words(app)
    assert charts(app) >= 3


def test_a_finished_run_can_be_reproduced(store: Store) -> None:
    app = opened("pages/training.py", {"batch_size": "256"})
    assert app.code[0].value == "gancore train --dataset circle --set batch_size=256 --seed 0"
    assert with_changes(RunConfig(), {"batch_size": 256}).run_id in words(app)


def test_a_damaged_run_is_said_and_counts_as_missing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Store, "open", Store)
    monkeypatch.setenv("GANCORE_STORE", str(tmp_path / "damaged"))
    store = Store(tmp_path / "damaged")
    store.put(made_up(RunConfig()))
    (snapshots,) = store.root.glob("runs/*/*/snapshots.npz")
    snapshots.write_bytes(snapshots.read_bytes()[:100])
    app = opened("pages/training.py")
    assert not app.exception
    assert RunConfig().run_id[:8] in boxes(app)
    assert RunConfig().run_id not in store


def test_an_unwritable_store_is_said_and_nothing_starts(
    store: Store, queue: list[FakeJob], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(self: Store) -> None:
        raise ValueError(f"store: {self.root} cannot be written")

    monkeypatch.setattr(Store, "writable_or_error", refuse)
    app = opened("pages/training.py", {"batch_size": "64"})
    assert "cannot be written" in words(app) and app.button(key="start").disabled


def test_pages_are_short_straight_scripts() -> None:
    for page in [FIRST, *PAGES]:
        lines = (ROOT / page).read_text().splitlines()
        assert len(lines) <= 150 and not any(line.startswith(("def ", "class ")) for line in lines)
    assert {path.name for path in (ROOT / "pages").glob("*.py")} == {Path(page).name for page in PAGES}


def test_the_server_process_stays_free_of_tensorflow_and_the_first_page_lean(store: Store) -> None:
    code = f"""
import sys
from streamlit.testing.v1 import AppTest
from gancore import jobs
jobs.warm = lambda store: None
def visit(page):
    app = AppTest.from_file({str(ROOT)!r} + "/" + page, default_timeout=60).run()
    assert not app.exception, app.exception
visit({FIRST!r})
heavy = {{"scipy", "sklearn", "ot", "tensorflow", "keras"}} & set(sys.modules)
assert not heavy, heavy
for page in {PAGES!r}:
    visit(page)
heavy = {{"tensorflow", "keras"}} & set(sys.modules)
assert not heavy, heavy
"""
    run = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr[-2000:]


@pytest.mark.parametrize("query", [{"step": "²"}, {"step": "9" * 5000}, {"seeds": "²"}, {"seed": "²"}, {"seed": "٣"}])
def test_digits_that_are_no_numbers_are_refused_and_not_read(store: Store, query: dict[str, str]) -> None:
    app = opened("pages/ablation.py", {"study": "first-fixes"} | query)
    assert not app.exception
    assert f"{next(iter(query))}: " in boxes(app)


def test_a_study_from_a_link_is_not_trained_under_the_name_of_another(empty_store: Store) -> None:
    from gancore.studies import encode_study

    study = load_study("four-fixes").with_overrides(steps=77)
    app = opened("pages/ablation.py", {"study": "own", "design": encode_study(study)})
    assert not app.exception
    assert "gancore study run four-fixes.toml --seeds" in words(app)
