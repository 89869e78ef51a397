"""gancore: the question, and what the finished runs say about it."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import link, setup

store = setup("Home")
st.title("Why does a small GAN learn a parabola and fail on a circle?")

from gancore import figures
from gancore.studies import load_study, pick_seed, runs_of
from gancore.ui import runs, url, verdicts
from gancore.ui.show import show
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

st.subheader("Four claims about why, and what the runs say")
if not verdicts.cards(store, "four-fixes"):
    st.info("The study of the four claims is not trained yet. Train it with `gancore study run four-fixes`.")

st.subheader("What it learned :small[:blue[●] real, :red[●] generated]")
for column, (title, variant), have in zip(st.columns(3, gap="medium"), panels, found, strict=True):
    picked = pick_seed(have)
    with column:
        st.markdown(f"**{title}**")
        shown = picked and runs.kept(picked)
        if shown is None:
            st.info(f"Not trained yet. Train it on the Ablation page, or with `gancore study run {study.name}`.")
            continue
        real, fake = runs.real_points(shown.config.dataset), shown.final
        show(figures.scatter(real, fake, side=250), key=f"points_{variant.name}")
        near, coverage = (percent(shown.metrics.get(key)) for key in ("near", "coverage"))
        st.markdown(
            f"**{near}** near the curve, **{coverage}** of it covered :small[(median: seed {shown.config.seed})]"
        )
        show(
            figures.accuracy(shown.history, height=170, title=title),
            key=f"accuracy_{variant.name}",
            stretch=True,
        )

with st.container(horizontal=True):
    link("Ablation", "All sixteen combinations", {"study": "four-fixes"})
    link("Ablation", "Controls: is it the fix itself?", {"study": "four-fixes-controls"})
    link("Ablation", "Four distributions", {"study": "four-distributions"})
    link("Training", "Change a setting and train")
st.caption(
    "w1_excess: exact Wasserstein distance to real points above its floor; lower is better, and brackets hold the "
    "corrected 95% interval of its change. Curves: the discriminator's accuracy; at 50% it cannot tell real from fake. "
    "Near: within 0.05 of the curve. Learned: w1 at most 2 floors, coverage at least 95%."
)
