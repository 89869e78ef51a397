"""What a study's analysis says, on a page: verdict cards, effects, two factors together, and success."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence

import pandas as pd
import streamlit as st

from gancore import figures
from gancore.analysis import Analysis, ClaimRow, Conclusion, View, analysis_from, analyze, conclusions, frame_of
from gancore.analysis.conclusions import view_words
from gancore.analysis.surface import surface_of
from gancore.config import ConfigError
from gancore.figures.effects import INTERACTION
from gancore.metrics import METRICS
from gancore.store import Store
from gancore.studies import Study, load_study, parse_study
from gancore.studies.contents import contents_of
from gancore.studies.labels import dataset_words
from gancore.ui import url
from gancore.ui.frame import link
from gancore.ui.heavy import computed
from gancore.ui.selection import DEFAULT_METRIC, Selection
from gancore.ui.show import show
from gancore.ui.text import escaped
from gancore.words import interval, signed

BADGES = {
    "supported": ":green-badge[:material/check: supported]",
    "refuted": ":red-badge[:material/close: refuted]",
    "undecided": ":gray-badge[:material/help: undecided]",
}
REASON = 5
"""Words that a claim's reason has at least."""
JUDGED_BY = [key for key in METRICS if key != "learned"]
"""Metrics that effects can be judged by."""
PARAMETERS: dict[str, url.Check] = {
    "metric": url.one_of(JUDGED_BY),
    "dataset": url.anything,
    "factor": url.anything,
    "against": url.anything,
}
"""URL parameter → check; which datasets and factors there are depends on the study."""


def analysis(store: Store, study: Study, seeds: int | None = None, metric: str = DEFAULT_METRIC) -> Analysis:
    """The analysis of what is stored; that of a shipped study comes with its bundle, for its own seeds and metric."""
    if metric == DEFAULT_METRIC and seeds in (None, study.seeds):
        for bundle in store.layers:
            # A study from a link may bear the name of another.
            if bundle.name == study.name and bundle.analysis and parse_study(bundle.study_text) == study:
                with contextlib.suppress(ConfigError):  # Another version's; the runs say it too.
                    return analysis_from(bundle.analysis)
    return _computed(contents_of(store, study, seeds or study.seeds), metric, store, study, seeds)


@computed("Analysing…", lambda have, metric, store, study, seeds: len(study.variants) * (seeds or study.seeds))
def _computed(have: tuple[str, ...], metric: str, _store: Store, _study: Study, _seeds: int | None) -> Analysis:
    return analyze(_store, _study, metric, seeds=_seeds)


CARDS = """
<style>
.st-key-cards {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(16.5rem, 100%), 1fr)); gap: 1rem;}
.st-key-cards > * {width: 100%; height: 100%;}
[class*="st-key-card_link"] a {padding-left: 0;}
</style>
"""
"""As many cards side by side as fit, alike in height; a card's link stands under its text, not a button's padding
beside it."""


TABLES = """
<style>
.st-key-claims {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(28rem, 100%), 1fr)); gap: 1rem 2rem;}
.st-key-claims > * {width: 100%;}
.st-key-claims [data-testid="stMarkdownContainer"] {margin-bottom: 0;}
.st-key-claims table {margin-bottom: 0.4rem;}
.st-key-claims :is(th, td) {padding: 0.15rem 0.5rem; font-size: 0.875rem;}
</style>
"""
"""Claims side by side where there is room, with tables so small that a phone shows them whole."""


SURFACES = """
<style>
.st-key-surfaces {display: grid; gap: 1rem 2rem;}
.st-key-surfaces {grid-template-columns: repeat(auto-fit, minmax(min(20rem, 100%), 1fr));}
.st-key-surfaces > * {width: 100%; min-width: 0;}
</style>
"""
"""A panel each, side by side where there is room."""


def cards(store: Store, name: str) -> bool:
    """A card a claim of a shipped study, each with a link to the runs behind it; False where nothing is analysed."""
    study = load_study(name, store)
    content = analysis(store, study)
    judged = [
        (number, claim, said.text)
        for number, (claim, said) in enumerate(zip(content.claims, conclusions(study, content), strict=True), 1)
        if claim.n
    ]
    if not judged:
        return False
    st.html(CARDS)
    with st.container(key="cards"):
        for number, claim, said in judged:
            # What is between the text and the link keeps the links of a row's cards on one line.
            with st.container(border=True, height="stretch", vertical_alignment="distribute"):
                with st.container(gap="xsmall"):
                    headline, reason = _split(str(claim.text))
                    st.markdown(f"{BADGES[claim.verdict]}  \n**{number}. {escaped(headline)}**")
                    if reason:
                        st.caption(f"The answer's reason: “{escaped(reason)}.”")
                    st.markdown(escaped(said))
                    st.caption(_figures(claim))
                with st.container(key=f"card_link_{number}"):
                    link("Ablation", "See the comparison", {"study": study.name, "claim": str(number)})
    return True


def _split(text: str) -> tuple[str, str]:
    """A claim as what it advises and its reason; what is short after the colon is no reason, but what is advised."""
    headline, _, reason = (part.strip() for part in text.rstrip(".").partition(":"))
    return (headline, reason) if len(reason.split()) >= REASON else (text.rstrip("."), "")


def _figures(claim: ClaimRow) -> str:
    """A claim's effect with its interval, and how many runs learned with the change and without."""
    view = claim.deciding
    change = f"{claim.metric} {signed(view and view.estimate)} "
    change += f"({_interval(view)})" if view and view.bounded else "(too few seeds for an interval)"
    with_it, without = f"{claim.learned_after} of {claim.runs_after}", f"{claim.learned_before} of {claim.runs_before}"
    return f"{escaped(change)}  \n{with_it} runs learned with it, {without} without"


def chosen(selection: Selection) -> Conclusion:
    """What the runs say of the chosen claim, and the pair of arms that shows it.

    Of several datasets it is what they say of all together.
    """
    content = analysis(selection.store, selection.study, selection.seeds, selection.metric)
    last = content.datasets[-1]
    said = zip(content.claims, conclusions(selection.study, content), strict=True)
    return [one for claim, one in said if claim.dataset == last][int(selection.claim) - 1]


def _interval(view: View) -> str:
    """``−0.187 to −0.080``."""
    if not view.bounded:
        return "too few seeds"
    return interval(view.low, view.high, signed)


def views_table(study: Study, claim: ClaimRow) -> str:
    """The three views of a claim, or its one difference, a row each of a Markdown table; what decides is bold."""
    names = view_words(study) | {"difference": escaped(claim.label)}
    lines = ["| | Change | Corrected 95% interval | Verdict |", "|:--|--:|:--|:--|"]
    several = len(claim.views) > 1
    for name, words in names.items():
        if view := claim.views.get(name):
            cells = [words, signed(view.estimate), _interval(view), view.verdict]
            bold = "**" if several and name == claim.view else ""
            lines.append(f"| {' | '.join(f'{bold}{cell}{bold}' for cell in cells)} |")
    return "\n".join(lines)


def claims_view(study: Study, claims: Sequence[tuple[ClaimRow, Conclusion]]) -> None:
    """Claims with their verdicts, what holds in a sentence, their views, and the rule that decided."""
    st.html(TABLES)
    with st.container(key="claims"):
        for claim, said in claims:
            with st.container(gap="xsmall"):
                _claim(study, claim, said.text)
    for rule in dict.fromkeys(claim.rule for claim, _ in claims):
        st.caption(f"Rule: {escaped(rule)}")


def _claim(study: Study, claim: ClaimRow, said: str) -> None:
    """One claim: its verdict, what holds, the effects behind it, and what else differs."""
    head = f"{BADGES[claim.verdict]} **{escaped(claim.text)}**\n\n{escaped(said)}"
    st.markdown(f"{head}\n\n{views_table(study, claim)}")
    notes = [*claim.confounds, claim.needs]
    if any(notes):
        sentences = [f"{note[:1].upper()}{note[1:]}" for note in notes if note]
        st.caption(escaped(" ".join(note if note.endswith(".") else f"{note}." for note in sentences)))


def effects_view(content: Analysis, dataset: str) -> None:
    """The chart of effects on one dataset, or a sentence where there is none."""
    frame = frame_of([row for row in content.effects if row.dataset == dataset])
    frame = frame.dropna(subset=["estimate"]) if len(frame) else frame
    if frame.empty:
        st.caption("Effects need a finished run of every variant, with a value of the metric.")
        return
    frame = frame.assign(effect=frame["label"])
    show(figures.effects(frame, str(content.metric), str(content.better)), key="effects", stretch=True)
    if any(kind == "interaction" for kind in frame["kind"]):
        st.caption(INTERACTION)


def interaction_view(content: Analysis, factors: Sequence[str], dataset: str) -> None:
    """The means at the levels of two factors that the person picks."""
    rows = [row for row in content.cells if row.dataset == dataset and row.factors]
    cells = pd.DataFrame([row.factors | {"iqm": row.iqm} for row in rows]).dropna()
    left, right = st.columns(2)
    url.check_one("factor", factors)
    with left:
        first = st.selectbox("Factor", factors, key="factor", bind="query-params")
    others = [name for name in factors if name != first]
    url.check_one("against", others)
    with right:
        second = st.selectbox("against", others, key="against", bind="query-params")
    if cells.empty:
        st.caption("Nothing to show until every cell has a run.")
        return
    label = METRICS[content.metric].label
    show(figures.interaction(cells, first, second, label), key="interaction", stretch=True)


def success_view(content: Analysis) -> None:
    """Success by dataset and variant, with intervals."""
    rows = [row for row in content.cells if row.dataset != "overall"]
    frame = frame_of(rows).rename(columns={"variant": "name", "label": "variant"})
    frame["dataset"] = [dataset_words(kind) for kind in frame["dataset"]]
    show(figures.success_map(frame), key="success", stretch=True)


def surface_view(study: Study, content: Analysis, dataset: str) -> None:
    """How often runs learned by the numbers that a study varies; nothing where it varies fewer than two."""
    found = surface_of(study, content.cells, dataset)
    if found is None:
        return
    numbers = [found.x.words, found.y.words, *([found.panel.words] if found.panel else [])]
    st.subheader(f"How many learned, by {', '.join(numbers[:-1])} and {numbers[-1]}")
    st.html(SURFACES)
    with st.container(key="surfaces"):
        for number, panel in enumerate(found.panels):
            chart = figures.surface(found.of(panel), found.x.words, found.y.words, found.title(panel))
            show(chart, key=f"surface_{number}", stretch=True)


def _dataset(options: Sequence[str]) -> str:
    """The dataset that claims and effects are about; its name is in the URL, its label on the page."""
    if len(options) < 2:
        url.check_one("dataset", options)
        if "dataset" in st.session_state:  # what another study left in the address
            st.query_params.pop("dataset", None)
        return options[0]
    url.follow("dataset", options, options[0])
    chosen = str(st.segmented_control("On", options, format_func=dataset_words, key="dataset", required=True))
    url.carry({"dataset": chosen}, {"dataset": options[0]}, options)
    return chosen


def section(selection: Selection) -> str:
    """What the analysis of a study says: claims, effects, two factors together and success; returns the metric."""
    study = selection.study
    st.header("What it means", help="Seeds are the unit; variants that share a seed are compared in pairs.")
    measured = sorted(JUDGED_BY, key=lambda key: key != DEFAULT_METRIC)
    metric = st.selectbox(
        "Metric",
        measured,
        key="metric",
        bind="query-params",
        help="A link carries it; the headline metric is w1_excess.",
        width=320,
    )
    st.caption(
        f"{METRICS[metric].label}: {METRICS[metric].definition} {METRICS[metric].better.capitalize()} is better."
    )
    content = analysis(selection.store, study, selection.seeds, metric)
    dataset = _dataset(sorted(content.datasets, key=lambda kind: kind != "overall"))
    judged = zip(content.claims, conclusions(study, content), strict=True)
    claims_view(study, [(claim, said) for claim, said in judged if claim.dataset == dataset])
    for note in content.notes:
        st.caption(f":orange[●] {escaped(note)}")
    surface_view(study, content, dataset)
    left, right = st.columns(2, gap="large")
    with left:
        st.subheader("Effects" if study.factors else "Against the baseline")
        effects_view(content, dataset)
        factors = [factor.name for factor in study.factors if len(factor.levels) > 1]
        if len(factors) > 1:
            st.subheader("Two factors together")
            interaction_view(content, factors, dataset)
    with right:
        st.subheader("How many learned")
        success_view(content)
    return str(metric)
