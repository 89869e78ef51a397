"""Recipes on the Training page: what a choice needs is asked for, and what is unlikely to work is said."""

from __future__ import annotations

import pytest
from support import pages
from support.pages import boxes, opened

from gancore.store import Store

filled_root, store, queue = pages.filled_root, pages.store, pages.queue
COSINE = {"g_optimizer.schedule.kind": "cosine"}
PAIRED = {"loss.kind": "relativistic"}


@pytest.mark.parametrize(
    ("query", "said", "may_start"),
    [
        (PAIRED, "update.kind: 'separate' is not allowed with loss.kind relativistic", False),
        (PAIRED | {"update.kind": "combined"}, "", True),
        (COSINE, "g_optimizer.schedule.end: 0 is no end of a cosine schedule", False),
        (COSINE | {"g_optimizer.schedule.end": "10000"}, "", True),
        ({"loss.kind": "wasserstein"}, "loss.kind: nothing limits the critic's slope", True),
        ({"loss.kind": "wasserstein", "penalty.kind": "gradient"}, "", True),
        ({"generator.initial.kind": "orthogonal", "generator.initial.gain": "1.4", "latent.kind": "angle"}, "", True),
    ],
)
def test_a_choice_asks_for_what_it_needs(store: Store, query: dict[str, str], said: str, may_start: bool) -> None:
    app = opened("pages/training.py", query)
    assert not app.exception
    found = boxes(app)
    assert said in found, found
    assert ("Training cannot start" in found) is not may_start
    assert ("nothing limits the critic's slope" in found) is said.startswith("loss.kind")
    assert app.button(key="start").disabled is not may_start
