"""gancore: the question, what to do about it, and what the finished runs say of the answer it was given."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import link, setup

store = setup("Home")
st.title("Why does a small GAN learn a parabola and fail on a circle?")

from gancore import figures
from gancore.analysis import pick_seed, runs_of
from gancore.analysis.conclusions import number_word
from gancore.metrics import METRICS
from gancore.recording.window import windows_of
from gancore.studies import load_study
from gancore.ui import home, runs, url, views
from gancore.ui.ablation import verdicts
from gancore.ui.show import show, show_square
from gancore.ui.text import escaped
from gancore.words import near_in_words

url.check({})

study, claimed = load_study("four-distributions"), load_study("four-fixes")
working = home.working(store)
panels = [("Parabola", study, "parabola-baseline"), ("Circle, the same settings", study, "circle-baseline")]
if working:
    panels.append((f"Circle with {working[0].words}", load_study(working[0].study), working[0].variant))
else:
    panels.append(("Circle, all four fixes", study, "circle-all"))
trained = [[run for run in runs_of(store, source)[name] if run] for _, source, name in panels]
tally = [f"**{sum(run.metrics.get('learned') == 1 for run in every)} of {len(every)}**" for every in trained]
st.markdown(
    "**The question** that gancore began with, from a public question-and-answer site: “A basic GAN in Keras learns "
    "samples from a parabola but fails on a circle. Why, and what fixes it?”"
    + (f" Trained here with the same settings, it learned the parabola in {tally[0]} runs and the circle in {tally[1]}."
       if all(trained[:2]) else ""),
    width=home.PROSE,
)  # fmt: skip

st.header("What to do")
home.recipe_cards(working)

st.header("What it learned")
medians = [runs.kept(run) if (run := pick_seed(every)) else None for every in trained]
windows = windows_of({number: runs.real_points(run.config.dataset) for number, run in enumerate(medians) if run})
alike = "all three on the same axes, " if len(set(windows.values())) == 1 else ""
st.caption(f":blue[●] real, :red[●] generated; {alike}each the median of its runs")
places = zip(st.columns(3, gap="medium"), panels, medians, tally, strict=True)
for number, (column, (title, source, name), shown, rate) in enumerate(places):
    with column, st.container(width=views.WIDEST):
        st.markdown(f"**{escaped(title)}**")
        if shown is None:
            st.info(f"Not trained yet. Train it on the Ablation page, or with `gancore study run {source.name}`.")
            continue
        real, fake = runs.real_points(shown.config.dataset), shown.final
        words = views.points_in_words(shown, shown.steps, title)
        show_square(figures.scatter(real, fake, window=windows[number]), f"points_{name}", words)
        seed = f"(seed\u00a0{shown.config.seed})"  # in one piece: the number alone would say nothing
        near = views.closeness_of(shown, shown.metrics)
        st.markdown(f"**{near}** :small[{seed}]; {rate} runs learned it")
        show(
            figures.accuracy(shown.history, height=170, title=title),
            key=f"accuracy_{name}",
            stretch=True,
        )
near = near_in_words(run.config.dataset.support() for run in medians if run)
st.caption(
    "Curves: the discriminator's accuracy; at 50% it cannot tell real from fake." + (f" Near: {near}." if near else "")
)
reasons = home.why(store, study, ("parabola-baseline", "the parabola"), ("circle-baseline", "the circle"), working)
if reasons:
    st.header("Why the circle is hard")
    st.markdown(escaped(reasons), width=home.PROSE)

st.header("Is the answer right?")
first = escaped(claimed.claims[0].text)
st.markdown(
    "**The answer** posted to it takes the discriminator for the bottleneck, because its accuracy stays at 50 to 60%, "
    f"and advises {number_word(len(claimed.claims))} changes. The first: “{first}” Here every combination of "
    f"them was trained {claimed.seeds} times on the circle; each card says what holds.",
    width=home.PROSE,
)
if not verdicts.cards(store, claimed.name):
    st.info("The study of the four claims is not trained yet. Train it with `gancore study run four-fixes`.")
else:
    learned = METRICS["learned"].definition.removeprefix("1 if ").removesuffix(", else 0.")
    st.caption(
        escaped(
            "Supported, refuted or undecided is what holds on average over the other changes. w1_excess: exact "
            "Wasserstein distance to real points beyond what other real points score; lower is better, and brackets "
            f"hold the corrected 95% interval of its change. Learned: {learned}."
        )
    )

with st.container(horizontal=True):
    link("Ablation", "All sixteen combinations", {"study": claimed.name})
    link("Ablation", "Controls: is it the fix itself?", {"study": "four-fixes-controls"})
    link("Ablation", "Four distributions", {"study": study.name})
    link("Training", "Change a setting and train")
