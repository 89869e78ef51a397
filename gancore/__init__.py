"""gancore: why a small GAN does or doesn't learn a distribution, and which change fixes it.

    import gancore

    config = gancore.with_changes(gancore.RunConfig(), {"dataset.kind": "parabola"})
    runs = gancore.train(config, seeds=4)

Importing it takes no time: each name is loaded when it is first used, and none of them loads TensorFlow.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gancore import datasets as datasets
    from gancore.analysis import analyze
    from gancore.analysis.samples import SampleScores, score
    from gancore.config import RESULTS_VERSION, ConfigError, RunConfig, flatten, parse_config, with_changes
    from gancore.diagnosis import diagnose
    from gancore.jobs import TrainingFailed, submit, train
    from gancore.parts import losses as losses
    from gancore.recipes import recipe
    from gancore.store import Store, StoredRun
    from gancore.studies import load_study

__version__ = "0.5.0"

__all__ = [
    "RESULTS_VERSION",
    "ConfigError",
    "RunConfig",
    "SampleScores",
    "Store",
    "StoredRun",
    "TrainingFailed",
    "__version__",
    "analyze",
    "diagnose",
    "flatten",
    "load_study",
    "parse_config",
    "recipe",
    "score",
    "submit",
    "train",
    "with_changes",
]

_HOMES = {
    "gancore.analysis": ("analyze",),
    "gancore.analysis.samples": ("SampleScores", "score"),
    "gancore.config": ("RESULTS_VERSION", "ConfigError", "RunConfig", "flatten", "parse_config", "with_changes"),
    "gancore.diagnosis": ("diagnose",),
    "gancore.jobs": ("TrainingFailed", "submit", "train"),
    "gancore.recipes": ("recipe",),
    "gancore.store": ("Store", "StoredRun"),
    "gancore.studies": ("load_study",),
}
"""Package → the public names that live there."""
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    # A page shows itself before it loads what it needs, and Python loads a package before its modules.
    if name in _HOME_OF:
        return getattr(importlib.import_module(_HOME_OF[name]), name)
    if name in ("datasets", "losses"):
        return importlib.import_module("gancore.parts.losses" if name == "losses" else "gancore.datasets")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
