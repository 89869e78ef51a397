"""gancore jobs: look at what is being trained, stop it, and go on with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import typer

from gancore.cli.common import JsonOption, StoreOption, print_json, print_table
from gancore.config import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

    from gancore.jobs import Job

app = typer.Typer(
    help="List, cancel, resume and remove jobs: what pages and commands have asked to be trained.",
    no_args_is_help=True,
)
IdsArgument = Annotated[list[str], typer.Argument(metavar="ID...", help="Ids of jobs, or 4 or more of their digits.")]


@app.command("list")
def list_jobs(store: StoreOption = None, as_json: JsonOption = False) -> None:
    """List the jobs of a store, the newest last.

    A job trains on when its page is closed or its command is killed; then it is "unwatched", and workers come to it
    after the jobs that are watched. Jobs that are alike in this take turns.
    """
    from gancore.jobs import list_jobs
    from gancore.store import Store
    from gancore.words import about

    rows = []
    for job in list_jobs(Store.open(store))[::-1]:
        plain = _plain(job)
        if as_json:
            print_json(plain)
        left = "" if plain["seconds_left"] is None else f"{about(plain['seconds_left'])} left"
        share = f"{100 * plain['steps_done'] // max(1, plain['steps_total'])}%"
        watched = "" if plain["state"] in ENDED else "watched" if plain["watched"] else "unwatched"
        runs = f"{plain['done']}/{plain['runs']}"
        created = plain["created"][:16].replace("T", " ")
        rows.append([job.job_id, plain["state"], watched, runs, share, left, f"{created} UTC", plain["label"]])
    if not as_json and rows:
        print_table(["job", "state", "", "runs", "steps", "", "asked for", "what for"], rows)
    elif not as_json:
        print("no jobs are kept; one begins with: gancore train")


@app.command("cancel")
def cancel(ids: IdsArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Stop jobs within a second; their finished runs stay stored."""
    for job in _found(ids, store, ("waiting", "starting", "running", "paused"), "there is nothing to cancel"):
        job.cancel()
        _tell(job, as_json)


@app.command("resume")
def resume(ids: IdsArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Go on with jobs that were paused or cancelled, or try failed runs again; they train without this command."""
    from gancore import jobs

    allowed = ("waiting", "starting", "running", "paused", "cancelled", "failed")
    found = _found(ids, store, allowed, "there is nothing left to train")
    for job in found:
        if job.overdue:
            raise ConfigError(f"job: the time that {job.job_id} was given is over; ask for its runs again")
    if reason := jobs.unavailable():
        raise RuntimeError(reason)
    for job in found:
        job.resume()
        _tell(job, as_json)


@app.command("change")
def change(
    job_id: Annotated[str, typer.Argument(metavar="ID", help="Id of a job, or 4 or more of its digits.")],
    setting: Annotated[str, typer.Argument(metavar="PATH=VALUE", help="Such as d_optimizer.learning_rate=1e-4.")],
    store: StoreOption = None,
    as_json: JsonOption = False,
) -> None:
    """Change a setting of a job's unfinished runs within a second, running or paused.

    Rates, weights of penalties, noise: any number that each run has of its own. A run that is changed says so in its
    configuration, as "changes", and has another id; it can be trained again from there, bit for bit. Finished runs
    stay.
    """
    from gancore import jobs
    from gancore.studies.labels import change_in_words

    path, equals, value = setting.partition("=")
    if not equals or not path.strip():
        raise ConfigError.refused("PATH=VALUE", setting, "it must be such as d_optimizer.learning_rate=1e-4")
    (job,) = _found([job_id], store, ("waiting", "starting", "running", "paused"), "there is nothing left to change")
    made = jobs.change(job, path.strip(), value.strip())
    if as_json:
        print_json(_plain(job) | {"change": str(made), "run_ids": job.run_ids})
    else:
        print(f"{job.job_id}: {change_in_words(made)}")


@app.command("remove")
def remove(ids: IdsArgument, store: StoreOption = None, as_json: JsonOption = False) -> None:
    """Take ended jobs off the list; their runs stay stored."""
    for job in _found(ids, store, ENDED, "cancel it first: gancore jobs cancel {id}"):
        job.dismiss()
        if as_json:
            print_json({"job_id": job.job_id, "removed": True})
        else:
            print(f"removed {job.job_id}")


ENDED = ("finished", "failed", "cancelled")


def _found(ids: list[str], store: Path | None, allowed: tuple[str, ...], otherwise: str) -> list[Job]:
    """All the jobs that were named, before anything is done to one; ConfigError where a state does not allow it."""
    from gancore.jobs import find_job
    from gancore.store import Store

    opened = Store.open(store)
    found = {job.job_id: job for job in (find_job(opened, one) for one in ids)}
    for job in found.values():
        state = job.progress(watching=False).state
        if state not in allowed:
            raise ConfigError(f"job: {job.job_id} is {state}; {otherwise.format(id=job.job_id)}")
    return list(found.values())


def _tell(job: Job, as_json: bool) -> None:
    plain = _plain(job)
    if as_json:
        print_json(plain)
    else:
        print(
            f"{job.job_id} is {plain['state']}: {plain['done']} of {plain['runs']} runs are stored ({plain['label']})"
        )


def _plain(job: Job) -> dict[str, Any]:
    """A job as the one JSON object that ``--json`` prints; looking changes nothing."""
    progress = job.progress(watching=False)
    return {
        "job_id": job.job_id,
        "label": job.label,
        "state": progress.state,
        "watched": job.watched,
        "runs": progress.total,
        "done": progress.done,
        "diverged": progress.diverged,
        "failed": progress.failed,
        "steps_done": progress.steps_done,
        "steps_total": progress.steps_total,
        "seconds_left": None if progress.seconds_left is None else round(progress.seconds_left),
        "message": progress.message,
        "created": job.created,
        "counts": job.request.scope,
    }
