"""What is refused before anything trains, in a sentence; the pages show it in place of their buttons."""

from __future__ import annotations

from collections.abc import Sequence

from gancore import plugins
from gancore.config import Choice, ConfigError, RunConfig
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
        if reason := config.dataset.lacks():
            return reason
        if reason := store.why_unreadable(config.run_id):
            return f"run {config.run_id[:12]} is stored and is not trained again: {reason}"
    return ""


def _defined_elsewhere(config: RunConfig) -> str:
    """Why workers would leave a run alone: a member of a family is defined in a script; empty where none is."""
    for name, part in config:
        if isinstance(part, Choice) and plugins.outside([part]):
            because = f"is defined in {type(part).__module__}, which training processes do not load"
            allowed = "put it into a package with an entry point gancore.plugins (see CONTRIBUTING.md)"
            return str(ConfigError.refused(f"{name}.kind", part.kind, allowed, because))  # type: ignore[attr-defined]
    return ""
