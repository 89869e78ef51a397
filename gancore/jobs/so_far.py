"""What can be measured of a run in training: what its checkpoint holds, a few seconds old."""

from __future__ import annotations

from gancore.config import ConfigError, RunConfig
from gancore.diagnosis import Seen
from gancore.jobs.checkpoints import read_checkpoint
from gancore.jobs.folders import JobFolders
from gancore.store import Store


def so_far(store: Store, config: RunConfig) -> Seen | None:
    """What there is to measure of a run that trains, or was cut off; None where there is no checkpoint to read."""
    arrays = read_checkpoint(JobFolders(store.root), config.run_id)
    if arrays is None:
        return None
    try:
        return Seen.of_checkpoint(config, arrays)
    except ConfigError:  # another version's
        return None
