"""What an Ablation page shows: the study, how many seeds, whose run stands for a variant, and the grid's rows."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

import streamlit as st

from gancore.analysis import PICKS
from gancore.store import Store
from gancore.studies import MAX_SEEDS, Study, load_study
from gancore.ui import carried, url
from gancore.ui.ablation import verdicts
from gancore.ui.selection import DEFAULT_METRIC, Selection
from gancore.viewer import EACH, TOGETHER

OWN = "own"
"""The study that the link itself carries, in ``design``."""
SHOWN = (*PICKS, EACH, TOGETHER)
"""Whose points stand for a variant, beside a seed by its number."""
AUTOMATIC = "automatic"
FIRST = "four-fixes"
"""The study that a page without one in its link opens on."""


def parameters(names: Sequence[str]) -> dict[str, url.Check]:
    """URL parameter → check, where there are studies of these names; the others depend on the study."""
    return {
        "study": url.one_of([*names, OWN] if "design" in st.query_params else names),
        "design": url.anything,
        "seeds": url.whole(1, MAX_SEEDS),
        "seed": url.anything,
        "rows": url.anything,
        "claim": url.anything,
    }


def choose(store: Store, names: Sequence[str], embedded: bool) -> Selection:
    """What the page is about, but for the claim; an embedded view takes all from the URL."""
    own = carried.study()
    options = [*names, OWN] if own else list(names)
    if embedded:
        return _from_url(store, options, own)
    left, middle, right, last = st.columns([5, 3, 3, 3], gap="medium")
    with left:
        # The default leads: one given by its place would clash with a study that was just opened, which is set.
        options.sort(key=lambda name: name != FIRST)
        name = st.selectbox(
            "Study",
            options,
            key="study",
            bind="query-params",
            help="One base configuration and its variants. own: the study that this link carries.",
        )
    study = own if own and name == OWN else load_study(str(name), store)
    with middle:
        seeds = st.slider(
            "Seeds",
            1,
            MAX_SEEDS,
            study.seeds,
            key="seeds",
            bind="query-params",
            help="How many seeds of every variant are used: 0, 1, 2, …",
        )
    picks = [*SHOWN, *map(str, range(seeds))]
    url.check_one("seed", picks)
    with right:
        pick = st.selectbox(
            "Show seed",
            picks,
            key="seed",
            bind="query-params",
            help="Which seed's points a panel shows: the median, best or worst one by w1_excess at the end, or a seed "
            "by its number. each: one panel per seed. all: all seeds in one panel.",
        )
    rows = None
    pairs = _row_choices(study)
    url.check_one("rows", [AUTOMATIC, *pairs])
    with last:
        if pairs:
            chosen = st.selectbox(
                "Rows",
                [AUTOMATIC, *pairs],
                key="rows",
                bind="query-params",
                help="The factors whose levels are the rows of the grid. The other factors are its columns.",
            )
            rows = None if chosen == AUTOMATIC else tuple(str(chosen).split(","))
    return Selection(store, study, int(seeds), str(pick), rows, metric())


def folded() -> bool:
    """Whether this visit began with a link to a study: then the panels come first, and the choices are folded away."""
    return bool(st.session_state.setdefault("choices_folded", "study" in st.query_params))


def metric() -> str:
    """The metric that the page judges by, which is chosen further down."""
    chosen = st.session_state.get("metric", st.query_params.get("metric"))
    return chosen if chosen in verdicts.JUDGED_BY else DEFAULT_METRIC


def claim(selection: Selection) -> str:
    """The number of the claim whose comparison alone is shown, or ``all``; an embedded view takes it from the URL."""
    study = selection.study
    options = ["all", *map(str, range(1, len(study.claims) + 1))]
    url.check_one("claim", options)
    if not study.claims:
        return "all"
    if selection.embedded:
        return st.query_params.get("claim", "all")
    chosen = st.segmented_control(
        "Claim",
        options,
        default="all",
        key="claim",
        bind="query-params",
        required=True,
        help="Shows only the variants of one claim, without and with its change: where most runs come to learn (or "
        "stop learning), alone, and added to all the others.",
    )
    return str(chosen or "all")


def _row_choices(study: Study) -> list[str]:
    """Factors, and pairs of them, that leave something for the columns."""
    names = [factor.name for factor in study.factors if len(factor.levels) > 1]
    if len(names) < 2 or len(study.datasets) > 1:  # several datasets are the rows themselves
        return []
    pairs = [",".join(pair) for pair in itertools.combinations(names, 2)] if len(names) > 3 else []
    return [*pairs, *names]


def _from_url(store: Store, options: Sequence[str], own: Study | None) -> Selection:
    usual = FIRST if FIRST in options else options[0]
    asked = st.query_params.get("study", usual)
    name = asked if asked in options else usual
    study = own if own and name == OWN else load_study(name, store)
    count = st.query_params.get("seeds", "")
    seeds = int(count) if url.digits(count) and 1 <= int(count) <= MAX_SEEDS else study.seeds
    pairs = _row_choices(study)
    url.check_one("seed", [*SHOWN, *range(seeds)])
    url.check_one("rows", [AUTOMATIC, *pairs])
    rows = st.query_params.get("rows", AUTOMATIC)
    pick = st.query_params.get("seed", "median")
    factors = None if rows == AUTOMATIC else tuple(rows.split(","))
    return Selection(store, study, seeds, pick, factors, metric(), embedded=True)
