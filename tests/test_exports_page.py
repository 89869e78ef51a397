"""Exports from a page: made in processes of their own, a few at a time, kept for a while, and downloaded."""

from __future__ import annotations

import subprocess
import sys
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from gancore.report import FORMATS, orders, queue
from gancore.report.queue import Exports, Making, Order
from gancore.store import Store
from gancore.studies import load_study, parse_study
from gancore.ui.ablation import exports

ROOT = Path(__file__).parents[1]
PAGE = """
from gancore.store import Store
from gancore.studies import load_study
from gancore.ui.ablation.exports import section
from gancore.ui.selection import Selection

store = Store.open()
section(Selection(store, load_study("first-fixes", store), SEEDS))
"""
FAKE = """
import json, pathlib, sys, time
made, what = pathlib.Path(sys.argv[1]), sys.argv[2]
made.parent.mkdir(parents=True, exist_ok=True)
print(json.dumps({"share": 0.5, "what": "half"}), flush=True)
if what == "wait":
    gate = pathlib.Path(sys.argv[3])
    while not gate.exists():
        time.sleep(0.02)
if what == "fail":
    made.write_text("half")
    sys.exit(print("a warning\\ngancore: --out: it cannot be written", file=sys.stderr) or 2)
if what == "folder":
    made.mkdir()
    (made / "inner").mkdir()
    (made / "inner" / "events").write_bytes(b"x" * 10)
else:
    made.write_bytes(b"y" * int(sys.argv[4]))
print(json.dumps({"share": 1, "what": "done"}), flush=True)
"""


def until(true: Callable[[], object], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.02)


@pytest.fixture
def fakes(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Has a small script in place of the command; the file returned opens the gate for those that wait."""
    script, gate = tmp_path / "fake.py", tmp_path / "gate"
    script.write_text(FAKE)

    def command(study: Path, made: Path, arguments: tuple[str, ...]) -> list[str]:
        return [sys.executable, str(script), str(made), arguments[0], str(gate), *arguments[1:]]

    monkeypatch.setattr(queue, "command", command)
    return gate


def order(number: int = 0, what: str = "file", size: int = 100) -> Order:
    return Order("a study", f"made-{number}.txt", (what, str(size)), "contents")


def ended(one: Making) -> bool:
    return not one.active


def test_an_export_is_made_once_and_kept(fakes: Path) -> None:
    kept = Exports()
    one = kept.ask(order(), "me")
    until(lambda: ended(one))
    assert one.state == "done" and one.path is not None and one.path.read_bytes() == b"y" * 100
    assert kept.ask(order(), "you") is one and kept.find(order()) is one
    assert kept.find(Order("a study", "made-0.txt", ("file", "100"), "other runs")) is None


def test_two_are_made_at_once_and_the_others_wait_their_turn(fakes: Path) -> None:
    kept = Exports(waiting=2)
    asked = [kept.ask(order(number, "wait"), "me") for number in range(4)]
    until(lambda: [one.share for one in asked[:2]] == [0.5, 0.5])
    assert [one.state for one in asked] == ["making", "making", "waiting", "waiting"]
    assert [kept.ahead(one) for one in asked] == [0, 1, 2, 3]
    assert "waiting for 2 other exports" in exports._in_words(asked[2], kept.ahead(asked[2]))
    refused = kept.ask(order(9), "me")
    assert refused.state == "failed" and "Too many exports are waiting" in refused.reason
    fakes.touch()
    until(lambda: all(map(ended, asked)))
    assert {one.state for one in asked} == {"done"}
    assert kept.ask(order(9), "me").state != "failed"


def test_cancelling_ends_the_process_unless_somebody_else_wants_it(fakes: Path) -> None:
    kept = Exports()
    shared, mine = kept.ask(order(1, "wait"), "me"), kept.ask(order(2, "wait"), "me")
    waiting = kept.ask(order(3, "wait"), "me")
    kept.ask(order(1, "wait"), "you")
    until(lambda: shared.process and mine.process)
    process = mine.process
    assert process is not None
    for one in (shared, mine, waiting):
        kept.cancel(one, "me")
    assert [one.state for one in (shared, mine, waiting)] == ["making", "cancelled", "cancelled"]
    assert process.wait(10) != 0
    again = kept.ask(order(2, "wait"), "me")
    assert again is not mine
    fakes.touch()
    until(lambda: ended(shared) and ended(again))
    assert (shared.state, again.state, mine.state) == ("done", "done", "cancelled")


def test_a_failure_is_the_commands_own_sentence_and_leaves_no_file(fakes: Path) -> None:
    kept = Exports()
    one = kept.ask(order(what="fail"), "me")
    until(lambda: ended(one))
    assert (one.state, one.reason, one.path) == ("failed", "--out: it cannot be written", None)
    until(lambda: not list(kept._folder.iterdir()))
    assert kept.ask(order(what="fail"), "me") is not one


def test_one_that_takes_too_long_says_so_and_what_to_do(fakes: Path, monkeypatch) -> None:
    monkeypatch.setattr(queue, "TIMEOUT", 0.3)
    kept = Exports()
    one = kept.ask(order(what="wait"), "me")
    until(lambda: ended(one))
    assert one.state == "failed" and one.path is None
    assert one.reason.startswith("It took longer than ") and "Choose fewer seeds or a smaller format" in one.reason


def test_a_folder_comes_as_a_zip(fakes: Path) -> None:
    kept = Exports()
    one = kept.ask(Order("a study", "logs", ("folder", "0"), ""), "me")
    until(lambda: ended(one))
    assert one.path is not None and one.path.name == "logs.zip"
    with zipfile.ZipFile(one.path) as archive:
        assert archive.namelist() == ["logs/inner/events"]


def test_what_is_kept_is_bounded_in_count_and_bytes(fakes: Path) -> None:
    kept = Exports(kept=3, limit=2_500)
    made = []
    for number in range(5):
        made.append(kept.ask(order(number, size=1_000), "me"))
        until(lambda: ended(made[-1]))
    until(lambda: len(list(kept._folder.iterdir())) == 2)
    assert [kept.find(one.order) is not None for one in made] == [False, False, False, True, True]
    large = kept.ask(order(7, size=9_000), "me")
    until(lambda: ended(large))
    assert kept.find(large.order) is large and large.size == 9_000  # the newest stays, whatever its size


def test_orders_tell_studies_options_and_runs_apart(own_store: Path) -> None:
    store = Store.open(own_store)
    study = load_study("first-fixes", store)

    def key(study=study, seeds=4, metric="w1_excess", pick="median", format="svg", part="grid") -> str:
        return orders.order_of(store, study, seeds, metric, pick, FORMATS[format], part).key

    keys = [key(), key(seeds=3), key(metric="near"), key(pick="2"), key(format="png"), key(part="curves")]
    keys.append(key(study=study.with_overrides(steps=20)))
    assert len(set(keys)) == len(keys)
    assert key() == key() and key(pick="each") == key()
    asked = orders.order_of(store, study, 4, "near", "best", FORMATS["tensorboard"])
    assert parse_study(asked.study_text) == study and "--part" not in asked.arguments
    assert (asked.name, asked.mime) == ("first-fixes-tensorboard", "application/zip")


@pytest.fixture
def app(own_store: Path) -> Iterator[AppTest]:
    exports._exports.clear()  # type: ignore[attr-defined]
    yield AppTest.from_string(PAGE.replace("SEEDS", "4"), default_timeout=60)
    exports._exports.clear()  # type: ignore[attr-defined]


def finished(app: AppTest) -> AppTest:
    """The page as somebody who waits for an export sees it."""

    def done() -> bool:
        app.run()
        assert not app.exception
        return not app.get("progress")

    until(done, 60)
    return app


def test_a_table_is_made_and_can_be_downloaded(app: AppTest) -> None:
    app.run()
    assert not app.exception and not app.get("download_button")
    assert [*app.selectbox(key="export_format").options] == [known.label for known in FORMATS.values()]
    app.selectbox(key="export_format").set_value("csv").run()
    assert FORMATS["csv"].help.split("`")[0] in app.caption[0].value.replace("\\", "")
    app.button(key="export_make").click().run()
    assert not app.exception
    finished(app)
    (button,) = app.get("download_button")
    assert button.proto.label.startswith("Download (")
    assert "first-fixes.csv" in "".join(caption.value.replace("\\", "") for caption in app.caption)
    kept = exports._exports()
    (made,) = kept._known.values()
    assert made.path is not None and "combined update" in exports._read(made).decode()
    app.selectbox(key="export_format").set_value("json").run()
    assert not app.get("download_button") and app.button(key="export_make")


def test_parts_are_offered_where_there_are_any_and_a_failure_is_said(app: AppTest, monkeypatch, tmp_path: Path) -> None:
    script = tmp_path / "fake.py"
    script.write_text(FAKE)
    monkeypatch.setattr(
        queue, "command", lambda study, made, arguments: [sys.executable, str(script), str(made), "fail"]
    )
    app.run()
    app.selectbox(key="export_format").set_value("svg").run()
    (parts,) = [group for group in app.get("button_group") if group.key == "export_part"]
    assert parts.value == "grid"
    app.button(key="export_make").click().run()
    finished(app)
    assert [error.value.replace("\\", "") for error in app.error] == ["--out: it cannot be written"]
    assert app.button(key="export_make") and not app.get("download_button")


def test_an_export_can_be_cancelled_on_the_page(app: AppTest, fakes: Path, monkeypatch) -> None:
    wait = queue.command
    monkeypatch.setattr(queue, "command", lambda study, made, arguments: wait(study, made, ("wait", "10")))
    app.run()
    app.button(key="export_make").click().run()
    assert app.get("progress") and not app.exception
    app.button(key="export_cancel").click().run()
    finished(app)
    assert "The export was cancelled." in [caption.value for caption in app.caption]


def test_runs_stored_meanwhile_lose_no_export(app: AppTest, fakes: Path, monkeypatch) -> None:
    wait = queue.command
    monkeypatch.setattr(queue, "command", lambda study, made, arguments: wait(study, made, ("wait", "10")))
    app.run()
    assert "All variants with 4 seeds each. Panels show the median seed. The metric is w1" in "".join(
        c.value for c in app.caption
    )
    app.button(key="export_make").click().run()
    monkeypatch.setattr(orders, "contents_of", lambda store, study, seeds: ("more runs", ""))
    app.run()
    assert app.get("progress") and app.button(key="export_cancel")
    fakes.touch()
    finished(app)
    assert app.get("download_button")
    assert "created before the newest runs were stored" in "".join(caption.value for caption in app.caption)
    app.button(key="export_make").click().run()
    finished(app)
    assert app.get("download_button") and not [button for button in app.button if button.key == "export_make"]
    assert not any("created before" in caption.value for caption in app.caption)


def test_the_server_stays_free_of_tensorflow_and_of_what_draws() -> None:
    code = """
import sys
import gancore.ui.ablation.exports
heavy = {"tensorflow", "keras", "vl_convert", "imageio_ffmpeg", "tensorboardX", "torch"} & set(sys.modules)
assert not heavy, heavy
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
