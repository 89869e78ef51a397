"""Ablation: the variants of a study side by side, and the numbers that tell them apart."""

from __future__ import annotations

from dataclasses import replace

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
from gancore.studies import known_studies
from gancore.studies.commands import is_known, study_command
from gancore.ui import builder, drop, running, url, viewer
from gancore.ui.ablation import chooser, compare, exports, fixes, run_dialog, table, verdicts
from gancore.ui.text import escaped

if not embedded:
    drop.section()  # first, so that a study that was dropped is the one whose runs are read
running.prepare()
names = known_studies(store)
url.check(
    chooser.parameters(names)
    | running.PARAMETERS
    | viewer.PARAMETERS
    | run_dialog.PARAMETERS
    | verdicts.PARAMETERS
    | compare.PARAMETERS
)
if not embedded:
    box = st.expander("Study, seeds, claim and training", expanded=not chooser.folded(), key="choices")
with box:
    selection = chooser.choose(store, names, embedded)
study, seeds = selection.study, selection.seeds
found = runs_of(store, study, seeds)

first = bool(st.session_state.get("builder_first"))
if not embedded:
    if first:
        builder.section(selection)
    stop = "." if study.title[-1:].isalnum() else ""
    st.markdown(f"**{escaped(study.title)}{stop}** {escaped(study.question)}")
    with box:
        left, right = st.columns([3, 2], gap="medium", vertical_alignment="bottom")
    with right:
        selection = replace(selection, claim=chooser.claim(selection))
    # What has nothing to do is folded away with the choices; a job, or what is left to train, stands on the page.
    with left if running.idle(selection) else st.container():
        training = running.section(selection, main=not builder.is_open())
    with head:
        exports.section(selection)
    running.standing(selection)
else:
    training = False
    st.markdown(f"**{escaped(study.title)}**")
    selection = replace(selection, claim=chooser.claim(selection))
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
        builder.section(selection)
    st.stop()

if selection.claim != "all":
    number = int(selection.claim)
    said = verdicts.chosen(selection)
    selection = replace(selection, shown=tuple(claim_variants(study, number, said.pair)), pair=said.pair)
    st.markdown(f"**Claim {number}: {escaped(study.claims[number - 1].text)}** {escaped(said.text)}")

viewer.check_step(selection, found)
picked = viewer.view(selection)
if embedded:
    st.stop()
if picked:
    run_dialog.open_panel(selection, picked)
elif run := run_dialog.from_url(selection):
    run_dialog.show(selection, run)

selection = replace(selection, metric=verdicts.section(selection))

st.subheader(
    "Results in numbers",
    help="Click a column's heading to sort. Hide columns in its menu. Tick two rows to compare them.",
)
ticked = tuple(table.section(selection))
fixes.section(selection, found, ticked)

st.subheader("Two variants, side by side")
compare.section(replace(selection, shown=ticked) if len(ticked) == 2 else selection)

if not first:
    builder.section(selection)
