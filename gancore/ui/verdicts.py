"""What a study's analysis says, on a page: verdict cards, effects, two factors together, and success."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd
import streamlit as st

from gancore import figures
from gancore.metrics import METRICS
from gancore.store import Store
from gancore.studies import Study, analyze, load_study, parse_study, plain_analysis
from gancore.ui import url
from gancore.ui.frame import link
from gancore.ui.runs import contents_of
from gancore.ui.show import show
from gancore.ui.text import escaped

Content = Mapping[str, Any]
"""An analysis as ``plain_analysis`` gives it."""

BADGES = {
    "supported": ":green-badge[:material/check: supported]",
    "refuted": ":red-badge[:material/close: refuted]",
    "undecided": ":gray-badge[:material/help: undecided]",
}
DEFAULT_METRIC = "w1_excess"
JUDGED_BY = [key for key in METRICS if key != "learned"]
"""Metrics that effects can be judged by."""


def analysis(store: Store, study: Study, seeds: int | None = None, metric: str = DEFAULT_METRIC) -> Content:
    """The analysis of what is stored; that of a shipped study comes with its bundle, for its own seeds and metric."""
    if metric == DEFAULT_METRIC and seeds in (None, study.seeds):
        for bundle in store.layers:
            # A study from a link may bear the name of another.
            if bundle.name == study.name and bundle.analysis and parse_study(bundle.study_text) == study:
                return bundle.analysis
    return _computed(contents_of(store, study, seeds or study.seeds), metric, store, study, seeds)


@st.cache_data(max_entries=16, show_spinner="Analysing…")
def _computed(have: tuple[str, ...], metric: str, _store: Store, _study: Study, _seeds: int | None) -> Content:
    return plain_analysis(analyze(_store, _study, metric, seeds=_seeds))


def cards(store: Store, name: str) -> bool:
    """A card a claim of a shipped study, each with a link to the runs behind it; False where nothing is analysed."""
    study = load_study(name, store)
    content = analysis(store, study)
    claims = [claim for claim in content["claims"] if claim["n"]]
    if not claims:
        return False
    for column, (number, claim) in zip(st.columns(len(claims)), enumerate(claims, start=1), strict=True):
        with column, st.container(border=True, height="stretch"):
            headline, _, reason = str(claim["text"]).partition(":")
            st.markdown(f"{BADGES[claim['verdict']]}  \n**{number}. {escaped(headline.rstrip('.'))}**")
            if reason:
                st.caption(f"“{escaped(reason.strip().rstrip('.'))}”, says the answer.")
            st.markdown(_effect(claim))
            link("Ablation", "See the comparison", {"study": study.name, "claim": str(number)})
    return True


def _effect(claim: Content) -> str:
    """A claim's effect with its interval, and success before and after, in three short lines."""
    view = claim[claim["view"]]
    if view is None or view["low"] is None:
        change = f"`{claim['metric']}` {_signed(view and view['estimate'])}, too few seeds for an interval"
    else:
        change = (
            f"`{claim['metric']}` **{_signed(view['estimate'])}** "
            f":small[({_signed(view['low'])} to {_signed(view['high'])})]"
        )
    before, after = (f"{claim[f'learned_{when}']} of {claim[f'runs_{when}']}" for when in ("before", "after"))
    return f"{change}  \nlearned {before} → **{after}**  \n:small[{claim['n']} seeds]"


def _signed(value: float | None) -> str:
    return "–" if value is None else f"{value:+.3f}".replace("-", "−")


def views_in_words(claim: Content) -> str:
    """The three views of a claim, or its one difference, as a line of Markdown."""
    names = {
        "alone": "added alone",
        "average": "on average",
        "last": "added last",
        "difference": escaped(claim["label"]),
    }
    parts = [
        f"{words} {_signed(claim[name]['estimate'])} "
        f"({_signed(claim[name]['low'])} to {_signed(claim[name]['high'])}): {claim[name]['verdict']}"
        for name, words in names.items()
        if claim.get(name)
    ]
    return "; ".join(parts)


def claims_view(claims: Sequence[Content]) -> None:
    """Claims with their verdicts, their views, and the rule that decided."""
    rules: dict[str, None] = {}
    for claim in claims:
        st.markdown(f"{BADGES[claim['verdict']]} **{escaped(claim['text'])}**  \n{views_in_words(claim)}")
        notes = [*claim["confounds"], claim["needs"]]
        if any(notes):
            sentences = [f"{note[:1].upper()}{note[1:]}" for note in notes if note]
            st.caption(escaped(" ".join(note if note.endswith(".") else f"{note}." for note in sentences)))
        rules[claim["rule"]] = None
    for rule in rules:
        st.caption(f"Rule: {escaped(rule)}")


def effects_view(content: Content, dataset: str) -> None:
    """The chart of effects on one dataset, or a sentence where there is none."""
    frame = _frame([row for row in content["effects"] if row["dataset"] == dataset])
    frame = frame.dropna(subset=["estimate"]) if len(frame) else frame
    if frame.empty:
        st.caption("Effects need a finished run of every variant.")
        return
    frame = frame.assign(effect=frame["label"])
    show(figures.effects(frame, str(content["metric"]), str(content["better"])), key="effects", stretch=True)


def interaction_view(content: Content, factors: Sequence[str], dataset: str) -> None:
    """The means at the levels of two factors that the person picks."""
    rows = [row for row in content["cells"] if row["dataset"] == dataset and row["factors"]]
    cells = pd.DataFrame([row["factors"] | {"iqm": row["iqm"]} for row in rows]).dropna()
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
    label = METRICS[content["metric"]].label
    show(figures.interaction(cells, first, second, label), key="interaction", stretch=True)


def _frame(rows: Sequence[Content]) -> pd.DataFrame:
    """Rows of an analysis as a frame; what JSON leaves empty is NaN."""
    frame = pd.DataFrame(rows)
    numbers = ["estimate", "low", "high", "p_holm", "success", "success_low", "success_high"]
    return frame.astype({name: "float64" for name in numbers if name in frame})


def success_view(content: Content) -> None:
    """Success by dataset and variant, with intervals."""
    rows = [row for row in content["cells"] if row["dataset"] != "overall"]
    frame = _frame(rows).rename(columns={"variant": "name", "label": "variant"})
    show(figures.success_map(frame), key="success", stretch=True)


def section(store: Store, study: Study, seeds: int) -> str:
    """What the analysis of a study says: claims, effects, two factors together and success; returns the metric."""
    st.subheader("What it means", help="Seeds are the unit; variants that share a seed are compared in pairs.")
    measured = sorted(JUDGED_BY, key=lambda key: key != DEFAULT_METRIC)
    metric = st.selectbox(
        "Judged by",
        measured,
        key="metric",
        bind="query-params",
        help="A link carries it; the headline metric is w1_excess.",
    )
    st.caption(
        f"{METRICS[metric].label}: {METRICS[metric].definition} {METRICS[metric].better.capitalize()} is better."
    )
    content = analysis(store, study, seeds, metric)
    dataset = content["datasets"][0]
    options = sorted(content["datasets"], key=lambda kind: kind != "overall")
    url.check_one("dataset", options)
    if len(options) > 1:
        dataset = st.segmented_control(
            "On", options, default=options[0], key="dataset", bind="query-params", required=True
        )
    claims_view([claim for claim in content["claims"] if claim["dataset"] == dataset])
    for note in content["notes"]:
        st.caption(f":orange[●] {escaped(note)}")
    left, right = st.columns(2, gap="large")
    with left:
        st.markdown("**Effects**" if study.factors else "**Against the baseline**")
        effects_view(content, dataset)
        factors = [factor.name for factor in study.factors if len(factor.levels) > 1]
        if len(factors) > 1:
            st.markdown("**Two factors together**")
            interaction_view(content, factors, dataset)
    with right:
        st.markdown("**How many learned**")
        success_view(content)
    return str(metric)
