"""Thousands of runs in a store within seconds: all with the files of one, their settings alone differ."""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence

from support.stored import folder_of, rewrite_info
from support.untrained import untrained

from gancore.config import RunConfig
from gancore.parts import identity
from gancore.store import Store


def copied_runs(store: Store, configs: Sequence[RunConfig]) -> None:
    """Store a run of each config; the configs must ask for as many rows and snapshots as the first."""
    first, *others = configs
    store.put(untrained(first))
    for config in others:
        folder = folder_of(store, config.run_id)
        shutil.copytree(folder_of(store, first.run_id), folder, copy_function=os.link)
        shutil.copy(folder / "run.json", folder / "own.json")  # which is no link to the first's
        (folder / "own.json").replace(folder / "run.json")
        rewrite_info(store, config.run_id, run_id=config.run_id, config=identity(config))
