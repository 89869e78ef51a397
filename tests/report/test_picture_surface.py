"""The response surface outside the app: as a picture, in a report's page, and only where a study varies numbers."""

from __future__ import annotations

from xml.etree import ElementTree

import numpy as np
import pytest
from support.results import make_result

from gancore.config import ConfigError
from gancore.report import FORMATS, Report, figures_for, write_report
from gancore.report.surfaces import surfaces_in_page
from gancore.store import Store
from gancore.studies import load_study, parse_study

STUDY = """
name = "numbers"
title = "Numbers"
question = "How far?"
seeds = 1
base = {steps = 2, log_every = 2, snapshot_every = 2}
factors.batch = {path = "batch_size", levels = [2, 4, 8]}
factors.dim = {path = "latent.dim", levels = [2, 3]}
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Report:
    study, store = parse_study(STUDY), Store(tmp_path_factory.mktemp("numbers"))
    for config in study.configs():
        learned = np.array([np.nan, float(config.batch_size == 8)])
        metrics = {"learned": learned, "w1_excess": learned, "near": learned, "coverage": learned}
        store.put(make_result(config, metrics=metrics))
    return Report(store, study, 1, part="surface")


def test_it_is_a_picture_with_its_counts_as_text(report: Report, tmp_path) -> None:
    write_report(report, tmp_path / "a.svg", FORMATS["svg"])
    tree = ElementTree.fromstring((tmp_path / "a.svg").read_text("utf-8"))
    said = [text.strip() for text in tree.itertext() if text.strip()]
    assert said.count("1/1") == 2 and said.count("0/1") == 4
    assert {"batch size", "latent dim", "Numbers: how many learned"} <= set(said)
    assert "currentColor" not in (tmp_path / "a.svg").read_text("utf-8")  # which print takes for black at best


def test_a_reports_page_has_it_in_the_pages_ink(report: Report) -> None:
    (drawn,) = surfaces_in_page(report.study, report.analysis)
    assert "currentColor" in drawn and "1/1" in drawn


def test_only_what_varies_numbers_is_offered_it(report: Report) -> None:
    assert "surface" in figures_for(report.study) and "surface" in figures_for(load_study("rates"))
    assert "surface" not in figures_for(load_study("four-fixes")) + figures_for(load_study("first-fixes"))
    study = load_study("first-fixes")
    with pytest.raises(ConfigError, match="'surface' cannot be drawn; .*first-fixes has none such"):
        from gancore.report.pictures import spec_of

        spec_of(Report(report.store, study, 1, part="surface"), vector=True)
