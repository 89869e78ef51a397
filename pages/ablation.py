"""Ablation: the variants of a study side by side, and the numbers that tell them apart."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import setup

store = setup("Ablation")
embedded = bool(st.context.is_embedded)
if not embedded:
    with st.container(horizontal=True, vertical_alignment="bottom", horizontal_alignment="distribute"):
        st.title("Ablation")
        st.button(
            "Build a study",
            type="tertiary",
            icon=":material/edit_note:",
            key="build",
            on_click=st.session_state.update,
            args=({"builder": True, "builder_first": True},),
        )

from gancore.studies import MAX_SEEDS, claim_variants, known_studies, runs_of
from gancore.studies.claims import first_pair
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
study, seeds, pick, rows = chooser.choose(store, names, embedded)
found = runs_of(store, study, seeds)

first = bool(st.session_state.get("builder_first"))
if not embedded:
    drop.section()
    if first:
        builder.section(store, study)
    stop = "." if study.title[-1:].isalnum() else ""
    st.markdown(f"**{escaped(study.title)}{stop}** {escaped(study.question)}")
    left, middle, right = st.columns([32, 21, 7], gap="small", vertical_alignment="bottom")
    with left:
        training = running.section(store, study, seeds)
    with middle:
        number = chooser.claim(study)
    with right, st.container(horizontal=True, horizontal_alignment="right"):
        exports.section(store, study, seeds, chooser.metric(), chooser.single(pick))
    running.standing(store, study)
else:
    training = False
    st.markdown(f"**{escaped(study.title)}**")
    number = chooser.claim(study, embedded)
if not any(run for runs in found.values() for run in runs):
    if training:
        st.info("Nothing of this study is stored yet. Its panels appear as runs are finished.")
    else:
        st.info(
            f"Nothing of this study is stored yet. Train it {'' if embedded else 'with the button above, or '}on the "
            f"command line with `{study_command(study, seeds, store)}`"
            + ("." if embedded or is_known(study, store) else "; the builder downloads that file.")
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

st.subheader("How well, in numbers", help="Sort by a column's head; hide columns in its menu; tick two rows.")
two = table.section(store, study, seeds, metric, variants)

st.subheader("Two variants, side by side")
pair = first_pair(study, shown_by)
compare.section(store, study, seeds, metric, chooser.single(pick), two if len(two) == 2 else chosen, pair)

if not first:
    builder.section(store, study)
