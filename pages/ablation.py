"""Ablation: the variants of a study side by side, and the numbers that tell them apart."""

from __future__ import annotations

import streamlit as st

from gancore import figures, ui
from gancore.metrics import METRICS
from gancore.studies import claim_variants, known_studies, load_study, pick_seed, runs_of, study_table
from gancore.ui import progress, runs, url, verdicts, views

SEEDS = 16

store = ui.setup("Ablation")
NAMES = known_studies(store)
url.check(
    {
        "study": url.one_of(NAMES),
        "seeds": url.whole(1, SEEDS),
        "seed": url.one_of(["median", "best", "worst", *range(SEEDS)]),
        "step": url.whole(0, 1_000_000),
        "accuracy": url.one_of(["both", "real", "fake"]),
        "loss": url.one_of(["generator", "discriminator"]),
        "claim": url.anything,
        "metric": url.one_of(METRICS),
        "dataset": url.anything,
        "factor": url.anything,
        "against": url.anything,
        "job": url.anything,
    }
)
st.title("Ablation")

choose, amount, which = st.columns([5, 3, 3], gap="medium")
with choose:
    name = st.selectbox("Study", NAMES, key="study", bind="query-params", help="A base configuration and its variants.")
study = load_study(name, store)
url.check_one("claim", ["all", *range(1, len(study.claims) + 1)])
with amount:
    seeds = st.slider("Seeds", 1, SEEDS, study.seeds, key="seeds", bind="query-params", help="Seeds 0, 1, 2, …")
with which:
    options = ["median", "best", "worst", *map(str, range(seeds))]
    how = st.selectbox(
        "Seed shown", options, key="seed", bind="query-params", help="By w1_excess at the end, or one seed by number."
    )
st.markdown(f"**{ui.escaped(study.title)}.** {ui.escaped(study.question)}")

configs = study.configs(seeds)
missing = [config for config in configs if config.run_id not in store]
refusal = progress.reason_not_to_train(store) if missing else ""
job = progress.current_job(store, [config.run_id for config in configs])
active = job is not None and job.progress().active
left = missing
if job is not None and active:
    progress.watch(store, job)
    left = [config for config in missing if config.run_id not in job.run_ids]
elif job is not None:
    progress.outcome(job)
if left or not active:
    with st.container(horizontal=True, vertical_alignment="center"):
        have = f"{len(configs) - len(missing)} of {ui.count(len(configs), 'run')} finished"
        if not left:
            st.caption(f":green[●] {have}: {ui.count(len(study.variants), 'variant')} × {ui.count(seeds, 'seed')}.")
        else:
            label = f"Train the {'other' if active else 'missing'} {ui.count(len(left), 'run')}"
            if st.button(label, type="primary", icon=":material/play_arrow:", disabled=bool(refusal), key="start"):
                progress.start(store, configs, f"{study.title}, {ui.count(seeds, 'seed')}")
            st.caption(f":orange[●] {have}; " + (ui.escaped(refusal) if refusal else progress.cost(store, left)))

found = runs_of(store, study, seeds)
if not any(run for variant in found.values() for run in variant):
    st.info(
        "Nothing of this study is stored yet. Train it with the button above, or on the command line with "
        f"`gancore study run {study.name} --seeds {seeds}`."
    )
    st.stop()

chosen = [variant.name for variant in study.variants]
if study.claims:
    number = st.segmented_control(
        "Claim",
        ["all", *map(str, range(1, len(study.claims) + 1))],
        default="all",
        key="claim",
        bind="query-params",
        required=True,
        help="A claim's own comparison: without and with the change, alone and beside all the others.",
    )
    if number != "all":
        st.caption(f"Claim {number}: {ui.escaped(study.claims[int(number) - 1].text)}")
        chosen = claim_variants(study, int(number))
variants = [variant for variant in study.variants if variant.name in chosen]

panels = []
for variant in variants:
    picked = pick_seed(found[variant.name], how)
    panels.append(views.Panel(variant.name, variant.label, picked and runs.kept(picked)))
st.subheader(
    "What each variant learned",
    help="Real points in blue, generated points in red, the same axes everywhere. Near: within 0.05 of the curve.",
)
views.grid(panels)

verdicts.section(store, study, seeds)

st.subheader("How it got there", help="Lines are medians over seeds; bands reach from the lowest to the highest seed.")
labels = [variant.label for variant in study.variants]
frame = runs.curves_of(store, study, seeds)
frame = frame.loc[frame["variant"].isin([variant.label for variant in variants])]
left, right = st.columns(2, gap="large")
with left:
    kinds = {"both": "d_acc", "real": "d_acc_real", "fake": "d_acc_fake"}
    kind = st.segmented_control(
        "Discriminator accuracy on", list(kinds), default="both", key="accuracy", bind="query-params", required=True
    )
    ui.show(figures.variants(frame, kinds[kind or "both"], labels), key="accuracies", stretch=True)
with right:
    kinds = {"generator": "g_loss", "discriminator": "d_loss"}
    kind = st.segmented_control(
        "Loss of", list(kinds), default="generator", key="loss", bind="query-params", required=True
    )
    ui.show(figures.variants(frame, kinds[kind or "generator"], labels), key="losses", stretch=True)

st.subheader("How well, in numbers")
table = study_table(store, study, seeds)
floors = {variant.name: runs.floors_of(store, variant.config.dataset) for variant in study.variants}
ceilings = {variant.name: store.ceilings(variant.config.dataset) for variant in study.variants}
rows = figures.study_rows(table, floors, ceilings)
st.dataframe(rows, hide_index=True, height="content", column_config=views.study_columns())
st.caption(
    "Interquartile means over seeds at the end of training, each beside its floor (real points against real points) "
    "and its ceiling (a generator collapsed to one point of the support). "
    "Learned: w1 at most 2 mean floors and coverage at least 0.95."
)
