"""Building a study on its page: fields and tables, every problem in a sentence, and what training it would take."""

from __future__ import annotations

import contextlib
import hashlib
from collections.abc import Sequence
from dataclasses import replace

import streamlit as st

from gancore.config import ConfigError, RunConfig
from gancore.datasets.named import names
from gancore.store import Store
from gancore.studies import Study, known_studies, load_study, parse_study
from gancore.studies.commands import settings_of
from gancore.studies.design import MAX_SEEDS
from gancore.studies.drafts import (
    WRITTEN,
    ClaimRow,
    Draft,
    FactorRow,
    SettingRow,
    VariantRow,
    distribution_factor,
    draft_from_settings,
    draft_of,
    encode_study,
    known_settings,
    known_study,
    problems,
    settings_of_link,
    study_of,
    text_of,
)
from gancore.studies.files import MAX_BYTES
from gancore.studies.labels import dataset_label
from gancore.ui import carried
from gancore.ui.builder.tables import edit
from gancore.ui.frame import link
from gancore.ui.selection import Selection
from gancore.ui.text import count, escaped
from gancore.ui.training.progress import cost
from gancore.ui.url import warn

SHOWN, SETTINGS, FILE = "the study shown", "settings of the Training page", "a TOML file"
BUDGETS = {"": "as in the base settings", "steps": "training steps", "samples": "real samples seen"}
FACTORS, NAMED = "factors with levels", "named variants"


def link_from(config: RunConfig, seeds: int, words: str = "Build a study around these") -> None:
    """A link to a first study around one configuration, which the Ablation page opens for changes."""
    with contextlib.suppress(ConfigError):  # Settings that clash with the example's factor have no first study.
        text = encode_study(study_of(draft_from_settings(settings_of(config), seeds)))
        link("Ablation", words, {"study": "own", "design": text})


def is_open() -> bool:
    """Whether the builder stands open: its button is then the page's main one."""
    return bool(st.session_state.get("builder"))


def section(selection: Selection) -> None:
    """An expander in which a study is built; nothing in it is worked out while it is closed."""
    box = st.expander("Build a study", icon=":material/edit_note:", key="builder", on_change="rerun")
    if box.open:
        with box:
            # Typing redraws the builder alone, not the page with its charts.
            st.fragment(_builder)(selection.store, selection.study)


def _builder(store: Store, study: Study) -> None:
    start, left_out = _start(store, study)
    warn(left_out)
    if start is None:
        return
    draft = _fields(start, hashlib.sha256(repr(start).encode("utf-8", "replace")).hexdigest()[:8])
    found = problems(draft)
    made = None if found else parse_study(text_of(draft), "design")
    if made and made.name in known_studies(store) and made != load_study(made.name, store):
        found = [f"name: '{made.name}' is already the name of another study here; choose a different one"]
    if made is None or found:
        st.error(
            "\n".join([f"{count(len(found), 'problem')}, so nothing can start:\n", *(f"- {escaped(f)}" for f in found)])
        )
        return
    _preview(store, made)


def _start(store: Store, study: Study) -> tuple[Draft | None, list[str]]:
    """The draft to start from, None where there is none yet, and a sentence for each setting that was left out."""
    choose, source = st.columns([2, 3], gap="medium")
    with choose:
        options = [SHOWN, *known_studies(store), SETTINGS, FILE]
        chosen = st.selectbox("Start from", options, key="builder_from", help="Choosing another one starts over.")
    with source:
        try:
            if chosen == SETTINGS:
                link = st.text_input(
                    "Link to the Training page",
                    key="builder_link",
                    help="Paste the page's address: it contains the settings chosen there.",
                )
                if not link.strip():
                    return draft_from_settings({}), []
                settings, seeds = settings_of_link(link)
                known, left_out = known_settings(settings, "link")
                return draft_from_settings(known, seeds), left_out
            if chosen == FILE:
                return _dropped()
            return (draft_of(study) if chosen == SHOWN else _renamed(draft_of(load_study(chosen, store)))), []
        except ConfigError as error:
            st.error(escaped(error))
            return None, []


def _dropped() -> tuple[Draft | None, list[str]]:
    """The study of a file that was dropped here, without the settings that do not exist, and a sentence for each."""
    file = st.file_uploader("Study file", type="toml", max_upload_size=1, key="builder_file")
    if file is None:
        st.caption("Drop a study file here, for example one that you downloaded from this page.")
        return None, []
    data = file.getvalue()
    if len(data) > MAX_BYTES:
        raise ConfigError.of("file", f"it has {len(data):,} bytes; a study has at most {MAX_BYTES // 1024} KB")
    try:
        found, left_out = known_study(data.decode("utf-8-sig"), "file")
        return draft_of(found), left_out
    except UnicodeDecodeError:
        raise ConfigError.of("file", "it is not UTF-8 text") from None


def _renamed(draft: Draft) -> Draft:
    """A copy of a known study under a name of its own."""
    return replace(draft, name=f"my-{draft.name}"[:64])


def _fields(start: Draft, mark: str) -> Draft:
    """Draws the fields and tables, and gives the draft as it is now; another ``mark`` begins anew."""
    first = FACTORS if start.factors or not start.variants else NAMED
    left, right = st.columns(2, gap="medium")
    with left:
        title = st.text_input("Title", start.title, key=f"builder_title_{mark}", max_chars=120)
        name = st.text_input(
            "Name",
            start.name,
            key=f"builder_name_{mark}",
            help="Used in files and links: a-z, 0-9 and -.",
            max_chars=64,
        )
    with right:
        question = st.text_area("Question", start.question, key=f"builder_question_{mark}", max_chars=1000, height=124)
    seeds, kinds, unit, amount = st.columns([2, 4, 3, 3], gap="medium")
    with seeds:
        number = st.number_input("Seeds", 1, MAX_SEEDS, start.seeds, key=f"builder_seeds_{mark}")
    with kinds:
        known = list(dict.fromkeys([*names(), *start.datasets]))
        datasets = st.multiselect(
            "Datasets",
            known,
            list(start.datasets),
            format_func=dataset_label,
            key=f"builder_datasets_{mark}",
            placeholder="as in the base settings",
            help="Every variant is trained on each of them.",
        )
    with unit:
        budget = st.selectbox(
            "Budget",
            list(BUDGETS),
            list(BUDGETS).index(start.unit),
            format_func=lambda key: BUDGETS[key],
            key=f"builder_unit_{mark}",
            help="The same for every variant. It replaces the steps in the settings.",
        )
    with amount:
        most = st.number_input(
            "Amount", 1, 10**12, start.amount, key=f"builder_amount_{mark}", disabled=not budget, format="%d"
        )
    # Below each other: side by side they are too narrow for the names of settings.
    st.markdown("**Base settings** :small[where they differ from the defaults]")
    base = edit(start.base, SettingRow, f"builder_base_{mark}")
    kind = st.segmented_control("Compare", [FACTORS, NAMED], default=first, required=True, key=f"builder_kind_{mark}")
    factors: tuple[FactorRow, ...] = ()
    generators = ""
    if kind == FACTORS:
        factors = edit(start.factors, FactorRow, f"builder_factors_{mark}")
        factors += _distributions(known, mark)
        if len(factors) > 2 or start.generators:
            generators = st.text_input(
                "Fraction",
                start.generators,
                key=f"builder_generators_{mark}",
                placeholder="every combination",
                help="Trains only some of the combinations, for example those with `radius = update * batch`.",
            )
        st.markdown("**Controls** :small[further variants, outside the factors]")
        variants = edit(start.variants if start.factors else (), VariantRow, f"builder_controls_{mark}")
    else:
        rows = start.variants if not start.factors and start.variants else (VariantRow("baseline"),)
        variants = edit(rows, VariantRow, f"builder_variants_{mark}")
        st.caption("The first variant is the baseline. All others are compared with it.")
    st.markdown("**Claims** :small[statements that the runs should support or refute]")
    claims = edit(start.claims, ClaimRow, f"builder_claims_{mark}")
    return Draft(
        name,
        title,
        question,
        int(number),
        tuple(datasets),
        budget,
        int(most),
        base,
        factors,
        generators,
        variants,
        claims,
    )


def _distributions(known: Sequence[str], mark: str) -> tuple[FactorRow, ...]:
    """A further factor whose levels are distributions, where any are chosen."""
    chosen = st.multiselect(
        "Distributions as a factor",
        known,
        format_func=dataset_label,
        key=f"builder_distributions_{mark}",
        placeholder="none; choose some, or type a formula",
        accept_new_options=True,
        help=f"Its levels, the first of which is the baseline. A formula is written {WRITTEN}.",
    )
    try:
        row = distribution_factor(chosen)
    except ConfigError as error:
        st.error(escaped(error))
        return ()
    return () if row is None else (row,)


def _preview(store: Store, study: Study) -> None:
    """What the study trains and how long that takes here; then where to go with it."""
    configs = study.configs()
    lacking = [config for config in configs if config.run_id not in store]
    stored = len(configs) - len(lacking)
    have = (
        f"{stored} of them {'is' if stored == 1 else 'are'} already stored" if stored else "none of them is stored yet"
    )
    rest = cost(store, lacking, stored) if lacking else "nothing is left to train"
    st.markdown(
        f":green[●] **{count(len(study.variants), 'variant')} × {count(study.seeds, 'seed')} = "
        f"{count(len(configs), 'run')}**; {have}, {rest}."
    )
    st.caption("; ".join(escaped(variant.label) for variant in study.variants))
    try:
        encoded = encode_study(study)
    except ConfigError as error:
        st.info(escaped(error))
        encoded = ""
    with st.container(horizontal=True, vertical_alignment="center"):
        if st.button(
            "Open this study", type="primary", icon=":material/open_in_new:", disabled=not encoded, key="builder_open"
        ):
            carried.open_study(study)
            st.rerun()
        st.download_button(
            "Download TOML",
            study.to_toml(),
            f"{study.name}.toml",
            "application/toml",
            icon=":material/download:",
            key="builder_download",
        )
        st.caption(
            "Opening the study does not start any training. Its link contains the whole study and can be shared."
        )
