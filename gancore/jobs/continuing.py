"""Training runs on: a longer run, or a branch, begins where a stored one of the same settings ended.

What a run is after so many steps follows from its settings until there. So whenever a run is asked for, the last state
of one that it agrees with so far (``gancore.store.states``) is its first checkpoint, and it ends as if it had been
trained whole, bit for bit. Where no such state is kept it *is* trained whole.
"""

from __future__ import annotations

import contextlib
import io
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np

from gancore.config import ConfigError, RunConfig, at_step, with_changes
from gancore.jobs.checkpoints import checkpoint_step, decoded, write_checkpoint
from gancore.jobs.folders import JobFolders
from gancore.jobs.watched import watched
from gancore.parts import parts_of
from gancore.store import Store

MOST_LOOKED_FOR = 64
"""Runs of a job that are looked for among kept states; a larger job is a study, which trains its runs whole."""
PER_SNAPSHOT = "scored", "snapshots/", "raw/"
"""Arrays of a checkpoint that have a row for each snapshot."""


def shortened(config: RunConfig, steps: int) -> RunConfig:
    """The run that this one is in its first steps."""
    return config.model_copy(
        update={"steps": steps, "changes": tuple(change for change in config.changes if change.step < steps)}
    )


def continued(config: RunConfig, steps: int) -> RunConfig:
    """The run that has so many steps in all and is this one at first; raises ConfigError where there is none such."""
    if steps <= config.steps:
        raise ConfigError.refused("steps", steps, f"use more than the {config.steps:,} that it has")
    longer = with_changes(config, {"steps": steps})
    last = at_step(config, config.steps - 1)
    for path, part in parts_of(last):
        for name in ("end", "until"):
            if getattr(part, name, None) == config.steps:
                raise ConfigError.of(
                    f"{path}.{name}",
                    f"{config.steps} is where the run ends, so that one of {steps:,} steps with its schedule drawn out "
                    "is another run from the first step on; train that as a run of its own",
                    config.steps,
                )
    return longer


def kept_until(store: Store, config: RunConfig, most: int | None = None) -> int:
    """The last step, up to ``most``, that a run need not be trained up to as a state is kept there; 0 without any."""
    most = config.steps - 1 if most is None else most
    for steps in store.states.lengths():
        if steps <= most and _fits(config, steps) and store.states.has(shortened(config, steps).run_id, steps):
            return steps
    return 0


def _fits(config: RunConfig, steps: int) -> bool:
    """Whether a run that ended here has no row that the longer one has not: that row took the sums of the next."""
    return steps % config.log_every == 0


def begun_at(store: Store, configs: Sequence[RunConfig]) -> dict[str, int]:
    """Run id → the step that each begins at: that of its checkpoint, or of a kept state."""
    ids = frozenset(config.run_id for config in configs)
    found = dict.fromkeys(ids, 0) | watched(store.root).steps.of(ids)
    if len(configs) <= MOST_LOOKED_FOR:
        found = {config.run_id: max(found[config.run_id], kept_until(store, config)) for config in configs}
    return found


def keep_states(store: Store, configs: Iterable[RunConfig], states: Iterable[Mapping[str, np.ndarray]]) -> None:
    """Keep what runs were when they ended, a checkpoint each; not of those that have diverged."""
    for config, arrays in zip(configs, states, strict=True):
        if int(arrays["bad_step"]) < 0 and _fits(config, config.steps):
            buffer = io.BytesIO()
            np.savez(buffer, **_without_the_ends_scores(arrays))  # type: ignore[arg-type]
            with contextlib.suppress(OSError):  # Then it is trained from its start when it is to be longer.
                store.states.keep(config.run_id, config.steps, buffer.getvalue())


def take_up(store: Store, configs: Sequence[RunConfig]) -> None:
    """Give runs that are to be trained their first checkpoints, where a kept state is further than what they have."""
    if len(configs) > MOST_LOOKED_FOR:
        return
    folders = JobFolders(store.root)
    for config in configs:
        steps = kept_until(store, config)
        if steps <= checkpoint_step(folders, config.run_id):
            continue
        run_id = shortened(config, steps).run_id
        data = store.states.read(run_id, steps)
        arrays = None if data is None else decoded(data)
        if arrays is None:
            store.states.forget(run_id)
            continue
        with contextlib.suppress(OSError):
            write_checkpoint(folders, config.run_id, _begun(arrays, config))


def _without_the_ends_scores(arrays: Mapping[str, np.ndarray]) -> dict[str, np.ndarray]:
    """The arrays as they are in mid-training, where the last snapshot is scored as any other."""
    scored = arrays["scored"].copy()
    before, scored[-1] = int(scored[:-1].sum()), False
    return {name: values[:before] if name.startswith("scores/") else values for name, values in arrays.items()} | {
        "scored": scored
    }


def _begun(arrays: Mapping[str, Any], config: RunConfig) -> dict[str, np.ndarray]:
    """The arrays without a last snapshot that the longer run does not take."""
    taken = np.isin(arrays["snapshots/step"], config.snapshot_steps)
    if taken.all():
        return dict(arrays)
    known = taken[arrays["scored"].astype(bool)]
    return {
        name: values[taken]
        if name.startswith(PER_SNAPSHOT)
        else values[known]
        if name.startswith("scores/")
        else values
        for name, values in arrays.items()
    }
