"""Reports of studies whose distributions lie apart: each panel shows its own, and says where."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from support.studies import HEAD
from support.untrained import untrained

from gancore.figures import scatter
from gancore.figures.grid import Panel, grid
from gancore.figures.placing import Places
from gancore.figures.reals import Reals
from gancore.metrics import applicable
from gancore.recording.window import Window
from gancore.report import FORMATS, Report, write_report
from gancore.report.images import snapshot_images
from gancore.store import Store
from gancore.studies import parse_study

STUDY = """
seeds = 1
[base]
steps = 400
dataset.kind = "formula"
dataset.size = 500
[factors.shape]
levels = [{set = {"dataset.x" = "90 + t"}}, {set = {"dataset.kind" = "circle"}}]
"""
CIRCLE = np.stack([np.cos(np.arange(60)), np.sin(np.arange(60))], axis=1)
AT = Places(("",), ("", ""), {"a": (0, 0), "b": (0, 1)})


def panel(name: str, note: str, real: np.ndarray) -> Panel:
    return Panel(name, name.upper(), note, Reals(real, real), CIRCLE)


def report_of(folder: Path, body: str) -> Report:
    study, store = parse_study(HEAD + body, "windows"), Store(folder)
    for config in study.configs():
        store.put(untrained(config))
    return Report(store, study, 1)


def test_a_page_says_whether_its_panels_have_the_same_axes(tmp_path, monkeypatch):
    # What takes seconds: reference values.
    references = lambda self, dataset, *a, **k: {k: {"mean": 0.1, "low": 0.0, "high": 0.2} for k in applicable(dataset)}  # noqa: E731
    monkeypatch.setattr(Store, "references", references)
    monkeypatch.setattr(Store, "collapsed", lambda self, d: {"one_point": dict.fromkeys(applicable(d), 1.0)})
    for number, body in enumerate((STUDY, STUDY.replace("90 + t", "cos(t)"))):
        write_report(report_of(tmp_path / str(number), body), tmp_path / f"{number}.html", FORMATS["html"])
    assert "around each distribution; the pointer tells the place" in (tmp_path / "0.html").read_text("utf-8")
    assert "the same axes everywhere" in (tmp_path / "1.html").read_text("utf-8")


def test_printed_panels_that_lie_apart_say_where_they_are():
    near = grid([panel("a", "near", CIRCLE), panel("b", "", 0.5 * CIRCLE)], AT).to_dict()
    apart = grid([panel("a", "near", CIRCLE), panel("b", "", CIRCLE + 50)], AT).to_dict()
    for spec, labelled in ((near, True), (apart, False)):
        axis = spec["spec"]["layer"][1]["encoding"]["x"]["axis"]
        assert axis["labels"] == labelled
        assert (
            "A: near; x −1.3 to 1.3, y −1.3 to 1.3; B: x 48.8 to 51.2, y 48.7 to 51.2" in spec["description"]
        ) != labelled
    rows = [row for row in next(iter(apart["datasets"].values())) if row["kind"] == "real"]
    assert max(abs(row[axis]) for row in rows for axis in "xy") <= 1


def test_a_scatter_is_around_its_points_whatever_was_generated():
    spec = scatter(CIRCLE + [50, 0], CIRCLE).to_dict()
    assert np.allclose(spec["encoding"]["x"]["scale"]["domain"], [48.75, 51.25], atol=0.01)
    assert np.allclose(spec["encoding"]["y"]["scale"]["domain"], [-1.25, 1.25], atol=0.01)
    assert "60 of 60 fakes outside" in spec["title"]["text"][-1]
    given = scatter(CIRCLE, window=Window((1.0, 2.0), (3.0, 4.0))).to_dict()
    assert given["encoding"]["y"]["scale"]["domain"] == [-2.0, 6.0]


@pytest.mark.parametrize(("level", "ends"), [(0, (90 - 0.79, 97.07)), (1, (-1.0, 1.0))])
def test_tensorboards_images_are_around_the_distribution(tmp_path, monkeypatch, level, ends):
    report = report_of(tmp_path, STUDY)
    seen = []
    import vl_convert

    monkeypatch.setattr(vl_convert, "vegalite_to_png", lambda spec, scale: seen.append(spec) or b"")
    run = report.store.get(report.study.variants[level].config.run_id)
    assert run is not None and list(snapshot_images(run, last=True)) == [(400, b"")]
    assert np.allclose(seen[0]["encoding"]["x"]["scale"]["domain"], ends, atol=0.05)
