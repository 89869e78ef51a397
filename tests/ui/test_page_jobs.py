"""Pages start, find, pause and cancel jobs, and never train without being asked."""

from __future__ import annotations

import pytest
from support import pages
from support.pages import FakeJob, boxes, charts, opened, words

from gancore import jobs
from gancore.config import RunConfig, flatten, with_changes
from gancore.store import Store
from gancore.studies import load_study

filled_root, store, queue = pages.filled_root, pages.store, pages.queue


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
        ({"steps": "1000000", "snapshot_every": "100"}, "snapshot_every"),
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
    app = opened("pages/training.py", {"steps": "100000"})  # the intervals follow the steps
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
