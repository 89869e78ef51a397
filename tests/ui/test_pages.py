"""Every page, alone and through the first page, on made-up runs: what is drawn, and how links lead on."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from support import pages
from support.pages import FIRST, PAGES, ROOT, FakeJob, boxes, charts, made_up, opened, viewed, words

from gancore.config import RunConfig
from gancore.store import Store
from gancore.studies import load_study

filled_root, store, empty_store, queue = pages.filled_root, pages.store, pages.empty_store, pages.queue


@pytest.mark.parametrize("through_first", [False, True])
@pytest.mark.parametrize("page", PAGES)
def test_page_opens_on_something_finished(store: Store, page: str, through_first: bool) -> None:
    app = opened(page, through_first=through_first)
    assert not app.exception and not app.error and not app.warning
    assert app.title[0].value.lower().replace(" ", "_") in page
    assert charts(app) >= 1


def test_first_page_reads_its_numbers_from_the_runs(store: Store) -> None:
    app = opened(FIRST)
    assert not app.exception and not boxes(app)
    assert charts(app) == 0  # neither of the two runs that it shows is in this store
    assert "gancore study run what-works" in words(app) and "gancore study run four-fixes" in words(app)
    assert "0 of 16 runs learned with it" in words(app)  # learned is 0.3 in every made-up run


@pytest.mark.parametrize("page", [FIRST, *PAGES])
def test_page_on_an_empty_store_says_what_to_do(empty_store: Store, page: str) -> None:
    app = opened(page)
    assert not app.exception
    assert charts(app) >= 1 or "gancore " in words(app)


def test_top_bar_links_every_page(store: Store) -> None:
    app = opened(PAGES[0], through_first=True)
    labels = [link.proto.label.strip("*") for link in app.get("page_link")]
    assert labels[:4] == ["Home", "Data", "Training", "Ablation"]


def test_a_study_in_the_link_opens_on_a_cold_server(store: Store) -> None:
    from gancore.studies import encode_study, parse_study

    text = load_study("first-fixes").to_toml().replace("seeds = 4", "seeds = 2")
    study = parse_study(text.replace('name = "first-fixes"', 'name = "mine"'))
    app = opened("pages/ablation.py", {"study": "own", "design": encode_study(study)})
    assert not app.exception and not boxes(app)
    assert len(viewed(app)["payload"]["panels"]) == len(study.variants)
    assert viewed(app)["study"] == "mine"


def test_the_data_link_carries_the_choice(store: Store) -> None:
    app = opened("pages/data.py", {"dataset.kind": "moons", "dataset.scale": "0.5"}, through_first=True)
    (link,) = [link for link in app.get("page_link") if "Train" in link.proto.label and "GAN" in link.proto.label]
    assert set(link.proto.query_string.split("&")) == {"dataset.kind=moons", "dataset.scale=0.5"}


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
