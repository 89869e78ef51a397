"""On the Ablation page the grid is drawn, and sent to the browser, before anything that tables need is computed."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from streamlit.testing.v1 import AppTest
from support.paths import ROOT
from support.untrained import untrained

from gancore import jobs
from gancore.store import Store
from gancore.studies import encode_study, parse_study
from gancore.ui import heavy, viewer
from gancore.words import OTHER_CURVES

STUDY = """
name = "three"
title = "Three"
question = "Which?"
seeds = 2
[base]
steps = 4
log_every = 2
snapshot_every = 2
[[variant]]
name = "baseline"
[[variant]]
name = "big"
set = {batch_size = 256}
[[claim]]
text = "A larger batch helps"
from = "baseline"
to = "big"
"""


class Watched(heavy.Results):
    """Results that note what is asked for, and keep nothing."""

    def __init__(self, events: list[str]) -> None:
        super().__init__()
        self.events = events

    def find(self, key: Any) -> tuple[bool, Any]:
        self.events.append(key[0])
        return False, None


@pytest.fixture
def events(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the page did in its order: computations by name, and ``grid sent`` once the view is with the browser."""
    happened: list[str] = []
    store = Store(own_store)
    study = parse_study(STUDY)

    for config in study.configs():
        store.put(untrained(config))
    server = heavy.Line(), Watched(happened)
    monkeypatch.setattr(heavy, "_server", lambda: server)
    component: Callable[[], Callable[..., Any]] = viewer._component

    def sent(**given: Any) -> Any:
        result = component()(**given)
        happened.append("grid sent")
        return result

    monkeypatch.setattr(viewer, "_component", lambda: sent)
    monkeypatch.setattr(Store, "open", Store)
    monkeypatch.setattr(jobs, "available", lambda: False)
    monkeypatch.setattr(Store, "references", lambda *a, **k: {})
    monkeypatch.setattr(Store, "collapsed", lambda *a, **k: {})
    return happened


def test_the_grid_is_sent_before_tables_are_computed_and_stands_above_them(events: list[str]) -> None:
    app = AppTest.from_file(str(ROOT / "pages" / "ablation.py"), default_timeout=120)
    app.query_params["study"], app.query_params["design"] = "own", encode_study(parse_study(STUDY))
    app.run()
    assert not app.exception, app.exception
    grid = events.index("grid sent")
    assert events[:grid] == ["gancore.ui.viewer._payload"], "nothing else is worked out before"
    later = {name.rpartition(".")[0] for name in events[grid + 1 :]}
    assert {"gancore.ui.ablation.verdicts", "gancore.ui.ablation.table", "gancore.ui.ablation.compare"} <= later
    assert OTHER_CURVES in [caption.value for caption in app.caption], "beside the curves of the comparison"
    kinds = [one.type for one in app.main]
    tables = [place for place, kind in enumerate(kinds) if kind in ("arrow_data_frame", "dataframe", "table")]
    assert tables and kinds.index("bidi_component") < tables[0]
    assert kinds.index("bidi_component") < next(i for i, kind in enumerate(kinds) if "vega" in kind)
