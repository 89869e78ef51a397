"""Training outside the process that asked: jobs, workers, progress."""

from __future__ import annotations

from gancore.jobs.changing import branched, change, changeable_now
from gancore.jobs.continuing import continued, kept_until
from gancore.jobs.estimate import LONG, estimate
from gancore.jobs.job import Job
from gancore.jobs.live import Live, in_view, live
from gancore.jobs.memory import too_large
from gancore.jobs.obtaining import TrainingFailed, obtain, train
from gancore.jobs.pool import available, unavailable
from gancore.jobs.progress import Progress
from gancore.jobs.queue import find_job, get_job, list_jobs, submit
from gancore.jobs.refusals import refusal
from gancore.jobs.so_far import checkpoint, checkpoint_step, so_far
from gancore.store import Store

__all__ = [
    "Job",
    "LONG",
    "Live",
    "Progress",
    "TrainingFailed",
    "available",
    "branched",
    "change",
    "changeable_now",
    "checkpoint",
    "checkpoint_step",
    "continued",
    "estimate",
    "find_job",
    "get_job",
    "in_view",
    "kept_until",
    "list_jobs",
    "live",
    "obtain",
    "refusal",
    "so_far",
    "submit",
    "too_large",
    "train",
    "unavailable",
    "warm",
]


def warm(store: Store) -> None:
    """Start a worker now, so that TensorFlow is loaded by the time Train is pressed."""
    from gancore.jobs import pool

    store.writable_or_error()
    if not pool.workers(store.root):
        pool.ensure_workers(store.root, 1)
