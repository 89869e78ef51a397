"""Step by step on the Training page: every button, undo, slow motion, a followed point, where it starts, bad links."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from streamlit.testing.v1 import AppTest
from support.pages import empty_store, opened, queue, words  # noqa: F401
from support.results import make_result

from gancore import jobs
from gancore.config import RunConfig, with_changes
from gancore.stepping import beginning
from gancore.store import Store

PAGE = "pages/training.py"
SMALL = {"generator.hidden": "8", "discriminator.hidden": "8", "latent.dim": "4", "batch_size": "16"}
HERE = {**SMALL, "stepping": "beginning"}
CONFIG = with_changes(RunConfig(), SMALL)

pytestmark = pytest.mark.usefixtures("empty_store", "queue")


def pressed(app: AppTest, name: str) -> AppTest:
    app.button(key=f"stepping_{name}").click().run()
    assert not app.exception
    return app


def asked(app: AppTest, name: str) -> str:
    """What the address says, whether the test or the page wrote it."""
    value = app.query_params.get(name, "")
    return value if isinstance(value, str) else value[0]


def moves(app: AppTest) -> str:
    return asked(app, "moves")


def drawn(app: AppTest) -> list[pd.DataFrame]:
    """What each layer of the picture draws."""
    proto = app.get("vega_lite_chart")[0].proto
    return [pa.ipc.open_stream(one.data.data).read_pandas() for one in proto.datasets]


def rows(app: AppTest) -> dict[str, list[str]]:
    """The table of numbers: what it is → before, now."""
    frame = app.table[0].value
    return {str(row.iloc[0]): [str(value) for value in row.iloc[1:]] for _, row in frame.iterrows()}


def generated(app: AppTest) -> list[list[float]]:
    """The generated points that are drawn."""
    (fakes,) = (one for one in drawn(app) if len(one) == 192 and not {"x2", "angle"} & set(one))
    return fakes[["x", "y"]].to_numpy().tolist()


def test_its_button_opens_it_with_nothing_trained():
    app = opened(PAGE, SMALL)
    app.button(key="stepping_open").click().run()
    assert not app.exception and asked(app, "stepping") == "beginning"
    assert "Seed 0 at step 0: the networks as they are drawn. Nothing here is stored." in words(app)
    app.button(key="stepping_close").click().run()
    assert "stepping" not in app.query_params and not [b for b in app.button if b.key == "stepping_d"]


def test_every_press_and_its_undoing():
    app = opened(PAGE, HERE)
    start = generated(app)
    for name, letters in (("d", "d"), ("g", "dg"), ("b", "dgb"), ("t", "dgbt")):
        assert moves(pressed(app, name)) == letters
    assert "Since then D has made 12 steps and G 12 steps: a trial" in words(app)
    end = generated(app)
    machine = beginning(CONFIG)
    at = machine.standing
    for which in ("discriminator", "generator", *["both"] * 11):
        at, _ = machine.machine.step(at, which)
    np.testing.assert_allclose(end, machine.machine.points(at.generator), atol=6e-5)
    assert end != start
    for letters in ("dgb", "dg", "d", ""):
        assert moves(pressed(app, "undo")) == letters
    assert generated(app) == start and app.button(key="stepping_undo").disabled
    pressed(pressed(app, "t"), "b")
    assert "11 steps of both, which are the run's own" in words(app)
    assert moves(pressed(app, "back")) == "" and generated(app) == start


def test_numbers_before_and_after_a_press():
    app = opened(PAGE, HERE | {"g_optimizer.learning_rate": "0.05"})
    first = rows(app)
    assert "D's loss on real points" in first and "Generated points that D takes for real" in first
    pressed(app, "g")
    second = rows(app)
    assert second["D's loss on real points"][0] == first["D's loss on real points"][-1]
    assert second["D's loss on real points"][1] == second["D's loss on real points"][0], "D stood still"
    assert second["G's loss"][1] != second["G's loss"][0]


def test_a_link_shows_the_same_trial_again():
    app = opened(PAGE, HERE)
    for name in "bbd":
        pressed(app, name)
    again = opened(PAGE, {**HERE, "moves": moves(app)})
    assert moves(app) == "b2d" and generated(again) == generated(app) and rows(again) == rows(app)


def test_slow_motion_goes_through_the_parts_and_makes_the_step():
    app = pressed(opened(PAGE, HERE), "slow")
    assert "Step 1, part 1 of 9: Real points" in words(app) and app.button(key="stepping_part_back").disabled
    pressed(app, "part_on")
    assert "Step 1, part 2 of 9: D judges them" in words(app) and "D takes " in words(app)
    pressed(app, "part_back")
    assert "Step 1, part 1 of 9: Real points" in words(app)
    last = opened(PAGE, {**HERE, "part": "9"})
    assert last.button(key="stepping_part_on").label == "Make this step"
    pressed(last, "part_on")
    assert moves(last) == "b" and "Step 2, part 1 of 9" in words(last)
    pressed(last, "part_leave")
    assert "1 step of both, which are the run's own" in words(last)
    assert generated(last) == generated(opened(PAGE, HERE | {"moves": "b"}))


def test_a_point_is_followed_by_number_and_by_link():
    app = opened(PAGE, {**HERE, "moves": "t"})
    app.number_input(key="stepping_number").set_value(7).run()
    assert asked(app, "follow") == "7" and "Point 7 has gone " in words(app)
    way = next(one for one in drawn(app) if "step" in one)
    assert way["step"].tolist() == list(range(11))
    linked = opened(PAGE, {**HERE, "moves": "t", "follow": "7"})
    assert "Point 7 has gone " in words(linked)
    assert linked.number_input(key="stepping_number").value == 7


def test_a_seed_of_its_own_and_settings_that_are_no_trial():
    app = opened(PAGE, {**HERE, "moves": "b"})
    app.selectbox(key="stepping_seed").set_value(3).run()
    assert moves(app) == "" and "Seed 3 at step 0" in words(app)
    wide = opened(PAGE, {**HERE, "generator.hidden": "1000,600"})
    assert "single steps are for up to 500,000" in words(wide) and not wide.exception


@pytest.mark.parametrize(
    ("query", "sentence"),
    [
        ({"moves": "hello"}, "moves: 'hello' is not allowed; use b (both)"),
        ({"moves": "t300"}, "a trial has up to 300 presses and 1,000 steps here"),
        ({"part": "0"}, "part: '0' is not allowed"),
        ({"follow": "192"}, "follow: '192' is not allowed"),
        ({"stepping": "nowhere"}, "stepping: 'nowhere' is not allowed"),
        ({"stepping": "end"}, "There are no networks of these settings and this seed at that place"),
        ({"stepping": "checkpoint-90"}, "There are no networks of these settings and this seed at that place"),
        ({"part": "150", "moves": "b"}, "Step 2, part 9 of 9"),
    ],
    ids=lambda value: next(iter(value)) if isinstance(value, dict) else "",
)
def test_bad_links_say_so_and_the_section_is_there(query, sentence):
    app = opened(PAGE, HERE | query)
    assert not app.exception and sentence in words(app)
    assert [b for b in app.button if b.key in ("stepping_b", "stepping_part_on")]


def test_from_the_end_of_a_stored_run(own_store: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setenv("GANCORE_STORE", str(own_store))
    store = Store(own_store)
    store.put(make_result(CONFIG))
    app = opened(PAGE, HERE)
    app.selectbox(key="stepping_start").set_value("end").run()
    assert not app.exception and asked(app, "stepping") == "end"
    assert "at step 10,000. A stored run has none of its optimizers' state, so they begin anew." in words(app)
    assert "1 step of both, after its end" in words(pressed(app, "b"))


def checkpoint(step: int) -> dict[str, np.ndarray]:
    """What a worker writes of a run at a step; its weights are those that it began with."""
    standing = beginning(CONFIG).standing
    found = {
        "step": np.int32(step),
        "row_start": np.int64(0),
        "bad_step": np.int32(-1),
        "sums": np.zeros(5, np.float32),
    }
    for name in ("generator", "discriminator"):
        learner = getattr(standing, name)
        for group, arrays in {"weights": learner.weights, **learner.slots}.items():
            found |= {f"{name}/{group}/{i}": array[0].astype(np.float32) for i, array in enumerate(arrays)}
    return {key: np.asarray(value) for key, value in found.items()}


def test_from_a_paused_jobs_checkpoint_and_after_it_has_gone_on(monkeypatch: pytest.MonkeyPatch):
    at = {"step": 40}
    monkeypatch.setattr(jobs, "checkpoint_step", lambda store, config: at["step"])
    monkeypatch.setattr(jobs, "checkpoint", lambda store, config: checkpoint(at["step"]))
    app = opened(PAGE, HERE | {"stepping": "checkpoint"})
    assert asked(app, "stepping") == "checkpoint-40" and not app.info
    pressed(app, "b")
    assert "Seed 0 at step 40, with its optimizers as training left them. 1 step of both" in words(app)
    at["step"] = 90
    app.run()
    assert "Training has gone on since; the trial begins again: where its training stands, step 90." in words(app)
    assert moves(app) == "" and asked(app, "stepping") == "checkpoint-90"


def test_a_supervised_fit_has_no_discriminator_to_step():
    fit = {"loss.kind": "supervised", "latent.kind": "stratified", "update.kind": "combined"}
    app = opened(PAGE, HERE | fit)
    assert app.button(key="stepping_d").disabled and not app.exception
    assert "Arrow: where its target lies" in words(pressed(app, "g"))
