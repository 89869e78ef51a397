"""A job on the page: progress, pause, resume, cancel, and what is being learned right now."""

from __future__ import annotations

import time
from collections.abc import Sequence
from functools import partial

import streamlit as st

from gancore import figures, jobs
from gancore.config import RunConfig, differing, quoted
from gancore.jobs import Job, Progress
from gancore.store import Store
from gancore.studies import label_of
from gancore.studies.labels import changes_by_step
from gancore.ui.runs import at_hand, differences, snapshot, stored
from gancore.ui.show import show
from gancore.ui.text import about, count, escaped
from gancore.ui.url import Check, anything
from gancore.ui.views import has_accuracy, key_of, why_no_accuracy
from gancore.words import whole

LOOK_BACK = 10
"""Newest jobs that are asked whether they still run."""
EVERY = 0.7
"""Seconds between looks at a running job."""
MANY, EVERY_OF_MANY = 100, 1.4
"""Runs from which a job is looked at less often: it takes minutes at least, and its list of runs is long to send."""
REDRAW = 10.0
"""Seconds between two times that a page shows what was stored meanwhile."""
MOST_NAMED = 3
"""Configurations of a job that are named."""
BUTTON = 120
"""Width of a job's buttons in pixels."""
PARAMETERS: dict[str, Check] = {"job": anything}
"""URL parameter → check; ``current_job`` says so where no such job is known."""


def current_job(store: Store, run_ids: Sequence[str] | None = None) -> Job | None:
    """The job that this page shows: the one in the URL, else the newest that is active (or ended badly).

    With ``run_ids`` only jobs that share a run with them count; another one is taken out of the URL.
    """
    wanted = None if run_ids is None else set(run_ids)
    asked = st.query_params.get("job")
    if asked:
        job = jobs.get_job(store, asked)
        if job and (wanted is None or wanted.intersection(job.run_ids)):
            return job
        if not job:
            st.warning(escaped(f"job: {quoted(asked)} is not known here; the page shows what is stored."))
        del st.query_params["job"]
    known = [job for job in jobs.list_jobs(store) if wanted is None or wanted.intersection(job.run_ids)]
    return next((job for job in known[:LOOK_BACK] if job.progress().active), None) or next(iter(known), None)


def start(store: Store, configs: Sequence[RunConfig], label: str) -> None:
    """Submits the configs as a job, puts it into the URL and shows it; what takes days is asked for first."""
    seconds = jobs.estimate(store, configs)
    if seconds is not None and seconds >= jobs.LONG:
        st.dialog("Training takes days")(_ask)(store, configs, label, seconds)
    else:
        _submit(store, configs, label)


def _ask(store: Store, configs: Sequence[RunConfig], label: str, seconds: float) -> None:
    missing = sum(config.run_id not in store for config in configs)
    st.markdown(
        f"Training {count(missing, 'run')} takes **{about(seconds)}** here. It goes on when this page is closed. "
        "You can pause or cancel it at any time; finished runs are kept."
    )
    with st.container(horizontal=True):
        if st.button("Start", type="primary", icon=":material/play_arrow:", key="start_days"):
            _submit(store, configs, label)
        if st.button("Do not start", key="start_not"):
            st.rerun()


def _submit(store: Store, configs: Sequence[RunConfig], label: str) -> None:
    job = jobs.submit(store, configs, label)
    st.query_params["job"] = job.job_id
    st.rerun()


def reason_not_to_train(store: Store, configs: Sequence[RunConfig] = ()) -> str:
    """Why nothing, or nothing like these, can be trained here, or an empty text."""
    if not jobs.available():
        return jobs.unavailable()
    try:
        store.writable_or_error()
    except ValueError as error:
        return str(error)
    return jobs.refusal(store, configs)


def standing(store: Store, total: int, missing: Sequence[RunConfig]) -> str:
    """How many of so many runs are stored, and how long the missing ones take."""
    stored = total - len(missing)
    return f"{stored} of {count(total, 'run')} finished; {cost(store, missing, stored)}."


def cost(store: Store, missing: Sequence[RunConfig], stored: int) -> str:
    """How long training the missing runs takes here, as the rest of a sentence on how many are stored."""
    seconds, n = jobs.estimate(store, missing), len(missing)
    which = (f"the other {n}" if stored else f"all {n}") if n > 1 else ("the other one" if stored else "it")
    take = "take" if n > 1 else "takes"
    if seconds is None:
        return f"how long {which} {take} here is not known"
    text = f"{which} {take} {about(seconds)} here"
    return text if seconds < jobs.LONG else f":orange[{text}]"


def watch(store: Store, job: Job, live: bool = False, redraw: bool = False) -> None:
    """Shows a job until it ends, looking again about every second; then the whole page runs once more.

    With ``redraw`` it also does so on the way, every REDRAW seconds if runs were stored meanwhile.
    """
    drawn = job.progress().done if redraw else None
    every = EVERY if len(job.run_ids) < MANY else EVERY_OF_MANY
    st.fragment(_watch, run_every=every)(store, job, live, drawn, time.monotonic())


def outcome(job: Job) -> None:
    """How a job ended, if it did not simply finish, with a button that puts the message away."""
    said = said_of(job)
    if said is None:
        leave(job)  # a link to what is stored now needs no job, which another machine would not know
        return
    failed, text = said
    message, button = st.columns([6, 1], vertical_alignment="center")
    with message:
        (st.error if failed else st.info)(escaped(text))
    with button:
        st.button("Dismiss", key=f"dismiss_{job.job_id}", on_click=_dismiss, args=(job,))


def said_of(job: Job) -> tuple[bool, str] | None:
    """Whether runs of an ended job failed, and how it ended in a sentence; None where it simply finished."""
    progress, failures = job.progress(), job.failures()
    if progress.state not in ("cancelled", "failed") and not failures and not progress.diverged:
        return None
    kept = f"{count(progress.done, 'finished run')} of {progress.total} {'is' if progress.done == 1 else 'are'} kept"
    if progress.state == "cancelled":
        return False, f"{job.label}: cancelled; {kept}. Start again to train the rest."
    if progress.state == "failed" or failures:
        reasons = "; ".join(dict.fromkeys(failures.values())) or progress.message
        return True, f"{job.label}: {count(progress.failed, 'run')} failed ({reasons}); {kept}."
    return False, f"{job.label}: {count(progress.diverged, 'run')} diverged (a loss or weight was no longer finite)."


def settings(job: Job, form: RunConfig | None = None) -> None:
    """What a job trains: its settings that differ from the baseline; and that the form asks for something else."""
    names = list(dict.fromkeys(label_of(config, []) for config in job.configs))
    seeds = sorted({config.seed for config in job.configs})
    shown = "; ".join(names[:MOST_NAMED]) + (f"; and {len(names) - MOST_NAMED} more" if len(names) > MOST_NAMED else "")
    numbers = f"seed {seeds[0]}" if len(seeds) == 1 else f"{len(seeds)} seeds ({seeds[0]} to {seeds[-1]})"
    st.markdown(f"**This job trains:** {escaped(shown)} :small[· {numbers}]")
    others = {config.model_copy(update={"seed": 0}).run_id: config for config in job.configs}
    if form is not None and form.model_copy(update={"seed": 0}).run_id not in others:
        apart = differences(next(iter(others.values())), form)
        st.info(
            f"The settings in the form are not this job's. The job has {escaped(apart)}.",
            icon=":material/difference:",
        )


def leave(job: Job) -> None:
    """Takes a job out of the URL."""
    if st.query_params.get("job") == job.job_id:
        del st.query_params["job"]


def _dismiss(job: Job) -> None:
    job.dismiss()
    leave(job)


def _watch(store: Store, job: Job, live: bool, drawn: int | None, began: float) -> None:
    progress = job.progress()
    more = drawn is not None and progress.done > drawn and time.monotonic() - began >= REDRAW
    if more or not progress.active:
        st.rerun()
    # The buttons come first: below the bar they would move whenever its words wrap, and a click could miss them.
    with st.container(horizontal=True, vertical_alignment="center", key="job_buttons"):
        # Cancel first, so that it does not move under the pointer while Resume takes the place of Pause.
        st.button("Cancel", icon=":material/stop:", on_click=job.cancel, width=BUTTON, key=f"cancel_{job.job_id}")
        paused = progress.state == "paused"
        label, icon, ask = ("Resume", "play_arrow", job.resume) if paused else ("Pause", "pause", job.pause)
        st.button(label, icon=f":material/{icon}:", on_click=ask, width=BUTTON, key=f"{label}_{job.job_id}")
        st.caption("Finished runs are kept if you cancel. Training continues if you close this page.")
    share = progress.steps_done / progress.steps_total if progress.steps_total else 0.0
    st.progress(min(max(share, 0.0), 1.0), escaped(f"{job.label} · {in_words(progress)}"))
    if live:
        _live(store, job)


def in_words(progress: Progress) -> str:
    """One line: runs done, speed and time left."""
    parts = [progress.message or progress.state, f"{progress.done} of {count(progress.total, 'run')} done"]
    if progress.state == "running" and progress.steps_per_second:
        parts.append(f"{whole(progress.steps_per_second)} steps/s")
    if progress.seconds_left is not None:
        parts.append(f"{about(progress.seconds_left)} left")
    if progress.diverged:
        parts.append(f"{progress.diverged} diverged")
    return " · ".join(parts)


def _live(store: Store, job: Job) -> None:
    """The chosen run of the job as it is now: points, losses and accuracies."""
    configs = list(job.configs)
    names = _names(job.job_id, configs)
    label_at = partial(_name, names)
    shown = jobs.in_view(store, frozenset(job.run_ids))
    first = next((i for i, run_id in enumerate(job.run_ids) if run_id in shown), 0)
    if len(configs) <= 8:
        chosen = st.segmented_control(
            "Run", range(len(configs)), default=first, format_func=label_at, required=True, key=f"live_{job.job_id}"
        )
    else:
        chosen = st.selectbox("Run", range(len(configs)), first, format_func=label_at, key=f"live_{job.job_id}")
    config = configs[chosen or 0]
    now, done = jobs.live(store, config.run_id), None
    if now is None:
        done = stored(store, config)
    if now is not None:
        history, fake, step, at = now.history, now.points, now.step, now.snapshot_step
    elif done is not None:
        (fake, at), history, step = snapshot(done, done.steps), done.history, done.steps
    else:
        history, fake, step, at = None, None, 0, 0
    left, right = st.columns([5, 7], gap="medium")
    with left:
        st.markdown(f"**Step {at:,}** :small[{key_of(config)}]")
        show(
            figures.scatter(at_hand(config.dataset), fake, side=262, units=config.dataset.own_units()),
            key="live_scatter",
        )
    with right:
        if history is None or history.empty:
            st.caption("The curves appear with the first logged step. Compiling takes the first few seconds.")
            return
        if has_accuracy(history):
            st.markdown(f"**Discriminator accuracy, and losses, up to step {step:,}**")
            drawn = figures.accuracy(history, steps=config.steps, height=190, changes=changes_by_step(config))
            show(drawn, key="live_accuracy", stretch=True)
        else:
            st.markdown(f"**Losses up to step {step:,}**")
            st.caption(why_no_accuracy(config))
        drawn = figures.losses(history, steps=config.steps, height=190, changes=changes_by_step(config))
        show(drawn, key="live_losses", stretch=True)


@st.cache_data(max_entries=32, show_spinner=False)
def _names(job_id: str, _configs: Sequence[RunConfig]) -> list[str]:
    """A short name for each run of a job: what differs, and the seed; made once, because a job's runs stay the same."""
    same = not differing(_configs)
    return [f"seed {c.seed}" if same else f"{label_of(c, _configs)}, seed {c.seed}" for c in _configs]


def _name(names: Sequence[str], index: int) -> str:
    return names[index] if index < len(names) else ""
