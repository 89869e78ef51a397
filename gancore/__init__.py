"""gancore: why a small GAN does or doesn't learn a distribution, and which change fixes it.

Importing it takes no time: each name is loaded when it is first used, and none of them loads TensorFlow.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from gancore import datasets as datasets
    from gancore.config import RESULTS_VERSION, ConfigError, RunConfig, flatten, parse_config, with_changes
    from gancore.parts import losses as losses

__version__ = "0.2.0"

__all__ = ["RESULTS_VERSION", "ConfigError", "RunConfig", "__version__", "flatten", "parse_config", "with_changes"]


def __getattr__(name: str) -> Any:
    # A page shows itself before it loads what it needs, and Python loads a package before its modules.
    if name in __all__:
        return getattr(importlib.import_module("gancore.config"), name)
    if name in ("datasets", "losses"):
        return importlib.import_module("gancore.parts.losses" if name == "losses" else "gancore.datasets")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
