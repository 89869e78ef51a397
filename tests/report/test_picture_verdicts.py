"""Verdicts as a picture: those of the analysis, told apart by words and shapes."""

from __future__ import annotations

import pytest
from support import pictures
from support.colours import luminance
from support.pictures import HALF, HOSTILE, report_of

from gancore.config import ConfigError
from gancore.figures import verdicts
from gancore.report import Report
from gancore.report.pictures import spec_of
from gancore.studies import parse_study

store = pictures.store
hostile = pictures.hostile


def words_of(spec: dict, kind: str) -> list[str]:
    return [row["text"] for rows in spec["datasets"].values() for row in rows if row.get("kind") == kind]


def intervals(spec: dict) -> list[dict]:
    return [row for rows in spec["datasets"].values() for row in rows if "estimate" in row and "end" not in row]


def test_verdicts_are_those_of_the_analysis_with_the_interval_that_decides_set_off(store):
    report = report_of(store, "four-fixes", "verdicts")
    spec = spec_of(report, vector=True)
    known = report.analysis.claims
    assert words_of(spec, "verdict") == [claim.verdict for claim in known]
    assert words_of(spec, "beside").count("added alone") == words_of(spec, "beside").count("on average") == 4
    deciding = [row for row in intervals(spec) if row["decides"]]
    assert {row["estimate"] for row in deciding} == {claim.deciding.estimate for claim in known}
    others = [row for row in intervals(spec) if not row["decides"]]
    assert min(row["thick"] for row in deciding) > max(row["thick"] for row in others)
    said = " ".join(words_of(spec, "claim"))
    assert all(claim.text in said for claim in known)
    assert "40 seeds, learned 0 of 320 → 61 of 320" in words_of(spec, "note")
    assert "change of w1_excess (lower is better)" in str(spec)
    assert words_of(spec, "left")[0] == "← as claimed"


def test_verdicts_differ_in_their_words_and_shapes_and_not_in_colour_alone():
    assert len({*verdicts.SHAPES}) == len({*verdicts.COLOURS.values()}) == len(verdicts.COLOURS) == 3
    for verdict, colour in verdicts.DEEP.items():
        light, dark = luminance(verdicts.SHADES[verdict]), luminance(colour)
        assert (light + 0.05) / (dark + 0.05) > 4.5


def test_verdicts_of_several_datasets_have_a_line_each_and_the_verdict_over_all(store):
    report = report_of(store, "four-distributions", "verdicts")
    spec = spec_of(report, vector=True)
    overall = [claim.verdict for claim in report.analysis.claims if claim.dataset == "overall"]
    assert words_of(spec, "verdict") == overall and len(overall) == 3
    for name in ("Parabola", "Circle", "Two moons", "Swiss roll", "All datasets together"):
        assert words_of(spec, "beside").count(name) == 3
    assert sum(row["decides"] for row in intervals(spec)) == 3


def test_claims_of_another_metric_or_direction_have_an_axis_of_their_own(store):
    claims = [("w1_excess", "lower"), ("coverage", "higher"), ("coverage", "lower")]
    text = HALF.replace('"half"\n', '"whole"\n', 1).replace('design = "half"\n', "") + "".join(
        f'[[claim]]\ntext = "{metric} is {way}"\nfactor = "batch"\nlevel = 256\nmetric = "{metric}"\n'
        f'direction = "{way}"\n'
        for metric, way in claims
    )
    spec = spec_of(Report(store, parse_study(text), 2, part="verdicts"), vector=True)
    assert len(spec["vconcat"]) == 3 and len({chart["width"] for chart in spec["vconcat"]}) == 1
    assert "change of coverage (higher is better)" in str(spec["vconcat"][1])
    assert sorted(words_of(spec, "left")) == ["← against it", "← as claimed"]  # rows that are the same are kept once
    assert words_of(spec, "claim") == ["1. w1_excess is lower", "2. coverage is higher", "3. coverage is lower"]


def test_a_claim_without_runs_says_so_and_a_study_without_claims_is_refused(store):
    claim = '[[claim]]\ntext = "t"\nfrom = "baseline"\nto = "never"\n'
    study = parse_study(HOSTILE + claim)
    spec = spec_of(Report(store, study, 4, part="verdicts"), vector=True)
    assert words_of(spec, "inside") == ["no seed has every run that this needs"]
    with pytest.raises(ConfigError, match="'verdicts' cannot be drawn; first-fixes states no claim to judge, so add a"):
        spec_of(report_of(store, "first-fixes", "verdicts"), vector=True)
