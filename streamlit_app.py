"""gancore: the question, and what the finished runs say about it."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import link, setup

store = setup("Home")
st.title("Why does a small GAN learn a parabola and fail on a circle?")

from gancore import figures
from gancore.studies import load_study, pick_seed, runs_of
from gancore.ui import runs, url, verdicts, views
from gancore.ui.show import show, show_square
from gancore.ui.text import percent

url.check({})

study = load_study("four-distributions")
wanted = {"Parabola": "parabola-baseline", "Circle": "circle-baseline", "Circle, all four fixes": "circle-all"}
panels = [(title, study.variant(name)) for title, name in wanted.items()]
found = [[run for run in runs_of(store, study)[variant.name] if run] for _, variant in panels]
tally = [f"**{sum(run.metrics.get('learned') == 1 for run in have)} of {len(have)}**" for have in found]
answer = (
    f" It learned the parabola in {tally[0]} seeds and the circle in {tally[1]}; the circle with all four claimed "
    f"fixes in {tally[2]}."
)
st.markdown("The same basic GAN is trained on both." + (answer if all(found) else ""))

st.header("Four claims about why, and what the runs say")
if not verdicts.cards(store, "four-fixes"):
    st.info("The study of the four claims is not trained yet. Train it with `gancore study run four-fixes`.")
else:
    st.caption(
        "w1_excess: exact Wasserstein distance to real points above its floor; lower is better, and brackets hold the "
        "corrected 95% interval of its change. Learned: w1 at most twice what real data scores, coverage at least 95%."
    )

st.header("What it learned")
st.caption(":blue[●] real, :red[●] generated; all three on the same axes")
medians = [runs.kept(run) if (run := pick_seed(have)) else None for have in found]
half = figures.extent(runs.real_points(run.config.dataset) for run in medians if run)
for column, (title, variant), shown in zip(st.columns(3, gap="medium"), panels, medians, strict=True):
    with column, st.container(width=views.WIDEST):
        st.markdown(f"**{title}**")
        if shown is None:
            st.info(f"Not trained yet. Train it on the Ablation page, or with `gancore study run {study.name}`.")
            continue
        real, fake = runs.real_points(shown.config.dataset), shown.final
        near, coverage = (percent(shown.metrics.get(key)) for key in ("near", "coverage"))
        words = views.points_in_words(shown, shown.steps, title)
        show_square(figures.scatter(real, fake, half=half), f"points_{variant.name}", words)
        seed = f"(median:\u00a0seed\u00a0{shown.config.seed})"  # in one piece: the number alone would say nothing
        st.markdown(f"**{near}** near the curve, **{coverage}** of it covered :small[{seed}]")
        show(
            figures.accuracy(shown.history, height=170, title=title),
            key=f"accuracy_{variant.name}",
            stretch=True,
        )

st.caption(
    "Curves: the discriminator's accuracy; at 50% it cannot tell real from fake. Near: within 0.05 of the curve."
)
with st.container(horizontal=True):
    link("Ablation", "All sixteen combinations", {"study": "four-fixes"})
    link("Ablation", "Controls: is it the fix itself?", {"study": "four-fixes-controls"})
    link("Ablation", "Four distributions", {"study": "four-distributions"})
    link("Training", "Change a setting and train")
