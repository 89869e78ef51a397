"""What can be seen of a run in training: what its checkpoint holds, a few seconds old."""

from __future__ import annotations

import numpy as np

from gancore.config import ConfigError, RunConfig
from gancore.diagnosis import Seen
from gancore.jobs.checkpoints import checkpoint_step as step_of
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


def checkpoint_step(store: Store, config: RunConfig) -> int:
    """The step at which a run in training, or one that was cut off, left a checkpoint; 0 where there is none."""
    return step_of(JobFolders(store.root), config.run_id)


def checkpoint(store: Store, config: RunConfig) -> dict[str, np.ndarray] | None:
    """Both networks and their optimizers as training last left them, as ``training.checkpoints`` names them, or None.

    With them is what the run has recorded so far.
    """
    return read_checkpoint(JobFolders(store.root), config.run_id)
