"""Which runs the jobs of a store still ask for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence, Set
from pathlib import Path

from gancore.jobs.folders import JobFolders
from gancore.jobs.request import Request, read_request, wish_of
from gancore.store import Store


def wanted_runs(store: Store, wishes: Sequence[str] = ("run", "pause")) -> set[str]:
    """Ids of the runs that some job still asks for."""
    return {
        run_id
        for request, folder in requests(store)
        if wish_of(folder, request) in wishes
        for run_id in request.run_ids
    }


def wanted_among(store: Store, run_ids: Set[str], wishes: Sequence[str] = ("run",)) -> set[str]:
    """Those of a few runs that some job still asks for; it looks only at the jobs that have one of them."""
    found: set[str] = set()
    for request, folder in requests(store):
        if not request.wanted.isdisjoint(run_ids) and wish_of(folder, request) in wishes:
            found |= request.wanted & run_ids
    return found


def requests(store: Store) -> Iterator[tuple[Request, Path]]:
    """What each job asks for, and its folder; a job that cannot be read is left out."""
    folders = JobFolders(store.root)
    for job_id in folders.job_ids():
        request = read_request(folders.job(job_id) / "job.json")
        if request is not None:
            yield request, folders.job(job_id)
