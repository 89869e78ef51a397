"""Reports of studies on points of one's own: these are left out unless the person says so; axes are in their units."""

from __future__ import annotations

import dataclasses
import io
import json
import re
import zipfile
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw
from support.studies import HEAD
from support.tables_of_points import POINTS
from support.untrained import untrained
from support.viewed import points_of

from gancore.cli import run
from gancore.figures import REAL
from gancore.figures.grid import REAL_PALE, Panel, grid
from gancore.figures.placing import wrapped
from gancore.figures.reals import LEFT_OUT, Reals
from gancore.metrics import applicable
from gancore.report import FORMATS, Report, write_report
from gancore.report.images import snapshot_images
from gancore.report.orders import order_of
from gancore.report.pictures import spec_of
from gancore.report.tables import write_latex
from gancore.report.video import frames_of
from gancore.store import Bundle, Store
from gancore.studies import parse_study
from gancore.viewer import study_payload

FAR = POINTS + [5000.0, 0.0]


@pytest.fixture
def report(own_store: Path, monkeypatch: pytest.MonkeyPatch) -> Report:
    store = Store(own_store)
    sha256 = store.points.add(FAR, "mine").sha256
    body = f'seeds = 1\n[base]\nsteps = 400\ndataset.kind = "points"\ndataset.sha256 = "{sha256}"\n'
    study = parse_study(f'{HEAD}{body}[[variant]]\nname = "one"\n', "own")
    for config in study.configs():
        result = untrained(config)
        # Nothing of the file is in what was generated.
        fakes = np.random.default_rng(0).uniform(-0.01, 0.01, size=result.snapshots.shape).astype(np.float32)
        store.put(dataclasses.replace(result, snapshots=fakes))
    values = {"mean": 0.1, "low": 0.0, "high": 0.2}
    monkeypatch.setattr(Store, "references", lambda self, d, *a, **k: dict.fromkeys(applicable(d), values))
    monkeypatch.setattr(
        Store, "collapsed", lambda self, d: dict.fromkeys(("one_point", "mean"), dict.fromkeys(applicable(d), 1.0))
    )
    return Report(store, study, 1)


def of_colour(image: Image.Image, colour: str) -> int:
    """Pixels of about a colour."""
    wanted = np.array([int(colour[i : i + 2], 16) for i in (1, 3, 5)])
    pixels = np.asarray(image.convert("RGB")).astype(int)
    return int((np.abs(pixels - wanted).max(axis=-1) < 40).sum())


def silent(share: float, what: str) -> None:
    """Says nothing."""


both = pytest.mark.parametrize("own", [False, True])


@both
def test_a_page_has_them_only_if_the_person_says_so(report: Report, own: bool, tmp_path: Path) -> None:
    write_report(report.but(with_points=own), tmp_path / "own.html", FORMATS["html"])
    text = (tmp_path / "own.html").read_text("utf-8")
    found = re.search(r'id="payload"[^>]*>(.*?)</script>', text, re.DOTALL)
    assert found is not None
    (reals,) = json.loads(found[1])["reals"]
    drawn = points_of(reals["points"], reals["window"])
    assert (len(drawn) > 0, reals["count"] > 0, reals["missing"]) == (own, own, "" if own else LEFT_OUT)
    x, y = reals["units"][:2]
    assert (x, y) == pytest.approx((FAR.min(0) + FAR.max(0)) / 2)
    assert "where 1 is half its width along x" in text


def test_the_app_shows_them(report: Report) -> None:
    assert study_payload(report.store, report.study, 1)["reals"][0]["count"] == 10_000


@both
def test_a_picture_says_why_they_are_missing_and_its_axes_are_in_their_units(report: Report, own: bool) -> None:
    spec = spec_of(report.but(with_points=own), vector=True)
    rows = [row for rows in spec["datasets"].values() for row in rows]
    assert any(row["kind"] == "real" for row in rows) is own
    assert any(row["kind"] == "generated" for row in rows)
    text = json.dumps(spec)
    assert (f"; {LEFT_OUT}" in spec["description"]) is not own
    assert ("gancore report --with-points draws them" in " ".join(spec["title"]["subtitle"])) is not own
    assert "in the units of their file" in " ".join(spec["title"]["subtitle"]) and "datum.value * " in text
    axis = spec["spec"]["layer"][1]["encoding"]["x"]["axis"]
    units = report.study.variants[0].config.dataset.own_units()
    ticks = np.array(axis["values"]) * units[1][0] + units[0][0]
    assert np.abs(ticks - np.round(ticks)).max() < 1e-6 and 4980 < ticks.min() < ticks.max() < 5020


def test_panels_of_unlike_units_name_their_own() -> None:
    reals = Reals(POINTS, POINTS)
    units = (np.array([100.0, 0.0]), np.array([2.0, 1.0]))
    panels = [Panel("a", "A", "seed 0", reals, POINTS, units), Panel("b", "B", "", reals, POINTS)]
    spec = grid(panels, wrapped(["a", "b"])).to_dict()
    edge = 1.25 * np.abs(POINTS).max()
    assert f"A: seed 0; x {100 - 2 * edge:.0f} to {100 + 2 * edge:.0f}".replace("-", "−")[:16] in spec["description"]
    assert spec["spec"]["layer"][1]["encoding"]["x"]["axis"]["labels"] is False


@both
def test_an_image_and_a_video_draw_them_only_then(report: Report, own: bool) -> None:
    (stored,) = report.runs["one"]
    assert stored is not None
    ((_, png),) = snapshot_images(stored, last=True, own=own)
    assert (of_colour(Image.open(io.BytesIO(png)), REAL) > 50) is own
    frame = next(iter(frames_of(report.but(with_points=own), silent)))
    assert (of_colour(frame, REAL_PALE) > 100) is own  # the legend has a dot of that colour


def test_a_video_s_axes_read_in_the_units_of_the_file(report: Report, monkeypatch: pytest.MonkeyPatch) -> None:
    low, high = FAR.min(axis=0), FAR.max(axis=0)
    written: list[str] = []
    monkeypatch.setattr(ImageDraw.ImageDraw, "text", lambda self, xy, text, *rest, **more: written.append(text))
    next(iter(frames_of(report.but(with_points=True), silent)))
    numbers = [float(text) for text in written if re.fullmatch(r"-?[\d.]+", text)]
    across, up = ([n for n in numbers if abs(n - middle) < 300] for middle in (low + high) / 2)
    assert len(across) >= 2 and len(up) >= 2 and len(across) + len(up) == len(numbers)
    assert any(low[0] <= n <= high[0] for n in across) and any(low[1] <= n <= high[1] for n in up)
    assert any("axes in the file's units" in text for text in written)


@both
def test_an_archive_packs_them_only_then(report: Report, own: bool, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("gancore.report.archive._steps", lambda report: iter(()))
    write_report(report.but(with_points=own), tmp_path / "own.zip", FORMATS["zip"])
    with zipfile.ZipFile(tmp_path / "own.zip") as archive:
        archive.extract("tiny.gancore", tmp_path)
    assert len(Bundle(tmp_path / "tiny.gancore").point_hashes) == int(own)


def test_the_option_reaches_the_report(report: Report, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "own.toml").write_text(report.study.to_toml())
    for name, option, own in (("a.svg", [], False), ("b.svg", ["--with-points"], True)):
        assert run(["report", str(tmp_path / "own.toml"), "--out", str(tmp_path / name), *option]) == 0
        assert (LEFT_OUT in (tmp_path / name).read_text("utf-8")) is not own
    orders = [order_of(report.store, report.study, 1, "w1", "median", FORMATS["html"], None, own) for own in (0, 1)]
    assert ["--with-points" in order.arguments for order in orders] == [False, True]
    assert orders[0].key != orders[1].key


def test_a_table_says_what_a_distance_of_one_is(report: Report, tmp_path: Path) -> None:
    write_latex(report, tmp_path / "own.tex", silent)
    text = (tmp_path / "own.tex").read_text("utf-8")
    assert "units of the points' box" in text
    assert "The support of own points is not known, so the Wasserstein distance alone decides" in text
