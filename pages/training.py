"""Training: choose settings, watch a few seeds learn, and look at what they became."""

from __future__ import annotations

import streamlit as st

from gancore.ui.frame import link, setup

store = setup("Training")
st.title("Training")

from gancore import figures, jobs, metrics
from gancore.analysis.scored import scored_otherwise
from gancore.studies import label_of
from gancore.studies.commands import train_command
from gancore.ui import arrival, builder, runs, stepping, url, views
from gancore.ui.form import config_form, prepare, url_checks
from gancore.ui.text import count, duration, escaped
from gancore.ui.training import branching, changing, export, fixing, progress, recipes, why

SEEDS = 16

prepare()
arrival.restore(numbers={"seeds": url.whole(1, SEEDS)})
url.check(
    url_checks()
    | {
        "seeds": url.whole(1, SEEDS),
        "shown": url.whole(0, SEEDS - 1),
        "step": url.whole(0, 1_000_000),
    }
    | progress.PARAMETERS
    | fixing.PARAMETERS
    | stepping.PARAMETERS
)

refusal = cannot = progress.reason_not_to_train(store)
if not cannot:
    jobs.warm(store)
job = progress.current_job(store)
active = job is not None and job.progress().active

settings, view = st.columns([4, 8], gap="large")

with settings:
    place = st.container()
    form = config_form(marked=True)
    recipes.section(place, form)
    changing.chosen(form)
    seeds = st.slider(
        "Number of seeds", 1, SEEDS, 4, key="seeds", bind="query-params", help="One run is trained per seed: 0, 1, 2, …"
    )
    configs = runs.with_seeds(form.config, seeds)
    missing = [] if form.errors else [config for config in configs if config.run_id not in store]
    refusal = refusal or progress.reason_not_to_train(store, missing)
    label = f"{label_of(form.config, [])}, {count(seeds, 'seed')}"
    busy = active and {config.run_id for config in missing} <= set(job.run_ids) if job else False
    done = "Train" if form.errors else "All of these runs are trained"
    button = f"Train {count(len(missing), 'run')}" if missing else done
    blocked = bool(refusal or form.errors or not missing or busy)
    if st.button(button, type="primary", icon=":material/play_arrow:", disabled=blocked, key="start"):
        progress.start(store, configs, label)
    if form.errors:
        st.error(escaped("Training cannot start. " + ". ".join(form.errors) + "."))
    elif refusal and missing:
        st.info(escaped(refusal))
    elif missing and not busy:
        st.caption(progress.standing(store, seeds, missing))
    elif not missing:
        st.caption("To train more, change a setting or add seeds.")
    for sentence in [] if form.errors else form.config.warnings():
        st.warning(escaped(sentence))
    if not form.errors:
        with st.container(horizontal=True, vertical_alignment="center"):
            export.script_button(form.config)
            builder.link_from(form.config, seeds)
            fixing.button(bool(cannot))
            stepping.button(bool(form.errors))
        link("Why it circles", "Why does it circle? The smallest GAN shows it")

with view:
    if stepping.section(store, None if form.errors else form.config):
        if job is not None and active:
            progress.watch(store, job)
        st.stop()
    if fixing.section(store, None if form.errors else form.config, cannot):
        st.stop()
    if job is not None:
        if active:
            progress.settings(job, form.config)
            changing.section(job, form.config)
            progress.watch(store, job, live=True)
            why.live(store, job)
            st.stop()
        progress.outcome(job)

    trained = {config.seed: run for config in configs if (run := runs.stored(store, config))}
    closest = None if trained else runs.nearest(store, form.config)
    note = ""
    if closest:
        note = runs.differences(closest.config, form.config)
        trained = {closest.config.seed: closest}
    if not trained:
        st.info("No finished run is stored here yet. Press Train, or run `gancore train --seeds 4`.")
        st.stop()
    seed = st.segmented_control(
        "Seed", list(trained), default=next(iter(trained)), key="shown", bind="query-params", required=True
    )
    run = trained.get(seed if seed is not None else 0) or next(iter(trained.values()))
    runs.say_lacking([run.config])
    views.run_view(run, note, below=branching.section(store, seeds, bool(refusal)))
    why.section(run, bool(note))

    st.header("Metrics of the nearest run at the end of training" if note else "Metrics at the end of training")
    lacking = metrics.lacking(run.config.dataset)
    references = runs.references_of(store, run.config.dataset)
    st.caption("Beside each stands what fresh real points score. The Data page explains each metric.")
    st.dataframe(
        figures.metric_rows(run.metrics, references, metrics.METRICS, lacking=lacking),
        hide_index=True,
        height="content",
        column_config=views.metric_columns(),
    )
    if sentence := scored_otherwise([run.metrics_version]):
        st.warning(escaped(sentence))
    if lacking:
        st.caption(escaped(metrics.lacking_in_words(lacking)))
    with st.expander("Reproduce this run", key="reproduce"):
        st.code(train_command(run.config), language="bash", wrap_lines=True)
        versions = ", ".join(f"{name} {version}" for name, version in run.versions.items())
        st.markdown(
            f"Run `{run.run_id}`  \n{escaped(run.status)} after {run.steps:,} steps in "
            f"{duration(run.seconds)} with {escaped(versions)}; from {escaped(run.source)}."
        )
        with st.container(horizontal=True):
            st.download_button(
                "Config (JSON)", runs.config_json(run.config), f"{run.run_id[:12]}.json", "application/json"
            )
            if run.config != form.config:
                export.script_button(run.config, f"Keras script of this run, seed {run.config.seed}", "run_script")
            export.keras_button(store, run)
