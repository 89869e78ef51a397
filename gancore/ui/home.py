"""The first page's answers: the failing circle beside the fixed one, what works, and why the circle is hard."""

from __future__ import annotations

from collections.abc import Iterator

import streamlit as st

from gancore import figures
from gancore.analysis.answer import HARD, Answer, Rate, Way
from gancore.config import ConfigError, RunConfig
from gancore.recording.window import windows_of
from gancore.store import Store, StoredRun
from gancore.studies.commands import train_command
from gancore.studies.labels import dataset_words
from gancore.ui import runs, views
from gancore.ui.frame import link
from gancore.ui.show import show_square
from gancore.ui.text import count, escaped, percent
from gancore.ui.training.fixing import link_from
from gancore.words import fraction, near_in_words

PROSE = 860
"""Pixels of a paragraph at most: longer lines are hard to follow."""
WIDE = 1100
REALS, FAKES = 1500, 500
"""Points in a picture."""
STYLE = """
<style>
.st-key-before_and_after {display: grid; grid-template-columns: 1fr 1fr; gap: 0.6rem 1.2rem;}
.st-key-before_and_after > * {width: 100%; min-width: 0;}
[class*="st-key-ways_"] {gap: 0.2rem 1.2rem;}
[class*="st-key-ways_"] :is(a, button) {padding-left: 0; padding-right: 0;}
[class*="st-key-use_"] a {border: 1px solid #8a8f98; padding: 0.3rem 0.9rem;}
.st-key-best h3 {padding-top: 0;}
.st-key-best pre {padding: 0.5rem 0.75rem;}
.st-key-best table, .st-key-works table {margin-bottom: 0.3rem;}
.st-key-best :is(th, td), .st-key-works :is(th, td) {padding: 0.15rem 0.6rem; font-size: 0.875rem;}
.st-key-works [data-testid="stMarkdownContainer"] {overflow-x: auto;}
@media (max-width: 640px) {
  .st-key-before_and_after {gap: 0.4rem 0.6rem;}
  .st-key-works :is(th, td) {padding: 0.15rem 0.35rem;}}
</style>
"""
"""Both pictures stand side by side on a phone too, since they are to be compared."""


def before_and_after(store: Store, answer: Answer) -> None:
    """The circle by the question's settings and by those that work, the median run of each."""
    st.html(STYLE)
    panels = [("The question", answer.baseline.on(HARD))]
    if answer.best:
        panels.append((answer.best.title, answer.best.on(HARD)))
    shown = [_run(store, rate) for _, rate in panels]
    windows = windows_of({number: runs.real_points(run.config.dataset) for number, run in enumerate(shown) if run})
    with st.container(key="before_and_after"):
        for number, ((title, rate), run) in enumerate(zip(panels, shown, strict=True)):
            with st.container():
                mark = ":green[:material/check_circle:]" if 2 * rate.learned > rate.runs else ":red[:material/cancel:]"
                st.markdown(f"{mark} **{escaped(title)}**  \nlearned in **{_share(rate)}** runs")
                if run is None:
                    st.info(f"Its runs are not here. Train them with `gancore study run {rate.study}`.")
                    continue
                words = views.points_in_words(run, run.steps, title)
                real = runs.real_points(run.config.dataset)
                chart = figures.scatter(figures.thinned(real, REALS), run.final[:FAKES], window=windows[number])
                show_square(chart, f"points_{rate.variant}", words)
                st.caption(f"{views.closeness_of(run, run.metrics)} (seed\u00a0{run.config.seed})")
    near = near_in_words(run.config.dataset.support() for run in shown if run)
    st.caption(
        f":blue[●] real, :red[●] generated after {answer.baseline.config.steps:,} steps, {FAKES} points of the median "
        "run of each. " + (f"Near: {near}." if near else "")
    )


def _run(store: Store, rate: Rate) -> StoredRun | None:
    run = store.get(rate.run_id, rate.study)
    return runs.kept(run) if run else None


def best(answer: Answer) -> None:
    """The settings that work on all of the question's distributions, and what can be done with them."""
    way = answer.best
    if way is None:
        st.info("No settings in the finished studies learn the circle in most of their runs yet.")
        return
    with st.container(border=True, key="best", gap="small"):
        st.markdown(f"### What works: {escaped(way.title)}\n{escaped(way.sentence)}")
        lines = ["| Runs that learned | the question | this, the same everywhere |", "|:--|--:|--:|"]
        for before, after in zip(answer.baseline.rates, way.rates, strict=True):
            name = escaped(dataset_words(after.dataset))
            lines.append(f"| {name} | {_share(before)} | **{_share(after)}** :small[({_interval(after)})] |")
        st.markdown("\n".join(lines))
        if way.elsewhere:
            st.markdown(escaped(_elsewhere(way)))
        _actions(way, "best", fix=True)
        if way.recipe:
            st.code(f"gancore train --recipe {way.recipe} --seeds 4", language="bash")
        st.caption(
            escaped(f"Sets {way.words.replace(' + ', ', ')}; all else as in the question. In brackets: 95% intervals.")
        )


def _elsewhere(way: Way) -> str:
    """What it did on other distributions: each of a few by name, of many how many it learned."""
    if len(way.elsewhere) > 3:
        others = count(len(way.elsewhere), "other distribution")
        return f"It also learned {way.learns} of {others} in at least nine of ten runs."
    named = ", ".join(f"{dataset_words(rate.dataset)} {_share(rate)}" for rate in way.elsewhere)
    return f"Where it was tried besides: {named}."


def ways(answer: Answer) -> None:
    """The question's settings, the smallest change and the best recipe, with their rates on every distribution."""
    listed: list[tuple[str, str, Way]] = [("", "The question's settings", answer.baseline)]
    if answer.smallest:
        listed.append(("smallest", "The smallest change", answer.smallest))
    if answer.best and answer.best != answer.smallest:
        listed.append(("best", "The best recipe", answer.best))
    kinds = [dataset_words(rate.dataset) for rate in answer.baseline.rates]
    lines = [f"| | {' | '.join(map(escaped, kinds))} |", f"|:--|{'--:|' * len(kinds)}"]
    for _, name, way in listed:
        head = f"**{name}**" + (f" {escaped(way.title)}" if way.words else "")
        cells = [f"{_share(rate)} :small[({_interval(rate)})]" for rate in way.rates]
        lines.append(f"| {head} | {' | '.join(cells)} |")
    with st.container(key="works"):
        st.markdown("\n".join(lines), width=WIDE)
        st.caption("Runs that learned, with 95% intervals; the same settings on every distribution, one seed a run.")
    if answer.smallest and answer.smallest != answer.best:
        way = answer.smallest
        st.markdown(f"**The smallest change:** {escaped(way.words)}, in place of {escaped(way.instead)}.")
        _actions(way, "smallest")


def _actions(way: Way, key: str, fix: bool = False) -> None:
    """Ways on from settings: train them, take them as a script, or have one's own looked at."""
    with st.container(horizontal=True, vertical_alignment="center", key=f"ways_{key}"):
        with st.container(key=f"use_{key}", width="content"):
            link("Training", "Use it", way.settings)
        if st.button("Show the script", type="tertiary", icon=":material/code:", key=f"script_{key}"):
            st.dialog(escaped(way.title), width="large")(_script)(way.config, way.title)
        if fix:
            link_from(RunConfig(), "Fix mine")


def _share(rate: Rate) -> str:
    return fraction(rate.learned, rate.runs)


def _interval(rate: Rate) -> str:
    return f"{percent(rate.low)} to {percent(rate.high)}"


def _script(config: RunConfig, name: str) -> None:
    """The plain Keras script that trains settings without gancore; it is made when the dialog opens."""
    from gancore.export.script import script_text

    try:
        text = script_text(config)
    except ConfigError as error:
        st.info(f"{escaped(error)}. Train it with gancore instead:")
        st.code(train_command(config), language="bash", wrap_lines=True)
        return
    file = "".join(letter if letter.isalnum() else "-" for letter in name.lower())
    st.markdown("Plain Keras, which trains one run of these settings without gancore.")
    st.download_button("Download", text, f"{file}.py", "text/x-python", on_click="ignore", icon=":material/download:")
    st.code(text, language="python", height=420)


def why(answer: Answer) -> str:
    """Why the circle is hard, and whether it is out of reach of the question's settings."""
    return " ".join([answer.why, *_in_time(answer)])


def _in_time(answer: Answer) -> Iterator[str]:
    longer = answer.longer
    if longer and longer.steps > answer.baseline.config.steps:
        yield (
            f"So the circle is slow to learn rather than out of reach: with {longer.steps:,} steps and "
            f"nothing else changed, {longer.learned} of {count(longer.runs, 'run')} learned it."
        )
