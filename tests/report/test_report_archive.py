"""The archive of every format: complete, and opened with other tools."""

from __future__ import annotations

import csv
import io
import json
import xml.etree.ElementTree as ElementTree
import zipfile
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from support import reports
from support.command_line import call
from support.reports import headings
from support.tensorboard import read as read_tensorboard
from support.titles import HOSTILE, LABEL, TITLE

from gancore.report import FIGURES, FORMATS, archive
from gancore.report.folders import MANIFEST
from gancore.report.tensorboard import EVENTS
from gancore.store import Bundle

bundle = reports.bundle


PARTS = [part for part in FIGURES if part != "surface"]
"""What suits a study that varies no numbers."""


@pytest.fixture
def hostile(tmp_path: Path) -> Path:
    path = tmp_path / "hostile.toml"
    path.write_text(HOSTILE, encoding="utf-8")
    return path


@pytest.fixture
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """The formats that take no time, so that an archive of all does not either."""
    monkeypatch.setattr(archive, "FORMATS", {name: FORMATS[name] for name in ("html", "svg", "csv", "json", "zip")})


def test_the_archive_has_every_format_and_a_bundle_that_opens(capsys, tmp_path: Path, quick: None) -> None:
    out = tmp_path / "all.zip"
    code, _, _ = call(capsys, "report", "first-fixes", "--out", str(out))
    with zipfile.ZipFile(out) as packed:
        assert code == 0 and packed.testzip() is None
        names = set(packed.namelist())
        images = {f"images/first-fixes-{part}.svg" for part in PARTS if part != "verdicts"}
        tables = {"first-fixes.html", "first-fixes.csv", "first-fixes.json"}
        assert names == images | tables | {"first-fixes.gancore", "README.txt"}
        assert len({packed.read(image) for image in images}) == len(PARTS) - 1
        assert "first-fixes-verdicts.svg: --part: 'verdicts' cannot be drawn; first-fixes states no claim to judge" in (
            packed.read("README.txt").decode()
        )
        bundle = Bundle(packed.read("first-fixes.gancore"))
        assert (bundle.name, len(bundle.run_ids)) == ("first-fixes", 20)
        assert all(name in packed.read("README.txt").decode() for name in names - {"README.txt"})


def test_an_archive_of_fewer_seeds_has_the_study_with_so_many(capsys, tmp_path: Path, quick: None) -> None:
    code, _, _ = call(capsys, "report", "first-fixes", "--out", str(tmp_path / "all.zip"), "--seeds", "2")
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        bundle = Bundle(packed.read("first-fixes.gancore"))
    assert (code, len(bundle.run_ids)) == (0, 10)
    assert "seeds = 2" in bundle.study_text


def test_where_runs_are_missing_the_archive_says_why_it_has_no_bundle(capsys, tmp_path: Path, quick: None) -> None:
    code, _, _ = call(capsys, "report", "first-fixes", "--out", str(tmp_path / "all.zip"), "--seeds", "41")
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert code == 0 and not [name for name in packed.namelist() if name.endswith(".gancore")]
        assert "\nfirst-fixes.gancore: only 200 of 205 runs are trained" in packed.read("README.txt").decode()


def test_names_that_look_like_code_stay_text_in_the_archive(capsys, tmp_path: Path, hostile: Path, quick: None) -> None:
    code, _, _ = call(capsys, "report", str(hostile), "--out", str(tmp_path / "all.zip"))
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        assert code == 0
        assert all(name.startswith(("hostile.", "images/hostile-", "README.txt")) for name in packed.namelist())
        assert packed.read("README.txt").decode().startswith(f"{TITLE}\nIs <b>this</b> text")
        assert headings(packed.read("hostile.html").decode())[-1] == TITLE
        cells = [cell for row in csv.reader(io.StringIO(packed.read("hostile.csv").decode())) for cell in row]
        assert LABEL in cells


# imageio-ffmpeg's reader leaves its pipes to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning", "ignore::ResourceWarning")
@pytest.mark.slow
def test_everything_in_the_archive_opens_with_other_tools(capsys, tmp_path: Path, hostile: Path) -> None:
    code, _, err = call(capsys, "report", str(hostile), "--out", str(tmp_path / "all.zip"), "--seeds", "2")
    assert code == 0, err
    with zipfile.ZipFile(tmp_path / "all.zip") as packed:
        packed.extractall(tmp_path / "all")
    everything = tmp_path / "all"
    readme = (everything / "README.txt").read_text("utf-8")
    assert "Left out" not in readme and "Grids and videos show the median of 2 seeds of each variant." in readme
    found = [path for path in everything.rglob("*") if path.is_file() and path.name not in (EVENTS, MANIFEST)]
    assert {path.name for path in (everything / "images").iterdir()} == {
        f"hostile-{part}.{ending}" for part in PARTS for ending in ("png", "svg", "pdf")
    }
    opened = {path.suffix for path in found if OPENERS[path.suffix](path)}
    assert opened == set(OPENERS)
    runs = read_tensorboard(everything / "tensorboard")["scalars"]
    assert sorted(runs) == [f"{name}-seed{seed}" for name in ("baseline", "combined") for seed in (0, 1)]


def opened_image(path: Path) -> bool:
    from PIL import Image

    with Image.open(path) as image:
        image.load()
        return image.width > 400 and len({*image.convert("L").resize((64, 64)).tobytes()}) > 3


def opened_film(path: Path) -> bool:
    import imageio_ffmpeg

    frames = imageio_ffmpeg.read_frames(str(path))
    width, height = next(frames)["size"]
    return sum(len(frame) == 3 * width * height for frame in frames) >= 26


def opened_pdf(path: Path) -> bool:
    from pypdf import PdfReader

    (page,) = PdfReader(path).pages
    return "title" in page.extract_text()


def opened_page(path: Path) -> bool:
    return headings(path.read_text("utf-8"))[-1] == TITLE


def opened_latex(path: Path) -> bool:
    text = path.read_text("utf-8")
    return text.count("\\begin{") == text.count("\\end{") > 3


def opened_markdown(path: Path) -> bool:
    from markdown_it import MarkdownIt

    html = MarkdownIt("commonmark").enable("table").render(path.read_text("utf-8"))
    return html.startswith("<h1>&lt;script&gt;") and html.count("<table>") == 2


OPENERS: dict[str, Callable[[Path], object]] = {
    ".html": opened_page,
    ".png": opened_image,
    ".gif": opened_image,
    ".py": lambda path: compile(path.read_text(encoding="utf-8"), path.name, "exec"),
    ".svg": lambda path: ElementTree.parse(path).getroot().tag.endswith("svg"),
    ".pdf": opened_pdf,
    ".csv": lambda path: list(pd.read_csv(path)["variant"]) == ["baseline", "combined"],
    ".json": lambda path: json.loads(path.read_text("utf-8"))["study"]["title"] == TITLE,
    ".tex": opened_latex,
    ".md": opened_markdown,
    ".mp4": opened_film,
    ".webm": opened_film,
    ".gancore": lambda path: len(Bundle(path).run_ids) == 4,
    ".txt": lambda path: path.read_text("utf-8").startswith(TITLE),
}
"""Ending → whether another program reads such a file and finds in it what was put there."""
