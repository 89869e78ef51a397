"""gancore: the question, and what the finished runs say about it."""

from __future__ import annotations

import streamlit as st

from gancore import figures, ui
from gancore.studies import load_study, pick_seed, runs_of
from gancore.ui import runs, url

store = ui.setup("Home")
url.check({})
st.title("Why does a small GAN learn a parabola and fail on a circle?")
st.markdown(
    "The same basic GAN (two dense layers each, batch 32) is trained to imitate points on a curve. "
    "Below: what it learned, :blue[●] real points under :red[●] generated ones, and how well its discriminator "
    "tells them apart."
)

versus, fixes = load_study("circle-vs-parabola"), load_study("first-fixes")
by_kind = {variant.config.dataset.kind: variant for variant in versus.variants}  # type: ignore[attr-defined]
everything = max(fixes.variants, key=lambda variant: len(variant.changes))
panels = [
    ("Parabola, baseline", versus, by_kind["parabola"], {"study": versus.name}),
    ("Circle, baseline", versus, by_kind["circle"], {}),
    (f"Circle, {len(everything.changes)} fixes together", fixes, everything, {}),
]
columns = st.columns(len(panels), gap="medium")

for column, (title, study, variant, _) in zip(columns, panels, strict=True):
    found = [run for run in runs_of(store, study)[variant.name] if run]
    shown = pick_seed(found)
    with column:
        st.subheader(title, help=f"{study.title}: {variant.label}")
        if shown is None:
            st.info(f"Not trained yet. Run it on the Ablation page, or `gancore study run {study.name}`.")
            continue
        shown = runs.kept(shown)
        seed, learned = shown.config.seed, sum(run.metrics.get("learned") == 1 for run in found)
        fake = runs.snapshot(shown, shown.steps)[0]
        real = runs.real_points(shown.config.dataset)
        ui.show(figures.scatter(real, fake, side=262), key=f"{variant.name}_points")
        st.markdown(
            f"**{ui.percent(shown.metrics.get('near'))}** of its points lie near the curve and they cover "
            f"**{ui.percent(shown.metrics.get('coverage'))}** of it. "
            f"Learned in **{learned} of {len(found)}** seeds; this is the median, seed {seed}."
        )
        st.caption("Discriminator accuracy")
        ui.show(figures.accuracy(shown.history, height=140, title=title), key=f"{variant.name}_accuracy", stretch=True)

with st.container(horizontal=True):
    ui.link("Ablation", "Which fix does it? Compare them one by one", {"study": fixes.name})
    ui.link("Ablation", "The baseline on all four distributions", {"study": versus.name})
    ui.link("Training", "Change a setting and train it")
