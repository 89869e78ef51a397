"""``gancore report`` as a user meets it: files that open, one line where something is wrong, nothing lost."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import time
from dataclasses import replace
from pathlib import Path

import pytest
from support import reports
from support.command_line import call
from support.command_line import refused as wrong
from support.reports import headings
from support.titles import CLAIM, HOSTILE, LABEL

from gancore.report import FORMATS
from gancore.report.folders import put

bundle = reports.bundle


ROOT = Path(__file__).parents[2]


def test_the_ending_chooses_the_format_and_the_path_and_size_are_said(capsys, tmp_path: Path) -> None:
    out = tmp_path / "made" / "first-fixes.html"
    code, said, err = call(capsys, "report", "first-fixes", "--out", str(out))
    assert (code, said) == (0, f"{out}: Web page, {out.stat().st_size / 1e6:.2f} MB\n")
    assert "100%" in err
    assert headings(out.read_text(encoding="utf-8"))[-1] == "First fixes on the circle"
    assert [path.name for path in out.parent.iterdir()] == ["first-fixes.html"]


def test_options_reach_what_is_written(capsys, tmp_path: Path) -> None:
    out = tmp_path / "table"
    options = ["--format", "json", "--metric", "coverage", "--seeds", "3", "--pick", "worst", "--json"]
    code, said, err = call(capsys, "report", "first-fixes", "--out", str(out), *options)
    *progress, last = [json.loads(line) for line in said.splitlines()]
    assert (code, err) == (0, "")
    assert last == {"path": str(out), "format": "json", "bytes": out.stat().st_size}
    shares = [line["share"] for line in progress]
    assert shares == sorted(shares) and shares[-1] == 1.0
    content = out.read_text(encoding="utf-8")
    assert "coverage" in content and json.loads(content)


def test_a_bundle_is_read_in_place_and_nothing_is_stored(capsys, bundle: Path, own_store: Path) -> None:
    out = bundle.with_suffix(".html")
    code, said, _ = call(capsys, "report", str(bundle), "--out", str(out))
    assert code == 0 and str(out) in said
    assert headings(out.read_text(encoding="utf-8"))[-1] == "First fixes on the circle"
    assert not own_store.exists()


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["nothing", "--out", "x.html"], "study: 'nothing' is not a study; use one of atlas, circle-vs-parabola"),
        (["../../etc/passwd", "--out", "x.html"], "study: '../../etc/passwd' is not allowed"),
        (["nowhere.toml", "--out", "x.html"], "study: 'nowhere.toml' cannot be read"),
        (["nowhere.gancore", "--out", "x.html"], "nowhere.gancore: cannot be read"),
        (["README.gancore", "--out", "x.html"], "README.gancore: is not a gancore bundle"),
        (["first-fixes"], "--out"),
        (["first-fixes", "--out", "x.docx"], "--out: the ending of 'x.docx' is unknown; use .html"),
        (["first-fixes", "--out", "x"], "--out: the ending of 'x' is unknown"),
        (["first-fixes", "--out", "x.html", "--format", "word"], "--format: 'word' is not a format; use one of html"),
        (["first-fixes", "--out", "x.svg", "--part", "sky"], "--part: 'sky' is not allowed; use one of grid, curves"),
        (["first-fixes", "--out", "x.html", "--part", "grid"], "--part: html has no parts; use it with"),
        (["first-fixes", "--out", "x.html", "--metric", "beauty"], "--metric: 'beauty' is unknown; use one of"),
        (["first-fixes", "--out", "x.html", "--seeds", "0"], "--seeds"),
        (["first-fixes", "--out", "x.html", "--pick", "luckiest"], "--pick: 'luckiest' is not allowed; use median,"),
        (["first-fixes", "--out", "x.html", "--pick", "4"], "--pick: '4' is not allowed; use median, best, worst or"),
        (["first-fixes", "--out", "here"], "--out: the ending of 'here' is unknown"),
        (["first-fixes", "--out", "here", "--format", "html"], "--out: 'here' is a folder; html is a file"),
        (["first-fixes", "--out", "README.gancore/x.html"], "--out: "),
    ],
)
def test_wrong_input_is_one_line_and_writes_nothing(capsys, tmp_path, monkeypatch, arguments, said) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "README.gancore").write_text("no bundle")
    (tmp_path / "here").mkdir()
    assert said in wrong(capsys, "report", *arguments)
    assert {path.name for path in tmp_path.rglob("*")} == {"README.gancore", "here"}


def test_the_help_teaches_by_examples(capsys) -> None:
    code, said, _ = call(capsys, "report", "--help")
    examples = [line.split() for line in said.splitlines() if line.strip().startswith("gancore report")]
    assert code == 0 and len(examples) >= 6
    assert {*FORMATS} <= {*said[said.index("--format F") :].replace(",", " ").replace(".", " ").split()}
    endings = tuple(ending for known in FORMATS.values() for ending in known.endings)
    for words in examples:
        out = words[words.index("--out") + 1]
        assert out.endswith(endings) or words[words.index("--format") + 1] in ("tensorboard", "scripts")


@pytest.mark.parametrize("failure", [OSError(28, "No space left on device"), RuntimeError("broken")])
def test_a_format_that_fails_leaves_what_was_there(capsys, tmp_path: Path, monkeypatch, failure: Exception) -> None:
    def half(report, path: Path, say) -> None:
        path.write_text("half")
        raise failure

    monkeypatch.setitem(FORMATS, "html", replace(FORMATS["html"], write=half))
    out = tmp_path / "kept.html"
    out.write_text("the one before")
    code, _, err = call(capsys, "report", "first-fixes", "--out", str(out))
    assert code in (1, 2) and str(failure.args[-1]) in err and "Traceback" not in err
    assert out.read_text() == "the one before"
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["kept.html"]
    assert not list(tmp_path.glob(".gancore-*"))


def test_a_folder_with_anything_else_in_it_is_refused_and_kept(capsys, tmp_path: Path) -> None:
    out = tmp_path / "logs"
    (out / "mine").mkdir(parents=True)
    (out / "mine" / "notes.txt").write_text("mine")
    said = wrong(capsys, "report", "first-fixes", "--out", str(out), "--format", "tensorboard", "--seeds", "1")
    assert "--out: " in said and "has something else in it ('mine/notes.txt'); name a folder that is new, empty" in said
    assert [path.name for path in out.rglob("*")] == ["mine", "notes.txt"]
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]


def test_an_earlier_export_is_replaced_whole_and_only_where_nothing_was_added(capsys, tmp_path: Path) -> None:
    out = tmp_path / "logs"
    arguments = ["report", "first-fixes", "--out", str(out), "--format", "tensorboard", "--seeds"]
    out.mkdir()  # an empty folder is as good as none
    assert call(capsys, *arguments, "2")[0] == 0
    assert len(list(out.glob("*-seed1"))) == 5
    assert call(capsys, *arguments, "1")[0] == 0
    assert len(list(out.glob("*-seed0"))) == 5 and not list(out.glob("*-seed1"))
    assert [path.name for path in tmp_path.iterdir()] == ["logs"]
    (out / "mine.txt").write_text("mine")
    assert "('mine.txt')" in wrong(capsys, *arguments, "2")
    assert (out / "mine.txt").read_text() == "mine" and not list(out.glob("*-seed1"))


def test_a_folder_that_cannot_be_put_in_place_leaves_the_earlier_one(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    (tmp_path / "logs" / "old").write_text("old")
    with pytest.raises(FileNotFoundError):
        put(tmp_path / "never made", tmp_path / "logs", tmp_path / "aside")
    assert (tmp_path / "logs" / "old").read_text() == "old" and not (tmp_path / "aside").exists()


def test_a_table_of_an_analysis_has_no_cell_that_a_spreadsheet_runs(capsys, tmp_path: Path) -> None:
    study = tmp_path / "hostile.toml"
    label, claim = '=HYPERLINK("http://x","y")', "@SUM(1+1)"
    text = HOSTILE.replace(json.dumps(LABEL, ensure_ascii=False), json.dumps(label))
    study.write_text(text.replace(json.dumps(CLAIM), json.dumps(claim)), encoding="utf-8")
    code, out, _ = call(capsys, "study", "analyze", str(study), "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert code == 0 and {f"'{label}", f"'{claim}"} <= {row[key] for row in rows for key in ("name", "label")}
    words = [row[key] for row in rows for key in ("table", "dataset", "name", "label", "what", "verdict")]
    assert not [word for word in words if word.startswith(("=", "+", "-", "@"))]
    numbers = [row[key] for row in rows for key in ("estimate", "low", "high") if row[key]]
    assert all(float(number) == float(number) for number in numbers)  # these stay numbers


@pytest.mark.slow
@pytest.mark.skipif(os.name != "posix", reason="signals")
def test_a_stopped_report_leaves_nothing(tmp_path: Path) -> None:
    arguments = ["report", "four-fixes", "--out", str(tmp_path / "out" / "all.zip"), "--json"]
    process = subprocess.Popen(
        [sys.executable, "-m", "gancore", *arguments],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert "share" in process.stdout.readline()
    time.sleep(0.5)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)
    assert process.returncode == 1 and err == "gancore: stopped; nothing was written\n"
    assert list((tmp_path / "out").iterdir()) == []


def test_every_format_is_offered_the_page_first_and_everything_last() -> None:
    images, tables = {"pdf", "svg", "png"}, {"csv", "json", "latex", "markdown"}
    assert set(FORMATS) == {"html", "zip", "gif", "mp4", "webm", "tensorboard", "scripts"} | images | tables
    assert (next(iter(FORMATS)), next(reversed(FORMATS))) == ("html", "zip")
    assert {name for name, known in FORMATS.items() if known.parts} == images
