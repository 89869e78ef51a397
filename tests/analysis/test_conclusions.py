"""One sentence a claim: it agrees with every view, says where runs learn, and is the same wherever it is read."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import pytest
from support.studies import BATCH_AND_UPDATE

from gancore.analysis import (
    Analysis,
    Cell,
    ClaimRow,
    EffectRow,
    View,
    analysis_from,
    analysis_of,
    claim_variants,
    conclusions,
)
from gancore.analysis.conclusions import state_of, view_words, views_sentence
from gancore.analysis.estimates import success_interval
from gancore.report.markdown import markdown_report
from gancore.report.options import TableOptions
from gancore.store import Store
from gancore.studies import load_study, parse_study

STATES = ("helps", "harms", "undecided")
PATTERNS = list(itertools.product(STATES, repeat=3))
PLACES = ("alone", "on average", "added to the other three")
TWO = f"""
name = "two"
title = "Two"
question = "Is it?"
seeds = 10
{BATCH_AND_UPDATE}
[[claim]]
text = "A larger batch helps."
factor = "batch_size"
level = 256
"""
PAIR = """
name = "pair"
title = "Pair"
question = "Is it?"
seeds = 10
[[variant]]
name = "baseline"
[[variant]]
name = "large"
label = "large batch"
set = {batch_size = 256}
[[claim]]
text = "A larger batch helps."
from = "baseline"
to = "large"
"""


def read(text: str, place: str) -> str:
    """What a sentence says of one view: the verb of the clause that names it."""
    (clause,) = (clause for clause in re.split(r"; |, but |; yet ", text) if place in clause)
    verbs = {"undecided": "undecided", "makes things worse": "harms", "helps": "helps"}
    return next(state for verb, state in verbs.items() if verb in clause)


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_sentence_says_of_every_view_what_it_is_and_reads_as_one(pattern) -> None:
    text = views_sentence(*pattern, "the other three")
    assert [read(text, place) for place in PLACES] == list(pattern)
    assert text.startswith("It ") and "  " not in text and not re.search(r"[;,.]$|,,|and and|or or", text)
    assert all(text.count(place) == 1 for place in PLACES)
    assert all(re.search(r"\b(it|It|what it) (helps|makes|does|is undecided)", part) for part in text.split("; "))
    assert text.count("It ") == 1  # one sentence


def test_different_facts_read_differently() -> None:
    assert len({views_sentence(*pattern, "the other three") for pattern in PATTERNS}) == 27


@pytest.mark.parametrize("pattern", list(itertools.product(STATES, repeat=2)))
def test_a_view_that_a_fraction_lacks_is_not_spoken_of(pattern) -> None:
    text = views_sentence(None, pattern[0], pattern[1], "the other three")
    assert "alone" not in text
    assert [read(text, place) for place in PLACES[1:]] == list(pattern)


def view(verdict: Any, low: float = -0.2, high: float = -0.1) -> View:
    return View((low + high) / 2, low, high, verdict)


def claim(*verdicts: str, **changed: Any) -> ClaimRow:
    """A claim's row with the verdicts of being added alone, on average, and to the others."""
    views = dict(zip(("alone", "average", "last"), map(view, verdicts), strict=False))
    row = ClaimRow(
        "circle", "A larger batch helps.", "batch 32 → batch 256", "w1_excess", "lower", "average", 10, 0.01,
        0, 20, 0, 20, 0.5, math.nan, "", 0.0, (), "", **views,
    )  # fmt: skip
    return replace(row, **changed)


def cell(batch: str, update: str, learned: int, n: int = 10) -> Cell:
    low, high = success_interval(learned, n)
    names = {("batch 32", "separate updates"): "baseline", ("batch 256", "separate updates"): "batch-256"}
    names |= {("batch 32", "combined update"): "combined-update"}
    name = names.get((batch, update), "batch-256-combined-update")
    factors = {"batch": batch, "update": update}
    return Cell("circle", "cell", name, name, factors, n, 0, 0, learned, learned / n, low, high, *[0.1] * 5)


def analysis(*rows: ClaimRow, cells: Sequence[Cell] = (), effects: Sequence[EffectRow] = ()) -> Analysis:
    return Analysis("two", "w1_excess", "lower", ("circle",), 10, tuple(cells), tuple(effects), rows, (), ())


def interaction(low: float, high: float, aliases: tuple[str, ...] = ()) -> EffectRow:
    label = "batch 256 together with combined update"
    numbers = ((low + high) / 2, low, high, 0.01, 0.01, math.nan)
    return EffectRow("circle", "interaction", "batch × update", label, aliases, 10, *numbers, ())


def said(row: ClaimRow, learned: tuple[int, int, int, int] = (0, 0, 0, 0), *effects: EffectRow) -> str:
    """``learned``: of 10 in the baseline, with the batch alone, with the update alone, and with both."""
    places = itertools.product(("separate updates", "combined update"), ("batch 32", "batch 256"))
    cells = [cell(batch, update, count) for (update, batch), count in zip(places, learned, strict=True)]
    return conclusions(parse_study(TWO), analysis(row, cells=cells, effects=effects))[0].text


def test_the_partner_is_where_success_lies_apart_and_not_where_intervals_overlap() -> None:
    row = claim("undecided", "supported", "supported")
    start = "It helps on average and when added to the other change; what it does alone is undecided"
    assert said(row, (0, 0, 0, 9)) == (
        f"{start}; added to the other change, 9 of 10 runs learn with it and 0 of 10 without it."
    )
    assert said(row, (0, 7, 0, 9)).endswith(
        "; added to the other change, 9 of 10 runs learn with it and 0 of 10 without it."
    )
    assert said(row, (0, 9, 0, 7)).endswith("; added alone, 9 of 10 runs learn with it and 0 of 10 without it.")
    assert said(row, (0, 5, 0, 5)) == f"{start}."  # of 10, 0 and 5 have intervals that overlap
    assert said(row, (9, 0, 3, 3)).endswith("; yet added alone, 0 of 10 runs learn with it and 9 of 10 without it.")
    assert said(row, (0, 0, 1, 1)) == f"{start}."


def test_success_never_contradicts_what_the_sentence_says_of_the_same_two_variants() -> None:
    row = claim("refuted", "undecided", "supported")
    assert "added alone" not in said(row, (0, 9, 0, 0))
    assert "0 of 10 runs" not in said(row, (0, 0, 9, 0))
    assert said(row, (9, 0, 0, 0)).endswith("added alone, 0 of 10 runs learn with it and 9 of 10 without it.")


def test_without_a_difference_in_success_a_decided_interaction_names_the_partner() -> None:
    row = claim("undecided", "supported", "supported")
    better = "; its effect is better with combined update than with separate updates."
    worse = "; its effect is better with separate updates than with combined update."
    assert said(row, (0, 0, 0, 0), interaction(-0.2, -0.1)).endswith(better)
    assert said(row, (0, 0, 0, 0), interaction(0.1, 0.2)).endswith(worse)
    for nothing in (interaction(-0.2, 0.1), interaction(-0.2, -0.1, ("a × b",))):
        assert "its effect" not in said(row, (0, 0, 0, 0), nothing)
    assert "its effect" not in said(
        replace(row, metric="coverage", direction="higher"), (0,) * 4, interaction(-0.2, -0.1)
    )


@pytest.mark.parametrize(
    ("metric", "direction", "verdict", "state"),
    [
        ("w1_excess", "lower", "supported", "helps"),
        ("w1_excess", "higher", "supported", "harms"),
        ("coverage", "lower", "refuted", "helps"),
        ("coverage", "higher", "refuted", "harms"),
        ("coverage", "higher", "undecided", "undecided"),
    ],
)
def test_helping_is_the_metrics_good_direction_whatever_was_claimed(metric, direction, verdict, state) -> None:
    row = replace(claim(*[verdict] * 3), metric=metric, direction=direction, alone=None)
    assert (state_of(row, "average"), state_of(row, "alone")) == (state, None)


def test_too_few_seeds_are_no_conclusion() -> None:
    empty = view("undecided", math.nan, math.nan)
    row = claim(*["undecided"] * 3, alone=empty, average=empty, last=empty)
    assert said(replace(row, n=2)) == "Nothing can be said yet: 2 seeds are too few."
    assert said(replace(row, n=0)) == "Nothing can be said yet: no seed has every run that this needs."


@pytest.mark.parametrize(
    ("verdict", "text"),
    [
        ("supported", "“large batch” does better than the baseline."),
        ("refuted", "“large batch” does worse than the baseline."),
        ("undecided", "It is undecided whether “large batch” does better or worse than the baseline."),
    ],
)
def test_a_claim_about_two_variants_names_them(verdict: str, text: str) -> None:
    row = replace(claim(), view="difference", difference=view(verdict))
    (one,) = conclusions(parse_study(PAIR), analysis(row))
    assert one == (text, ("baseline", "large"))


def test_a_study_of_one_factor_has_one_view() -> None:
    text = TWO.replace('[factors.update]\npath = "update.kind"\nlevels = ["separate", "combined"]\n', "")
    (one,) = conclusions(parse_study(text), analysis(claim(*["refuted"] * 3)))
    assert one.text == "It makes things worse."


@pytest.fixture(scope="module")
def shipped() -> tuple[Any, Any]:
    study = load_study("four-fixes")
    return study, next(analysis_from(bundle.analysis) for bundle in Store.open().layers if bundle.name == study.name)


def test_the_shipped_claims_say_what_their_cells_say_and_show_them(shipped) -> None:
    study, analysis = shipped
    cells = {cell.variant: cell for cell in analysis.cells}
    found = conclusions(study, analysis)
    for number, (row, one) in enumerate(zip(analysis.claims, found, strict=True), start=1):
        without, with_it = (cells[name] for name in one.pair)
        apart = {name for name, words in with_it.factors.items() if without.factors[name] != words}
        assert apart == {study.claims[number - 1].factor}
        assert f"{with_it.learned} of {with_it.n} runs learn with it" in one.text
        assert f"{without.learned} of {without.n} without it" in one.text
        assert [read(one.text, place) for place in PLACES] == [state_of(row, v) for v in ("alone", "average", "last")]
        assert claim_variants(study, number, one.pair)[:2] == list(one.pair)
    # The best cell is the one that the refuted update is a part of, and its sentence says so.
    best = max(analysis.cells, key=lambda cell: cell.learned)
    assert found[0].pair[1] == best.variant and "; yet together with batch 256, " in found[0].text
    assert "; yet together with batch 256 and generator 16-32" in found[3].text


def test_the_same_sentence_stands_on_every_page(shipped, capsys) -> None:
    from gancore.cli import run
    from gancore.report import sections

    study, analysis = shipped
    sentences = [one.text for one in conclusions(study, analysis)]
    assert [claim.conclusion for claim in sections.claims(study, analysis)] == sentences
    assert run(["study", "analyze", study.name]) == 0
    printed = capsys.readouterr().out
    assert run(["study", "analyze", study.name, "--markdown"]) == 0
    report = capsys.readouterr().out
    assert all(sentence in printed and sentence in report for sentence in sentences)


def test_an_analysis_of_nothing_has_a_sentence_a_claim(tmp_path) -> None:
    from gancore.analysis import run_table

    study = load_study("four-fixes")
    analysis = analysis_of(study, run_table(Store(tmp_path), study))
    assert {one.text.partition(":")[0] for one in conclusions(study, analysis)} == {"Nothing can be said yet"}
    report = markdown_report(study, {analysis.metric: analysis}, TableOptions())
    assert "Nothing can be said yet" in report


def test_the_last_view_is_named_after_how_many_others_there_are() -> None:
    assert view_words(load_study("four-fixes"))["last"] == "added to the other three"
    assert view_words(parse_study(TWO))["last"] == "added to the other change"
