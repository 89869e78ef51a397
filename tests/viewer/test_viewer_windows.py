"""The view's panels of distributions beside the origin, of unlike axes, and of several beside each other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.chromium import in_browser
from support.studies import HEAD
from support.untrained import untrained
from support.viewed import points_of
from support.viewing import mounted

from gancore.store import Store
from gancore.studies import parse_study
from gancore.viewer import study_payload

STUDY = """
seeds = 1
[base]
steps = 400
dataset.kind = "formula"
dataset.x = "90 + t"
[[variant]]
name = "far"
[[variant]]
name = "unlike"
set = {dataset.x = "t", dataset.y = "100*t"}
[[variant]]
name = "circle"
set = {dataset.kind = "circle"}
"""


@pytest.fixture
def payload(tmp_path: Path):
    study, store = parse_study(HEAD + STUDY, "windows"), Store(tmp_path)
    for config in study.configs():
        store.put(untrained(config))
    return study_payload(store, study, 1)


def test_each_panel_shows_its_own_points_and_networks(payload):
    reals = {name: payload["reals"][look["real"]] for name, look in payload["variants"].items()}
    assert reals["far"]["window"] == pytest.approx([90 + np.pi, 0, 1.25 * np.pi, 1.25 * np.pi], rel=0.01, abs=0.01)
    assert reals["unlike"]["window"] == pytest.approx([np.pi, 100 * np.pi, 1.25 * np.pi, 125 * np.pi], rel=0.01)
    assert reals["circle"]["window"] == pytest.approx([0, 0, 1.25, 1.25], abs=1e-3)
    for real in reals.values():
        drawn = points_of(real["points"])
        assert np.abs(drawn).max() <= 1 and np.ptp(drawn, axis=0).max() > 1.5
    far = points_of(reals["far"]["points"], reals["far"]["window"])
    assert far[:, 0].min() > 89.9 and np.abs(far[:, 1]).max() < 1.01
    for panel, shown in zip(payload["panels"], payload["picks"][0]["shown"], strict=True):
        layers = shown.get("layers")
        if layers:
            assert layers["window"] == pytest.approx([0, 0, 1, 1], abs=1e-3), panel


@in_browser
def test_a_panel_of_own_points_says_how_far_off_they_are(chromium, tmp_path: Path):
    own = '[[variant]]\nname = "own"\nset = {dataset.kind = "points"}\n[[variant]]\nname = "circle"\n'
    study = parse_study(f"{HEAD}\nseeds = 1\n[base]\nsteps = 400\n{own}", "own")
    store = Store(tmp_path)
    for config in study.configs():
        store.put(untrained(config))
    page = mounted(chromium, study_payload(store, study, 1))
    page.wait_for_function("view.panels.every((panel) => panel.caption.textContent)")
    captions = page.locator(".gc-caption").all_inner_texts()
    assert captions == ["seed 0 · excess 0.100", "seed 0 · 10% near, 10% covered"]
    assert (
        page.locator(".gc-scatter").first.get_attribute("aria-label").endswith("over real points in blue, excess 0.100")
    )
