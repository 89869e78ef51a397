"""What a store's jobs folder says about runs, kept between looks, so that watching costs what changed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from gancore.jobs.checkpoints import step_in
from gancore.jobs.folders import JobFolders, read_object
from gancore.store.listing import Contents


class Watched:
    """Failures, checkpoints and live views of one store, by run id. Threads may share one."""

    def __init__(self, root: Path) -> None:
        folders = JobFolders(root).root
        self.failures: Contents[str] = Contents(folders / "failures", ".json", _message)
        """Why runs failed."""
        self.steps: Contents[int] = Contents(folders / "checkpoints", ".npz", step_in)
        """Steps of checkpoints; 0 for one that cannot be read."""
        self.lives: Contents[None] = Contents(folders / "live", ".npz", lambda path: None)
        """Runs that have a live view."""


def _message(path: Path) -> str:
    return str(read_object(path).get("message") or "it failed for a reason that cannot be read")


@lru_cache(maxsize=16)
def watched(root: Path) -> Watched:
    """The one of a store's folder in this process: all that look at the same store share what was read."""
    return Watched(root)
