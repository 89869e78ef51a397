"""RESULTS.md: what the finished studies show, the answer first."""

from __future__ import annotations

from collections.abc import Iterator

from gancore.analysis import run_table
from gancore.analysis.answer import DISTRIBUTIONS, LEARNS, Answer, Rate, Way, shipped_answer
from gancore.report.escaping import paragraph
from gancore.report.markdown import markdown_report, table
from gancore.report.options import TableOptions
from gancore.report.values import analyses_of
from gancore.store import Store
from gancore.studies import finished_studies, load_study, shipped_studies
from gancore.studies.labels import dataset_words
from gancore.words import count, fraction, percent

FIRST = ("what-works", "four-fixes", "four-fixes-controls", "four-distributions")
"""Studies in the order of a reader's questions; the others follow by name."""
HEAD = """# Results

What the shipped studies show. Made by `gancore gallery results`; nothing here is written by hand.
"""


def results_text() -> str:
    """The whole text, from what ships with gancore alone."""
    store, answer = Store.open("/nowhere/gancore"), shipped_answer()
    finished = finished_studies()
    names = [*(name for name in FIRST if name in finished), *(name for name in finished if name not in FIRST)]
    parts = [HEAD, *([_answered(answer)] if answer else [])]
    for study in map(load_study, names):
        found = analyses_of(study, run_table(store, study), "w1_excess")
        parts.append(markdown_report(study, found, TableOptions(), level=2))
    if waiting := [name for name in shipped_studies() if name not in finished]:
        parts.append("\n".join(_waiting(waiting)) + "\n")
    return "\n".join(parts)


def rate_words(rate: Rate) -> str:
    """``10 of 10 (72% to 100%)``."""
    return f"{fraction(rate.learned, rate.runs)} ({percent(rate.low)} to {percent(rate.high)})"


def _answered(answer: Answer) -> str:
    ways = [("the question's settings", answer.baseline)]
    ways += [("the smallest change", answer.smallest)] if answer.smallest else []
    ways += [("the best recipe", answer.best)] if answer.best and answer.best != answer.smallest else []
    rows = [
        {"": f"{name}: {way.title}" if way.words else name}
        | {dataset_words(rate.dataset): rate_words(rate) for rate in way.rates}
        for name, way in ways
    ]
    lines = ["## What works", "", table(rows), ""]
    lines.append(
        "Runs that learned, with Wilson's 95% interval of the share, with the same settings on all of them and "
        "everything else as in the question."
    )
    lines += ["", *(sentence for _, way in ways[1:] for sentence in _said(way))]
    return "\n".join([*lines, *([paragraph(answer.why), ""] if answer.why else [])])


def _said(way: Way) -> Iterator[str]:
    """What settings are, and on how much they learned."""
    learned = sum(rate.share >= LEARNS for rate in way.rates)
    text = f"{way.title}: {way.words}" if way.recipe else way.title
    text += f" in place of {way.instead}."
    text += f" Learned in nine of ten runs on {learned} of the {len(DISTRIBUTIONS)} distributions"
    if way.elsewhere:
        text += f", and on {way.learns} of {count(len(way.elsewhere), 'other distribution')}"
    yield from (paragraph(f"{text}."), "")


def _waiting(names: list[str]) -> Iterator[str]:
    yield from ("## Not trained yet", "")
    yield "These studies ship as files without runs; `gancore study show NAME` says what each takes on a machine."
    yield ""
    for study in map(load_study, names):
        runs = count(len(study.configs()), "run")
        yield f"- `{study.name}`: {paragraph(study.title)}, {runs} of {study.base.steps:,} steps."
