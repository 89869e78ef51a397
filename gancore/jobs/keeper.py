"""What a worker does beside its work: it replaces others that ended, so that a job goes on though nobody watches."""

from __future__ import annotations

import logging
import threading
import time

from gancore.jobs.queue import list_jobs
from gancore.store import Store
from gancore.training import devices

log = logging.getLogger("gancore.worker")

EVERY = 1.5
"""Seconds between looks."""


class Keeper(threading.Thread):
    """Looks after the other workers of a store; it ends with the process."""

    def __init__(self, store: Store) -> None:
        super().__init__(name="keeper", daemon=True)
        self._store = store

    def run(self) -> None:
        """Look for ever."""
        # A process inherits the cores of the thread that starts it, and a worker has one.
        devices.roam()
        while True:
            self.look()
            time.sleep(EVERY)

    def look(self) -> None:
        """Replace what ended, for every job that still wants its runs."""
        try:
            for job in list_jobs(self._store):
                job.replace_workers()
        except Exception:  # A thread that ends would go unnoticed.
            log.exception("the other workers cannot be looked after")
