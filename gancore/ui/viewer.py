"""The comparison view on a page: a component of the browser's own, which the server only feeds."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Callable, Mapping, Sequence
from functools import lru_cache
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from gancore.analysis import pick_seed
from gancore.config import ConfigError, quoted
from gancore.figures.curves import TITLES
from gancore.metrics import METRICS
from gancore.store import BundleError, RunMissing, Store, StoredRun
from gancore.studies import Study, Variant
from gancore.ui.heavy import computed, still_wanted
from gancore.ui.selection import Selection
from gancore.ui.url import Check, anything, digits, one_of, warn, whole
from gancore.viewer import left_out, module, study_payload, style
from gancore.viewer.choices import CHOICES, LAYERS
from gancore.viewer.fields import Payload

ROOM = 800
"""Pixels kept free for the view until it is drawn: what stands below waits, and is not pushed down by it."""
WAITING = """<style>
[data-testid="stLayoutWrapper"]:has(> .st-key-viewer_room):not(:has(.gc-root canvas)) {visibility: hidden;}
</style>"""
DRAWN = """
.st-key-viewer_room:has(.gc-root canvas) {height: auto !important; overflow: visible !important;}
[data-testid="stLayoutWrapper"]:has(> .st-key-viewer_room .gc-root canvas) {height: auto; flex: none;}
@media print {.st-key-viewer_room, [data-testid="stLayoutWrapper"]:has(> .st-key-viewer_room) {display: block;}}
"""
"""Gives the view the height that it has; it comes with the view, the room at once."""


def some_of(options: Sequence[str]) -> Check:
    """Several of the options, with commas between them."""
    check_one = one_of(options)

    def check(value: str) -> None:
        for word in value.split(","):
            check_one(word)

    return check


def span(value: str) -> None:
    """Two numbers from low to high, with a comma between them."""
    try:
        low, high = (float(word) for word in value.split(","))
    except ValueError:
        low, high = 0.0, 0.0
    if not 0 <= low < high < 1e12:
        raise ValueError("use two numbers from low to high, such as 0,4000")


PARAMETERS: dict[str, Check] = {
    "step": whole(0, 1_000_000_000),
    "off": anything,
    "left": one_of([*TITLES, *METRICS]),
    "right": one_of([*TITLES, *METRICS]),
    **{name: one_of(options) for name, options in CHOICES.items()},
    "highlight": anything,
    "layers": some_of(list(LAYERS)),
    "range": span,
}
"""URL parameter → check of what the view keeps there; ``step``, ``off`` and ``highlight`` depend on the study."""
LISTS: dict[str, Callable[[str], object]] = {"layers": str, "off": str, "range": float}


def kept_steps(found: Mapping[str, Sequence[StoredRun | None]], pick: str) -> set[int]:
    """Steps at which the runs that stand for their variants kept their points: of others a bundle may have the end."""
    standing = [pick_seed(runs, pick) for runs in found.values()]
    return {step for run in standing if run for step in run.snapshot_steps}


def check_step(selection: Selection, found: Mapping[str, Sequence[StoredRun | None]]) -> None:
    """Says so where the URL names a step at which no run kept its points, or picks out a variant that is not there."""
    asked = st.query_params.get("step", "")
    if digits(asked):
        # What is asked of damaged runs is answered by the view itself.
        with contextlib.suppress(RunMissing, BundleError):
            steps = kept_steps(found, selection.single)
            if steps and int(asked) not in steps:
                before = max((step for step in steps if step <= int(asked)), default=min(steps))
                warn([f"step: no points were kept at {int(asked):,}; step {before:,} is shown instead."])
    names = [variant.name for variant in selection.study.variants]
    for name, nothing in (("off", "it hides nothing"), ("highlight", "nothing is highlighted")):
        unknown = [word for word in st.query_params.get(name, "").split(",") if word and word not in names]
        if unknown:
            warn([f"{name}: {quoted(unknown[0])} is not a variant of this study; {nothing}."])


def view(selection: Selection) -> dict[str, Any] | None:
    """Draws the grid and the curves; the variant and seed of a panel that was just clicked, or None."""
    study, variants, have = selection.study, selection.variants, selection.contents()
    names = tuple(variant.name for variant in variants)
    options = (names, selection.rows or (), selection.pick, selection.seeds)
    try:
        payload = _payload(have, options, selection.store, study, tuple(variants))
    except ConfigError as error:
        st.warning(str(error))
        return None
    key = hashlib.sha256(repr((have, options)).encode()).hexdigest()[:16]
    data = {
        "key": key,
        "study": study.name,
        "payload": payload,
        "state": _first_state(study),
        "share": not selection.embedded,
    }
    st.html(WAITING)
    with st.container(height=ROOM, border=False, key="viewer_room"):
        result = _component()(data=data, key="viewer", on_picked_change=_nothing)
    if sentence := left_out(payload, selection.store, study, selection.seeds):
        st.caption(sentence)
    picked = getattr(result, "picked", None)
    return dict(picked) if picked else None


def _nothing() -> None:
    """What was clicked is read from the component's result."""


@computed("Reading the runs…", lambda have, options, store, study, variants: len(study.variants) * options[3])
def _payload(
    have: tuple[str, ...],
    options: tuple[Any, ...],
    _store: Store,
    _study: Study,
    _variants: tuple[Variant, ...],
) -> Payload:
    _, rows, pick, seeds = options
    # A claim's few variants are no table: most of its cells would be empty.
    whole = len(_variants) == len(_study.variants)
    return study_payload(_store, _study, seeds, [pick], _variants, rows or None, table=whole, beat=still_wanted)


def _first_state(study: Study) -> dict[str, Any]:
    """What the address asked for when this study was first shown; later the browser keeps it itself.

    Kept while the view stays on the page, since whatever changes in its data sends all of it again; read anew once the
    page has been left, as the browser's own view has gone with it.
    """
    if "viewer" not in st.session_state:
        st.session_state.pop("viewer_first", None)
    kept = st.session_state.setdefault("viewer_first", {})
    if study.name not in kept:
        kept.clear()
        state: dict[str, Any] = {}
        names = [variant.name for variant in study.variants]
        known = {"off": some_of(names), "highlight": one_of(names)}
        for name, check in {**PARAMETERS, **known}.items():
            value = st.query_params.get(name)
            if value is None:
                continue
            try:
                check(value)
            except ValueError:
                continue
            read = LISTS.get(name)
            state[name] = [read(word) for word in value.split(",")] if read else value
        for name in ("step", "smooth"):
            if name in state:
                state[name] = int(state[name])
        kept[study.name] = state
    return kept[study.name]


@lru_cache(maxsize=1)
def _component() -> Callable[..., Any]:
    return component("gancore_viewer", css=style() + DRAWN, js=module(), isolate_styles=False)
