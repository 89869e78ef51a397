"""The Training page's selector of recipes."""

from __future__ import annotations

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gancore.jobs import pool
from gancore.recipes import recipe

PAGE = str(Path(__file__).parents[2] / "pages" / "training.py")


@pytest.fixture
def opened(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> AppTest:
    monkeypatch.setattr(pool, "ensure_workers", lambda *_: None)
    return AppTest.from_file(PAGE, default_timeout=60).run()


def test_a_recipe_fills_the_form_and_marks_what_differs(opened: AppTest):
    assert opened.selectbox(key="recipe").value == "baseline"
    opened.selectbox(key="recipe").select("ns-r1").run()
    assert not opened.exception
    assert opened.selectbox(key="recipe").value == "ns-r1"
    for path, value in (("batch_size", "256"), ("penalty.gamma", "0.02"), ("g_optimizer.schedule.end", "10000")):
        assert opened.text_input(key=path).value == value
    assert opened.selectbox(key="penalty.kind").value == "r1"
    marks = [one.value for one in opened.markdown if "baseline:" in one.value]
    assert len(marks) == len(recipe("ns-r1").changes)
    assert any("baseline: 32" in mark for mark in marks)
    assert any("Mescheder" in one.value for one in opened.caption)


def test_a_changed_recipe_is_ones_own_and_another_starts_over(opened: AppTest):
    opened.selectbox(key="recipe").select("wgan-clipping").run()
    opened.text_input(key="steps").set_value("2000").run()
    assert opened.selectbox(key="recipe").value == "wgan-clipping"
    opened.text_input(key="d_optimizer.clip_weights").set_value("0.02").run()
    assert opened.selectbox(key="recipe").value == ""
    opened.selectbox(key="recipe").select("instance-noise").run()
    assert opened.selectbox(key="recipe").value == "instance-noise"
    assert opened.text_input(key="instance_noise.until").value == "2000"
    assert opened.selectbox(key="d_optimizer.kind").value == "adam"
    assert opened.text_input(key="batch_size").value == "32"


def test_a_recipe_with_a_task_brings_its_distribution(opened: AppTest):
    opened.selectbox(key="recipe").select("gan-lab").run()
    assert not opened.exception
    assert opened.selectbox(key="dataset.kind").value == "gan-lab-gaussians"
    assert opened.selectbox(key="recipe").value == "gan-lab"
