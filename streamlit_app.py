"""gancore: the question and what answers it, what holds of the answer it was given, and why the circle is hard."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import link, setup

store = setup("Home")
st.title("Why does a small GAN learn a parabola and fail on a circle?")

from gancore.analysis.answer import EASY, HARD, shipped_answer
from gancore.analysis.conclusions import number_word
from gancore.metrics import METRICS
from gancore.studies import load_study
from gancore.ui import home, url
from gancore.ui.ablation import verdicts
from gancore.ui.text import escaped
from gancore.words import fraction

url.check({})

answer, claimed = shipped_answer(), load_study("four-fixes")
question = (
    "“A basic GAN in Keras learns samples from a parabola but fails on a circle. Why, and what fixes it?” asked "
    "a public question-and-answer site."
)
if answer:
    easy, hard = (answer.baseline.on(kind) for kind in (EASY, HARD))
    question += (
        f" Trained here with the same settings, it learned the parabola in **{fraction(easy.learned, easy.runs)}** "
        f"runs and the circle in **{fraction(hard.learned, hard.runs)}**."
    )
st.markdown(question, width=home.WIDE)

if answer is None:
    st.info("The answer that ships with gancore cannot be read here. Make it with `gancore gallery answer`.")
else:
    pictures, works = st.columns([6, 5], gap="medium")
    with pictures:
        home.before_and_after(store, answer)
    with works:
        home.best(answer)

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

if answer:
    st.header("What works, and how often")
    home.ways(answer)
    if answer.why:
        st.header("Why the circle is hard")
        st.markdown(escaped(home.why(answer)), width=home.PROSE)
with st.container(horizontal=True):
    if answer and answer.best:
        link("Ablation", "The runs behind it", {"study": answer.best.on(HARD).study})
    link("Ablation", "Four distributions", {"study": "four-distributions"})
    link("Training", "Change a setting and train")
