"""The scripts that a report carries: a link a variant in the page, a file a variant in a folder."""

from __future__ import annotations

import base64

import pytest

from gancore.export.script import script_text
from gancore.report import FORMATS, Report, sections, write_report
from gancore.store import Store
from gancore.studies import load_study


@pytest.fixture(scope="module")
def report() -> Report:
    return Report(Store.open(), load_study("first-fixes"), seeds=1)


def test_each_variant_of_the_page_links_its_own_script(report: Report) -> None:
    for variant, row in zip(report.study.variants, sections.runs(report), strict=True):
        (config,) = report.study.configs_of(variant, 1)
        head, content = row["script"]["address"].split(",")
        assert (row["script"]["name"], head) == (f"{config.run_id[:12]}.py", "data:text/x-python;base64")
        assert base64.b64decode(content).decode() == script_text(config)


def test_the_folder_has_a_script_for_each_variant(report: Report, tmp_path) -> None:
    write_report(report, tmp_path / "scripts", FORMATS["scripts"])
    texts = {path.stem: path.read_text(encoding="utf-8") for path in (tmp_path / "scripts").glob("*.py")}
    assert set(texts) == {variant.name for variant in report.study.variants}
    for variant in report.study.variants:
        assert texts[variant.name] == script_text(report.study.configs_of(variant, 1)[0])
    assert len(set(texts.values())) == len(texts)
