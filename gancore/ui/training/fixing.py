"""What fixes this: a search for the smallest change that makes the form's settings learn, live and with its proof.

The search is kept in the store, and says of the stored runs what it needs next: the page submits that as a job when the
last one has ended. So a reload, another page or another day goes on with it, and opening a link starts nothing.
"""

from __future__ import annotations

import streamlit as st

from gancore import jobs
from gancore.config import ConfigError, RunConfig, flatten, quoted
from gancore.fixing import Question, Search, Standing, conclusion, kept, proof, question, read_question
from gancore.fixing.drive import stage_words, submit
from gancore.fixing.events import event_words
from gancore.fixing.report import Row, offers, rows
from gancore.fixing.sentences import explanation
from gancore.store import Store
from gancore.studies import encode_study
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
            return _search(Search(store, asked), refusal)
        if form is None:
            st.caption("The settings in the form are not complete.")
        else:
            _begin(store, form, refusal)
    return False


def _close() -> None:
    st.query_params.pop(PARAMETER, None)


def _begin(store: Store, form: RunConfig, refusal: str) -> None:
    """What may be changed, and the button that starts."""
    groups = [path for path in dict.fromkeys(path.partition(".")[0] for path in flatten(form)) if path not in _TASK]
    locked = st.multiselect(
        "Leave as they are",
        groups,
        format_func=setting_in_words,
        key="fix_locked",
        placeholder="nothing: all may change",
    )
    equal = st.segmented_control(
        "Every change may use",
        ["steps", "cost"],
        default="steps",
        format_func={"steps": "as many steps", "cost": "as much arithmetic"}.__getitem__,
        key="fix_equal",
        required=True,
    )
    try:
        asked = question(form, locked, "cost" if equal == "cost" else "steps")
    except ConfigError as error:
        st.error(escaped(error))
        return
    search = Search(store, asked)
    singles = sum(one.kind == "setting" for one in asked.candidates)
    st.caption(
        f"{count(singles, 'single change')} and {count(len(asked.candidates) - singles, 'recipe')} are tried, few "
        f"seeds first. What learns is then trained on {search.rules.fresh} seeds that the race never saw, and only "
        f"those say how often. All of them on 10 seeds each would be {search.full_comparison():,} steps in all; a race "
        "takes a part of that. Keep a page with it open: it starts the next runs when a round ends."
    )
    if refusal:
        st.info(escaped(refusal))
    if st.button(
        "Start the search", type="primary", icon=":material/play_arrow:", key="fix_start", disabled=bool(refusal)
    ):
        Search(store, kept(store, asked)).set_going(True)
        st.query_params[PARAMETER] = asked.question_id
        st.rerun()


def _search(search: Search, refusal: str) -> bool:
    """A search: its race and job, or its answer; whether a job is at work for it."""
    stand, active = search.standing(), False
    st.markdown(f"**Start:** {escaped(_start_in_words(search.question))}")
    if stand.answer is not None:
        _answer(search, stand)
    else:
        active = _go_on(search, stand, refusal)
    _race(search, stand)
    return active


def _go_on(search: Search, stand: Standing, refusal: str) -> bool:
    """The job of the round that it waits for, or the next one, where the last has ended; whether it is at work."""
    configs = search.configs(stand.missing)
    job = progress.current_job(search.store, [config.run_id for config in configs])
    active = job is not None and job.progress().active
    if active and job is not None:
        st.caption(f"Now: {stage_words(stand)}, {count(len({trial.key for trial in stand.missing}), 'configuration')}.")
        progress.watch(search.store, job)
        return True
    why = refusal
    if search.question.going and job is not None:
        why = why or _reason_to_stop(search, stand, job)
        progress.leave(job)
        job.dismiss()
    if search.question.going and not why:
        made = submit(search, stand)
        st.query_params["job"] = made.job_id
        st.rerun()
    if search.question.going:
        search.set_going(False)
    st.info(escaped(f"The search stands still. {why}".strip()) if why else "The search stands still.")
    for sentence in conclusion(search, stand, "the search stands still")[1:]:
        st.markdown(escaped(sentence))
    st.button(
        "Go on", type="primary", icon=":material/play_arrow:", key="fix_go_on", disabled=bool(refusal),
        on_click=search.set_going, args=(True,),
    )  # fmt: skip
    return False


def _reason_to_stop(search: Search, stand: Standing, job: jobs.Job) -> str:
    """Why the next round must not start after this job, in a sentence, or nothing."""
    state = job.progress().state
    if state == "cancelled":
        return "Its job was cancelled."
    failures = job.failures()
    if failures and len(failures) < len(stand.missing):
        search.give_up(failures)
        return ""
    return f"Its runs could not be trained ({'; '.join(dict.fromkeys(failures.values()))})." if failures else ""


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
    from gancore.studies import label_of

    locked = f"; left as they are: {', '.join(asked.locked)}" if asked.locked else ""
    return f"{label_of(asked.config)}{locked}"


_TASK = ("dataset", "seed", "log_every", "snapshot_every")
