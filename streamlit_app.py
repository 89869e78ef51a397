"""gancore: the question, and what the finished runs say about it."""

from __future__ import annotations

import streamlit as st

from gancore import figures, ui
from gancore.studies import load_study, pick_seed, runs_of
from gancore.ui import runs, url

store = ui.setup("Home")
url.check({})
st.title("Why does a small GAN learn a parabola and fail on a circle?")

versus, fixes = load_study("circle-vs-parabola"), load_study("first-fixes")
by_kind = {variant.config.dataset.kind: variant for variant in versus.variants}  # type: ignore[attr-defined]
everything = max(fixes.variants, key=lambda variant: len(variant.changes))
panels = [
    ("Parabola", "baseline", versus, by_kind["parabola"]),
    ("Circle", "the same baseline", versus, by_kind["circle"]),
    ("Circle", runs.changes_in_words(everything), fixes, everything),
]
found = [[run for run in runs_of(store, study)[variant.name] if run] for _, _, study, variant in panels]
tally = [f"{sum(run.metrics.get('learned') == 1 for run in have)} of {len(have)}" for have in found]
answer = (
    f" It learned the parabola in **{tally[0]}** seeds, the circle in **{tally[1]}**; the circle with "
    f"{len(everything.changes)} changes in **{tally[2]}**."
)
st.markdown(
    "The same basic GAN is trained on both." + (answer if all(found) else "") + " :blue[●] real, :red[●] generated."
)

for column, (title, recipe, study, variant), have in zip(st.columns(3, gap="medium"), panels, found, strict=True):
    picked = pick_seed(have)
    with column:
        st.subheader(f"{title} :small[{ui.escaped(recipe)}]")
        shown = picked and runs.kept(picked)
        if shown is None:
            st.info(f"Not trained yet. Train it on the Ablation page, or with `gancore study run {study.name}`.")
            continue
        real, fake = runs.real_points(shown.config.dataset), shown.final
        ui.show(figures.scatter(real, fake, side=250), key=f"points_{study.name}_{variant.name}")
        near, coverage = (ui.percent(shown.metrics.get(key)) for key in ("near", "coverage"))
        st.markdown(
            f"**{near}** near the curve, **{coverage}** of it covered :small[(median: seed {shown.config.seed})]"
        )
        ui.show(
            figures.accuracy(shown.history, height=170, title=f"{title}, {recipe}"),
            key=f"accuracy_{study.name}_{variant.name}",
            stretch=True,
        )

with st.container(horizontal=True):
    ui.link("Ablation", "Which change does it? One by one", {"study": fixes.name})
    ui.link("Ablation", "The baseline on four distributions", {"study": versus.name})
    ui.link("Training", "Change a setting and train")
st.caption(
    "Curves: the discriminator's accuracy; at 50% it cannot tell real from fake. Near: within 0.05 of the curve. "
    "Learned: w1 at most 2 floors, coverage at least 95%."
)
