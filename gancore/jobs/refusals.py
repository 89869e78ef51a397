"""What is refused before anything trains, in a sentence; the pages show it in place of their buttons."""

from __future__ import annotations

from collections.abc import Sequence

from gancore import plugins
from gancore.config import Choice, ConfigError, RunConfig
from gancore.datasets.points import OwnPoints, is_known, missing
from gancore.jobs.memory import too_large
from gancore.store import Store


def refusal(store: Store, configs: Sequence[RunConfig]) -> str:
    """Why a job of these runs is not taken, empty where it is; what is stored needs no training and is not looked at.

    A run takes more memory than is free, has a part that workers do not know, is of points that are not here, or is
    stored in a form that only a newer gancore reads.
    """
    if reason := too_large(store, configs):
        return reason
    for config in configs:
        if config.run_id in store:
            continue
        if reason := _defined_elsewhere(config):
            return reason
        if reason := _lacking(config):
            return reason
        if reason := store.why_unreadable(config.run_id):
            return f"run {config.run_id[:12]} is stored and is not trained again: {reason}"
    return ""


def _lacking(config: RunConfig) -> str:
    """Why a run on points of one's own cannot be trained: they are not in the store; empty where they are."""
    dataset = config.dataset
    if isinstance(dataset, OwnPoints) and not is_known(dataset.sha256):
        return str(missing(dataset.sha256))
    return ""


def _defined_elsewhere(config: RunConfig) -> str:
    """Why workers would leave a run alone: a member of a family is defined in a script; empty where none is."""
    for name, part in config:
        if isinstance(part, Choice) and plugins.outside([part]):
            because = f"is defined in {type(part).__module__}, which training processes do not load"
            allowed = "put it into a package with an entry point gancore.plugins (see CONTRIBUTING.md)"
            return str(ConfigError.refused(f"{name}.kind", part.kind, allowed, because))  # type: ignore[attr-defined]
    return ""
