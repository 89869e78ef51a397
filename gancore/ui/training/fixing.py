"""What fixes this: a search for the smallest change that makes the form's settings learn, live and with its proof.

The search is kept in the store and goes on in a process of its own, whether a page is open or not; a page that shows
one whose process was killed starts it again, and one that was stopped stands still until it is asked to go on.

Links are of the Training page: ``?fix=ask`` beside settings (``link_from``) asks what fixes those, ``?fix=ID`` shows
the search with that id. Following one begins no search.
"""

from __future__ import annotations

import streamlit as st

from gancore.config import ConfigError, RunConfig, flatten, quoted
from gancore.fixing import (
    Budget,
    Question,
    Search,
    Standing,
    background,
    conclusion,
    kept,
    proof,
    question,
    questions,
    read_question,
)
from gancore.fixing.candidates import TASK
from gancore.fixing.drive import MOST_MINUTES, MOST_RUN_STEPS, jobs_of, least, stage_words
from gancore.fixing.events import event_words
from gancore.fixing.forecast import forecast
from gancore.fixing.report import Row, offers, rows
from gancore.fixing.sentences import equal_words, explanation, forecast_words
from gancore.store import Store, StoreError
from gancore.studies import encode_study, label_of
from gancore.studies.commands import settings_of
from gancore.ui.frame import link
from gancore.ui.text import count, escaped
from gancore.ui.training import export, progress
from gancore.ui.url import Check, anything
from gancore.words import interval, number, setting_in_words, signed

PARAMETER = "fix"
ASK = "ask"
"""What the parameter says where the form's settings are to be asked about."""
PARAMETERS: dict[str, Check] = {PARAMETER: anything}
"""URL parameter → check; ``section`` says so where no such search is known."""


MINUTES, STEPS = "Minutes at most", "Steps in all, at most"
MOST_EARLIER = 8
"""Earlier searches that are listed."""
BETWEEN = 1.0
"""Seconds between looks for the next round's job."""


def link_from(config: RunConfig, words: str = "What fixes this?") -> None:
    """A link to the Training page with these settings, where the search begins."""
    link("Training", words, settings_of(config) | {PARAMETER: ASK})


def button(disabled: bool) -> None:
    """The button that opens the section for the form's settings."""
    st.button(
        "What fixes this?",
        icon=":material/healing:",
        key="fix_open",
        disabled=disabled,
        on_click=st.query_params.update,
        args=({PARAMETER: ASK},),
        help="Searches for the smallest change that makes these settings learn: one setting, else two, else a recipe.",
    )


def section(store: Store, form: RunConfig | None, refusal: str) -> bool:
    """The search that the address names, or the choices to begin one for the form; whether it shows a job at work."""
    wanted = st.query_params.get(PARAMETER)
    if wanted is None:
        return False
    asked = None if wanted == ASK else read_question(store, wanted)
    if wanted != ASK and asked is None:
        st.warning(escaped(f"fix: {quoted(wanted)} is no search of this store."), icon=":material/link_off:")
        del st.query_params[PARAMETER]
        return False
    with st.container(border=True, key="fixing"):
        heading, close = st.columns([6, 1], vertical_alignment="center")
        heading.subheader("What fixes this?")
        close.button("Close", key="fix_close", on_click=_close)
        if asked is not None:
            try:
                return _search(Search(store, asked), refusal)
            except ConfigError as error:  # a change of it needs what this version, or a plug-in, no longer has
                st.error(escaped(error))
                return False
        if form is None:
            st.caption("The settings in the form are not complete.")
        else:
            _begin(store, form, refusal)
    return False


def _close() -> None:
    st.query_params.pop(PARAMETER, None)


def _begin(store: Store, form: RunConfig, refusal: str) -> None:
    """What may be changed, how far it may go, and the button that starts."""
    locked = st.multiselect(
        "Leave as they are",
        _settings(form),
        format_func=setting_in_words,
        key="fix_locked",
        placeholder="nothing: all may change",
        help="A group, such as the generator, or single settings. What is left out may change.",
    )
    with st.container(horizontal=True, vertical_alignment="bottom"):
        equal = st.segmented_control(
            "Every change may use",
            ["steps", "cost"],
            default="steps",
            format_func={"steps": "as many steps", "cost": "as much arithmetic"}.__getitem__,
            key="fix_equal",
            required=True,
            help="As many steps as the start, whatever they cost; or as many as cost what the start's cost.",
        )
        minutes = st.number_input(
            MINUTES, 1, MOST_MINUTES, None, placeholder="no limit", key="fix_minutes", width=150,
            help="It stops then, and goes on from there when it is asked to.",
        )  # fmt: skip
        steps = st.number_input(
            STEPS, 1, MOST_RUN_STEPS, None, placeholder="no limit", key="fix_steps", width=190,
            help="Steps of all runs together.",
        )  # fmt: skip
    try:
        asked = question(form, locked, "cost" if equal == "cost" else "steps")
    except ConfigError as error:
        st.error(escaped(error.named({"lock": "Leave as they are"})))
        return
    search = Search(store, asked)
    singles = sum(one.kind == "setting" for one in asked.candidates)
    st.caption(
        f"{count(singles, 'single change')} and {count(len(asked.candidates) - singles, 'recipe')} are tried, few "
        f"seeds first. What learns is then trained on {search.rules.fresh} seeds that the race never saw, and only "
        f"those say how often. All of them on 10 seeds each would be {search.full_comparison():,} steps in all; a race "
        f"takes a part of that, {search.run_steps(least(search)):,} at least. It goes on when this page is closed."
    )
    if refusal:
        st.info(escaped(refusal))
    if st.button(
        "Start the search", type="primary", icon=":material/play_arrow:", key="fix_start", disabled=bool(refusal)
    ):
        try:
            budget = Budget(None if minutes is None else 60.0 * minutes, None if steps is None else int(steps))
            background.begin(Search(store, kept(store, asked)), budget)
        except ConfigError as error:
            st.error(escaped(error.named({"budget": MINUTES, "run_steps": STEPS})))
        except (StoreError, OSError) as error:
            st.error(escaped(error))
        else:
            st.query_params[PARAMETER] = asked.question_id
            st.rerun()
    _earlier(store)


def _settings(form: RunConfig) -> list[str]:
    """Groups of settings, then single ones, that a search may change."""
    paths = [path for path in flatten(form) if path.partition(".")[0] not in TASK]
    return list(dict.fromkeys([*(path.partition(".")[0] for path in paths), *paths]))


def _earlier(store: Store) -> None:
    """The searches that the store keeps, so that each is found again."""
    known = questions(store)
    if not known:
        return
    with st.expander(f"Earlier searches ({len(known)})", key="fix_earlier"):
        for asked in known[:MOST_EARLIER]:
            state = "going on" if asked.going else asked.stopped or "ended"
            link(
                "Training",
                escaped(f"{_start_in_words(asked)} ({state}; {asked.created[:10]})"),
                {PARAMETER: asked.question_id},
            )


def _search(search: Search, refusal: str) -> bool:
    """A search: its race and job, or its answer; whether a job is at work for it."""
    stand, active = search.standing(), False
    equal = equal_words(search.question)
    st.markdown(f"**Start:** {escaped(_start_in_words(search.question))} :small[· every change may use {equal}]")
    if stand.answer is not None:
        _answer(search, stand)
    else:
        active = _go_on(search, stand, refusal)
    _race(search, stand)
    return active


def _go_on(search: Search, stand: Standing, refusal: str) -> bool:
    """The job of the round that it waits for, while it goes on; whether it does."""
    if (not refusal and background.carry_on(search)) or background.at_work(search):
        job = progress.current_job(search.store, [config.run_id for config in search.configs(stand.missing)])
        names = count(len({trial.key for trial in stand.missing}), "configuration")
        left = forecast(search, stand)
        st.caption(f"Now: {stage_words(stand)}, {names}. {forecast_words(left)}".strip())
        if job is not None and job.progress().active:
            progress.watch(search.store, job)  # its Cancel stops the search too
        else:
            st.button(
                "Stop the search", icon=":material/stop:", key="fix_stop", on_click=background.stop,
                args=(search,), help="Finished runs are kept, and it can go on from there.",
            )  # fmt: skip
            st.fragment(_between, run_every=BETWEEN)(search.store, search.question.question_id, len(stand.known))
        return True
    why = refusal or search.question.stopped
    st.info(f"The search stands still{f': {escaped(why)}' if why else ''}.")
    for sentence in conclusion(search, stand, "the search stands still")[1:]:
        st.markdown(escaped(sentence))
    if st.button("Go on", type="primary", icon=":material/play_arrow:", key="fix_go_on", disabled=bool(refusal)):
        try:
            background.begin(search, Budget())
        except (ConfigError, StoreError, OSError) as error:
            st.error(escaped(error))
        else:
            st.rerun()
    return False


def _between(store: Store, question_id: str, known: int) -> None:
    """Waits for the next round's job, then has the whole page run once more."""
    asked = read_question(store, question_id)
    search = None if asked is None else Search(store, asked)
    if search is None or any(job.progress(watching=False).active for job in jobs_of(search)):
        st.rerun()
    if not (background.carry_on(search) or background.at_work(search)) or len(search.standing().known) != known:
        st.rerun()
    st.caption(":material/hourglass_top: The next round is being prepared.")


def _answer(search: Search, stand: Standing) -> None:
    """The answer, what it did to the diagnosis, and what to do with it."""
    answer = stand.answer
    assert answer is not None
    first, *others = conclusion(search, stand)
    (st.success if answer.verdict == "fix" else st.info)(escaped(first))
    for sentence in [*others, *explanation(search, stand)]:
        st.markdown(f"- {escaped(sentence)}")
    study = proof(search, stand)
    with st.container(horizontal=True, vertical_alignment="center"):
        if answer.verdict == "fix":
            link("Training", "Use it", settings_of(search.config(answer.winner)))
            export.script_button(search.config(answer.winner), "Keras script of the fixed GAN", "fix_script")
        for offer in offers(search.start) if answer.verdict == "learns" else []:
            link("Training", f"Try {offer.words}", settings_of(offer.config))
        if study is not None and all(search.store.get(c.run_id) for c in study.configs()):
            try:
                link("Ablation", "Open the proof", {"study": "own", "design": encode_study(study)})
            except ConfigError as error:
                st.caption(escaped(error))


def _race(search: Search, stand: Standing) -> None:
    """What each change did, as a table, and what was decided when."""
    tried = rows(search, stand)
    if tried:
        st.dataframe(
            [_cells(row) for row in tried],
            hide_index=True,
            height="content",
            key="fix_rows",
            alt="What each change did in the race, beside the start on the same seeds",
        )
        st.caption(
            "Runs of the race, on the same seeds as the start; change is that of w1_excess with its 95% interval. They "
            "chose what to confirm, so they are no success rates."
        )
    decided = [event for event in stand.events if event.what not in ("races", "began")]
    if decided:
        with st.expander(f"What was decided ({len(decided)})", key="fix_events"):
            st.markdown("\n".join(f"- {escaped(event_words(search, event))}" for event in decided))


def _cells(row: Row) -> dict[str, str]:
    runs = f"{row.rate.learned} of {row.rate.runs}" if row.rate.runs else "–"
    return {
        "what is changed": row.label,
        "learned": f"{runs} (half the steps)" if row.length == "short" else runs,
        "change": signed(row.change),
        "interval": interval(row.low, row.high, signed),
        "cost of a run": f"{number(row.cost, 2)}×",
        "in the race": row.ended or "racing",
        "source": row.source,
    }


def _start_in_words(asked: Question) -> str:
    locked = f"; left as they are: {', '.join(asked.locked)}" if asked.locked else ""
    return f"{label_of(asked.config)}{locked}"
