"""Links from a variant that fails to the search for what fixes it."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest

from gancore.config import RunConfig
from gancore.ui.ablation import fixes


def test_a_label_from_a_link_is_shown_as_it_is_typed(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[str] = []
    monkeypatch.setattr(fixes.fixing, "link_from", lambda config, words: told.append(words))
    variant = SimpleNamespace(name="mine", label="![x](http://example.org/x.png)", config=RunConfig())
    selection: Any = SimpleNamespace(variants=[variant])
    failed: Any = SimpleNamespace(metrics={"learned": 0.0})
    fixes.section(selection, {"mine": [failed]}, ())
    assert told == [r"What fixes “\!\[x\](http\://example.org/x.png)”?"]
