"""The first page's answers: what to do, with the rates of the stored runs, and why the circle is hard."""

from __future__ import annotations

from collections.abc import Sequence

import streamlit as st

from gancore.analysis import runs_of
from gancore.analysis.behaviour import behaviour, why_harder
from gancore.analysis.recipes import Recipe, changed, recipes
from gancore.config import ConfigError, RunConfig
from gancore.store import BundleError, RunMissing, Store, StoredRun
from gancore.studies import Study, load_study, shipped_studies
from gancore.studies.commands import settings_of, train_command
from gancore.ui.ablation import verdicts
from gancore.ui.frame import link
from gancore.ui.text import count, escaped, percent

QUESTION = RunConfig()
"""The settings that the question fails with: the baseline on the circle."""
PROSE = 860
"""Pixels of a paragraph at most: longer lines are hard to follow."""
RECIPES = """
<style>
.st-key-recipes {display: grid; grid-template-columns: repeat(auto-fit, minmax(min(19rem, 100%), 1fr)); gap: 1rem;}
.st-key-recipes > * {width: 100%; height: 100%;}
.st-key-recipes [class*="st-key-recipe_ways"] {gap: 0.2rem 1.2rem;}
.st-key-recipes [class*="st-key-recipe_ways"] :is(a, button) {padding-left: 0; padding-right: 0;}
</style>
"""
"""As many side by side as fit, alike in height."""


def working(store: Store) -> list[Recipe]:
    """The settings that the shipped studies found to work on the circle, the simplest first."""
    studies = [load_study(name, store) for name in shipped_studies()]
    return recipes([(study, verdicts.analysis(store, study)) for study in studies], QUESTION)


def recipe_cards(working_settings: Sequence[Recipe]) -> None:
    """What to do: a card for each of the settings that work."""
    if not working_settings:
        st.info("No settings in the stored studies learn the circle in most of their runs yet.")
        return
    st.markdown("Settings that learned the circle in most of their runs, with everything else as in the question:")
    st.html(RECIPES)
    with st.container(key="recipes"):
        for number, recipe in enumerate(working_settings, start=1):
            with st.container(border=True, height="stretch", vertical_alignment="distribute"):
                with st.container(gap="xsmall"):
                    st.markdown(f"**{escaped(recipe.title)}**  \n{_rate(recipe)}")
                    st.caption(escaped(_in_place(recipe)))
                with st.container(horizontal=True, vertical_alignment="center", key=f"recipe_ways_{number}"):
                    link("Training", "Train this", settings_of(recipe.config))
                    if st.button(
                        "Show the script", type="tertiary", icon=":material/code:", key=f"recipe_script_{number}"
                    ):
                        st.dialog(escaped(recipe.title), width="large")(_script)(recipe)


def _rate(recipe: Recipe) -> str:
    return (
        f"learned in **{recipe.learned} of {recipe.runs}** runs "
        f":small[(95% interval {percent(recipe.low)} to {percent(recipe.high)})]"
    )


def _in_place(recipe: Recipe) -> str:
    """What the settings replace, and where they change the task itself."""
    text = f"In place of {recipe.instead}."
    return text if recipe.same_task else f"{text} This moves the real points too, so it is another circle."


def _script(recipe: Recipe) -> None:
    """The plain Keras script that trains these settings without gancore; it is made when the dialog opens."""
    from gancore.export.script import script_text

    try:
        text = script_text(recipe.config)
    except ConfigError as error:
        st.info(f"{escaped(error)}. Train it with gancore instead:")
        st.code(train_command(recipe.config), language="bash", wrap_lines=True)
        return
    name = f"{recipe.words.replace(' + ', '_').replace(' ', '-').replace(',', '')}.py"
    st.markdown("Plain Keras, which trains one run of these settings without gancore.")
    st.download_button("Download", text, name, "text/x-python", on_click="ignore", icon=":material/download:")
    st.code(text, language="python", height=420)


def why(
    store: Store, study: Study, easy: tuple[str, str], hard: tuple[str, str], working_settings: Sequence[Recipe]
) -> str:
    """Why one variant of a study is harder than another, from what their runs measured; empty where runs are missing.

    ``easy`` and ``hard``: the variant, and its dataset within a sentence.
    """
    stored = runs_of(store, study)
    runs = {name: [run for run in stored[name] if run] for name, _ in (easy, hard)}
    key = tuple((run.run_id, run.created) for name, _ in (easy, hard) for run in runs[name])
    text = _why(key, tuple((words, runs[name]) for name, words in (easy, hard)))
    longer = next((recipe for recipe in working_settings if changed(recipe.config, QUESTION) == ["steps"]), None)
    if text and longer and longer.config.steps > QUESTION.steps:
        text = (
            f"{text} So the circle is slow to learn rather than out of reach: with {longer.config.steps:,} steps and "
            f"nothing else changed, {longer.learned} of {count(longer.runs, 'run')} learned it."
        )
    return text


@st.cache_data(max_entries=8, show_spinner="Measuring the runs…")
def _why(have: tuple[tuple[str, str], ...], _runs: tuple[tuple[str, list[StoredRun]], ...]) -> str:
    try:
        easy, hard = (behaviour(words, runs) for words, runs in _runs)
    except (RunMissing, BundleError):  # damaged, which only reading shows; the store has said so
        return ""
    return " ".join(why_harder(easy, hard)) if easy and hard else ""
