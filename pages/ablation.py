"""Ablation: the variants of a study side by side, and the numbers that tell them apart."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import setup

store = setup("Ablation")
embedded = bool(st.context.is_embedded)
head = box = st.container()
if not embedded:
    with st.container(horizontal=True, vertical_alignment="center", gap="small"):
        st.title("Ablation", width="stretch")
        head = st.container(width="content")
        st.button(
            "Build a study",
            type="tertiary",
            icon=":material/edit_note:",
            key="build",
            on_click=st.session_state.update,
            args=({"builder": True, "builder_first": True},),
        )

from gancore.analysis import claim_variants, runs_of
from gancore.analysis.claims import first_pair
from gancore.studies import MAX_SEEDS, known_studies
from gancore.studies.commands import is_known, study_command
from gancore.ui import builder, chooser, compare, drop, exports, run_dialog, running, table, url, verdicts, viewer
from gancore.ui.text import escaped

running.prepare()
names = known_studies(store)
url.check(
    {
        "study": url.one_of([*names, chooser.OWN] if "design" in st.query_params else names),
        "design": url.anything,
        "seeds": url.whole(1, MAX_SEEDS),
        "seed": url.anything,
        "step": url.whole(0, 1_000_000_000),
        "claim": url.anything,
        "rows": url.anything,
        "metric": url.one_of(verdicts.JUDGED_BY),
        "dataset": url.anything,
        "factor": url.anything,
        "against": url.anything,
        "first": url.anything,
        "second": url.anything,
        "off": url.anything,
        "run": url.anything,
        "job": url.anything,
    }
    | viewer.CHECKS
)
if not embedded:
    box = st.expander("Study, seeds, claim and training", expanded=not chooser.folded(), key="choices")
with box:
    study, seeds, pick, rows = chooser.choose(store, names, embedded)
found = runs_of(store, study, seeds)

first = bool(st.session_state.get("builder_first"))
if not embedded:
    drop.section()
    if first:
        builder.section(store, study)
    stop = "." if study.title[-1:].isalnum() else ""
    st.markdown(f"**{escaped(study.title)}{stop}** {escaped(study.question)}")
    with box:
        left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with right:
        number = chooser.claim(study)
    # What has nothing to do is folded away with the choices; a job, or what is left to train, stands on the page.
    with left if running.idle(store, study, seeds) else st.container():
        training = running.section(store, study, seeds, main=not builder.is_open())
    with head:
        exports.section(store, study, seeds, chooser.metric(), chooser.single(pick))
    running.standing(store, study)
else:
    training = False
    st.markdown(f"**{escaped(study.title)}**")
    number = chooser.claim(study, embedded)
if not any(run for runs in found.values() for run in runs):
    if training:
        st.info("No run of this study is stored yet. Its panels appear as runs finish.")
    else:
        st.info(
            f"No run of this study is stored yet. Train it {'' if embedded else 'with the button above, or '}on the "
            f"command line with `{study_command(study, seeds, store)}`"
            + ("." if embedded or is_known(study, store) else "; the builder has that file as a download.")
        )
    if not embedded and not first:
        builder.section(store, study)
    st.stop()

chosen, shown_by = [variant.name for variant in study.variants], None
if number != "all":
    said = verdicts.chosen(store, study, seeds, int(number), chooser.metric())
    chosen, shown_by = claim_variants(study, int(number), said.pair), said.pair
    st.markdown(f"**Claim {number}: {escaped(study.claims[int(number) - 1].text)}** {escaped(said.text)}")
variants = [study.variant(name) for name in chosen]

viewer.check_step(study, found)
picked = viewer.view(store, study, seeds, pick, variants, rows, embedded)
if embedded:
    st.stop()
if picked:
    run_dialog.open_panel(store, study, seeds, picked)
elif run := run_dialog.from_url(store, study, seeds):
    run_dialog.show(store, study, run)

metric = verdicts.section(store, study, seeds)

st.subheader(
    "Results in numbers",
    help="Click a column's heading to sort. Hide columns in its menu. Tick two rows to compare them.",
)
two = table.section(store, study, seeds, metric, variants)

st.subheader("Two variants, side by side")
pair = first_pair(study, shown_by)
compare.section(store, study, seeds, metric, chooser.single(pick), two if len(two) == 2 else chosen, pair)

if not first:
    builder.section(store, study)
