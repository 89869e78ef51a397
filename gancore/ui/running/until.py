"""Run until decided, on a page: batches of seeds that the page asks for one by one, with a look after each."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import streamlit as st

from gancore import jobs
from gancore.analysis import run_table
from gancore.analysis.estimates import MIN_SEEDS
from gancore.analysis.sequential import EVERY, MAXIMUM, Look, Plan, ending, looks, next_look
from gancore.store import Store
from gancore.studies import Study
from gancore.studies.contents import contents_of
from gancore.studies.design import MAX_SEEDS
from gancore.ui.heavy import computed
from gancore.ui.running.later import set_later
from gancore.ui.selection import Selection
from gancore.ui.text import about, count, duration, escaped
from gancore.words import interval, signed

STATE = "until"
"""Where the visit keeps its sequence.

The page asks for the next batch itself when one ends: the looks follow from the stored runs alone, so nothing else has
to remember them, cancelling the job is all that it takes to stop, and no second process competes for memory. The plan
is kept in the visit rather than in the URL, because opening a link must never start training. So the page has to stay
open; without it the batch in training ends, and the same plan started again goes on from there.
"""


@dataclass(frozen=True)
class Sequence:
    """A plan under way in this visit."""

    study: str
    """The study's text, so that another one on the page is left alone."""
    plan: Plan
    deadline: float
    """Seconds since the epoch; the jobs keep to it by themselves."""
    job: str = ""
    """The last job that it submitted."""
    asked: int = 0
    """Seeds that job is for."""
    ended: str = ""
    """Why it ended, in a sentence; empty while it goes on."""


def button(store: Store, study: Study, disabled: bool) -> None:
    """The button that opens the choices, and starts."""
    with st.popover("Run until decided", icon=":material/all_inclusive:", disabled=disabled, key="until_open"):
        st.markdown("**Add seeds until the study is decided**")
        left, right = st.columns(2)
        with left:
            most = st.number_input("Maximum seeds", MIN_SEEDS, MAX_SEEDS, MAXIMUM, step=EVERY, key="until_most")
        with right:
            minutes = st.number_input("Maximum minutes", 1, 1_440, 30, key="until_minutes")
        wanted: list[int] = []
        if study.claims:
            names = {n: f"{n}. {claim.text}" for n, claim in enumerate(study.claims, start=1)}
            wanted = st.multiselect(
                "Stop when these are decided",
                list(names),
                format_func=lambda n: names[n],
                key="until_claims",
                placeholder="all claims",
            )
        else:
            others = any(arm.levels is None for arm in study.arms[1:])
            effects = ["all main effects"] if study.factors else []
            effects += ["all variants against the baseline"] if others else []
            st.caption(f"Stops when these are decided: {' and '.join(effects)}." if effects else "")
        every = min(EVERY, int(most))
        plan = Plan(int(most), every, tuple(sorted(wanted)))
        together = ", over all datasets together" if len(study.datasets) > 1 else ""
        st.caption(
            f"{plan.rule} The metric is w1_excess{together}. Keep this page open: it starts the next batch of "
            "seeds when one has finished. Cancel the job to stop; finished runs are kept."
        )
        if len(study.arms) < 2:
            st.caption("This study has only one variant, so there is nothing to decide.")
        elif st.button("Start", type="primary", icon=":material/play_arrow:", key="until_start"):
            st.session_state[STATE] = Sequence(study.to_toml(), plan, time.time() + 60 * int(minutes))
            st.rerun()


def under_way(study: Study) -> bool:
    """Whether this visit has a sequence for the study, going on or ended and not yet dismissed."""
    return _current(study) is not None


def go_on(store: Store, study: Study, active: bool) -> None:
    """Submits a sequence's next batch where the last one has ended and the rule says so; then the page runs again."""
    sequence = _current(study)
    if sequence is None or sequence.ended or active:
        return
    found = _looks(store, study, sequence.plan)
    seeds = next_look(sequence.plan, found)
    why = "" if not seeds else _reason_to_end(store, study, sequence, seeds)
    if not seeds or why:
        _end(sequence, f"{why} {ending(sequence.plan, found)}".strip())
        if not why and found:  # the page shows what decided
            set_later(seeds=found[-1].seeds)
            st.rerun()
        return
    label = f"{study.title}, until decided: {count(seeds, 'seed')}"
    job = jobs.submit(store, study.configs(seeds), label, deadline=sequence.deadline)
    st.session_state[STATE] = replace(sequence, job=job.job_id, asked=seeds)
    st.query_params["job"] = job.job_id
    set_later(seeds=seeds)
    st.rerun()


def standing(selection: Selection) -> None:
    """Where a sequence stands: the looks so far as a table, and why it ended."""
    store, study = selection.store, selection.study
    sequence = _current(study)
    if sequence is None:
        return
    plan = sequence.plan
    found = _looks(store, study, plan)
    with st.container(border=True, key="until_standing"):
        if sequence.ended:
            st.markdown(f"**Run until decided: stopped.** {escaped(sequence.ended)}")
        else:
            st.markdown(
                f"**Run until decided.** Training up to {count(sequence.asked, 'seed')} now, {plan.maximum} at most. "
                f"{escaped(ending(plan, found))}"
            )
        if found:
            st.dataframe(_rows(found[-1]), hide_index=True, height="content", key="until_looks")
        st.caption(
            f"{escaped(plan.rule)} The verdicts in this box are corrected for looking repeatedly; those further down "
            "the page assume a single look at the seeds that are there."
        )
        if sequence.ended:
            st.button("Dismiss", key="until_dismiss", on_click=_forget)


def _reason_to_end(store: Store, study: Study, sequence: Sequence, seeds: int) -> str:
    """Why the next batch must not start, in a sentence, or nothing."""
    left = sequence.deadline - time.time()
    job = jobs.get_job(store, sequence.job) if sequence.job else None
    if job is not None and job.progress().state == "cancelled":
        return "The time is up." if left <= 0 else "The job was cancelled."
    if sequence.asked == seeds:  # its job has ended, and yet something is missing
        reasons = "; ".join(dict.fromkeys(job.failures().values())) if job is not None else ""
        return f"Some runs could not be trained{f' ({reasons})' if reasons else ''}."
    seconds = jobs.estimate(store, study.configs(seeds))
    if seconds is None:
        return jobs.unavailable()
    if reason := jobs.refusal(store, study.configs(seeds)):
        return f"Nothing like this can be trained here ({reason})."
    if left <= 0:
        return "The time is up."
    if seconds > left:
        return f"Training up to {seeds} seeds takes {about(seconds)}; only {duration(left)} is left."
    return ""


def _current(study: Study) -> Sequence | None:
    """The sequence of this study in this visit."""
    sequence: Sequence | None = st.session_state.get(STATE)
    return sequence if sequence is not None and sequence.study == study.to_toml() else None


def _end(sequence: Sequence, why: str) -> None:
    st.session_state[STATE] = replace(sequence, ended=why)


def _forget() -> None:
    st.session_state.pop(STATE, None)


def _looks(store: Store, study: Study, plan: Plan) -> list[Look]:
    """The planned looks that the stored runs suffice for; computed once for the same runs."""
    return _computed(contents_of(store, study, plan.maximum), plan, store, study)


@computed("Deciding…", lambda have, plan, store, study: len(study.variants) * plan.maximum)
def _computed(have: tuple[str, ...], plan: Plan, _store: Store, _study: Study) -> list[Look]:
    return looks(_study, run_table(_store, _study, plan.maximum), plan)


def _rows(look: Look) -> list[dict[str, object]]:
    return [
        {
            "claim": decision.text,
            "verdict": decision.verdict,
            "change": signed(decision.estimate),
            "interval": interval(decision.low, decision.high, signed),
            "metric": decision.metric,
            "seeds": decision.seeds,
        }
        for decision in look.decisions
    ]
